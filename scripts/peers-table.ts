// `npm run docs:peers`: the README's table of costs beside other SDKs, from the figures of `npm run bench`.
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
  readonly figure: string;
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

function figure(rows: readonly Row[], number: string, what: string): string {
  const row = rows.find((candidate) => candidate.case === number && candidate.what === what);
  if (row === undefined) throw new Error(`bench/results.json has no row "${what}" in case ${number}`);
  return row.figure;
}

function installed(rows: readonly Row[], name: string): string {
  const row = rows.find((candidate) => candidate.case === "13" && candidate.what.split(" + ")[0] === name);
  if (row === undefined) throw new Error(`bench/results.json has no size of ${name}`);
  return row.figure;
}

/** Cost and size of this package and of others, as a Markdown table. */
export function peersTable(): string {
  const { rows, versions } = JSON.parse(readFileSync(join(ROOT, "bench/results.json"), "utf8")) as Results;
  const versionOf = (name: string): string => versions[name] ?? "";
  const lines = [
    ["", "two nested traced functions", "one Instructor call adds", "installed"],
    ["---", "---", "---", "---"],
    [
      "`respan-instructor`",
      figure(rows, "1", "ours, a call"),
      figure(rows, "4", "small prompt: ours adds"),
      installed(rows, "respan-instructor"),
    ],
    ...PEERS.map((name) => [
      `\`${name}\` ${versionOf(name)}`,
      `${figure(rows, "1", `${name} ÷ ours`)} ours`,
      figure(rows, "4", `small prompt: ${name} adds`),
      installed(rows, name),
    ]),
  ];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A page's text with the table of now between its two marks. */
export function withPeers(text: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`The page has no ${BEGIN} … ${END}`);
  const table = `<!-- prettier-ignore-start -->\n${peersTable()}\n<!-- prettier-ignore-end -->`;
  return `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`;
}

if (require.main === module) {
  for (const page of pages) {
    const path = join(ROOT, page);
    writeFileSync(path, withPeers(readFileSync(path, "utf8")));
  }
}
