// `npm run docs:peers`: the README's table beside other SDKs, from the results of `npm run bench`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..");
const BEGIN = "<!-- peers: written by `npm run docs:peers` from bench/results.json -->";
const END = "<!-- /peers -->";

/** The pages that hold the table. */
export const pages: readonly string[] = ["README.md"];

interface Row {
  readonly case: string;
  readonly what: string;
  /** Of case 14, what a contender records. */
  readonly value?: Partial<Records>;
}

interface Records {
  readonly spans: number;
  readonly isFailureMarked: boolean;
  readonly hasTokensOfBoth: boolean;
  readonly isCredentialMasked: boolean;
  readonly isZod4Sent: boolean;
}

interface Results {
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** The SDKs as the benchmark names them. */
const PEERS = [
  "@arizeai/openinference-core",
  "@traceloop/node-server-sdk",
  "@lmnr-ai/lmnr",
  "@langfuse/tracing",
  "langsmith",
];

const yes = (is: boolean | undefined): string => (is === true ? "yes" : "no");
const markdown = (lines: readonly (readonly string[])[]): string =>
  lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The columns of a call whose first answer fails validation: what each SDK records. */
function recordsTable({ rows, versions }: Results): string {
  const recorded = (name: string): string[] => {
    const value = rows.find((row) => row.case === "14" && row.what === name)?.value;
    if (value === undefined) throw new Error(`bench/results.json does not say what ${name} records`);
    const { spans, isFailureMarked, hasTokensOfBoth, isCredentialMasked, isZod4Sent } = value;
    return [String(spans), ...[isFailureMarked, hasTokensOfBoth, isCredentialMasked, isZod4Sent].map(yes)];
  };
  return markdown([
    ["", "spans", "failed attempt is marked", "tokens are summed", "API key is masked", "Zod 4 schema is sent"],
    ["---", "---", "---", "---", "---", "---"],
    ["`respan-instructor`", ...recorded("respan-instructor")],
    ...PEERS.map((name) => [`\`${name}\` ${versions[name] ?? ""}`, ...recorded(name)]),
  ]);
}

const RECORDS = `One call through Instructor whose first answer fails validation, with an API key in its message, and each SDK's defaults:`;

/** A page's text with the current table between its two marks. */
export function withPeers(text: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`The page has no ${BEGIN} … ${END}`);
  const results = JSON.parse(readFileSync(join(ROOT, "bench/results.json"), "utf8")) as Results;
  const written = `<!-- prettier-ignore-start -->\n\n${RECORDS}\n\n${recordsTable(results)}\n\n<!-- prettier-ignore-end -->`;
  return `${text.slice(0, from + BEGIN.length)}\n\n${written}\n\n${text.slice(to)}`;
}

if (require.main === module) {
  for (const page of pages) {
    const path = join(ROOT, page);
    writeFileSync(path, withPeers(readFileSync(path, "utf8")));
  }
}
