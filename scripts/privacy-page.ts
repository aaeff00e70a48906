import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CONTEXT_RULES } from "../lib/capture/masking/context-rules.js";
import { FIELD_RULES } from "../lib/capture/masking/field-names.js";
import { ISSUER_RULES } from "../lib/capture/masking/issuer-rules.js";
import { DEFAULT_REDACTOR } from "../lib/capture/masking/redactor.js";
import { captureJson } from "../lib/capture/serialize.js";
import { KEPT, MASKED } from "../spec/capture/masking/corpora.js";
import { filled, withSecrets } from "../spec/capture/masking/filled.js";
import { MUST_KEEP } from "../spec/capture/masking/must-keep.js";
import { MUST_MASK } from "../spec/capture/masking/must-mask.js";

const BEGIN = "<!-- rules: written by `npm run docs:privacy` -->";
const END = "<!-- /rules -->";
/** Each corpus is filled with that many different secrets. */
const SEEDS = [1, 2, 3, 4, 5];

/** The page with the rules and the figures of now. */
export const page = join(__dirname, "..", "docs", "privacy.md");

/** How many credentials leave and how many ordinary values are changed, of the corpora in the specs. */
export function figures(): { masked: number; missed: string[]; kept: number; damaged: string[] } {
  const recorded = (text: string): string => {
    const value = asValue(text);
    const masked = typeof value === "string" ? DEFAULT_REDACTOR.text(text) : "";
    return `${masked} ${captureJson(value, DEFAULT_REDACTOR)}`.replaceAll(/\\+/g, "\\");
  };
  const missed: string[] = [];
  const damaged: string[] = [];
  for (const seed of SEEDS) {
    for (const template of MASKED) {
      const { text, secrets } = withSecrets(template, seed);
      if (
        secrets.some((secret) =>
          recorded(text).includes(secret.slice(secret.length > 24 ? 8 : 0, secret.length > 24 ? -8 : undefined)),
        )
      )
        missed.push(template);
    }
    for (const template of KEPT) {
      const text = filled(template, seed);
      const isSame =
        DEFAULT_REDACTOR.text(text) === text &&
        captureJson(asValue(text), DEFAULT_REDACTOR) === JSON.stringify(asValue(text));
      if (!isSame) damaged.push(template);
    }
  }
  for (const [text, wanted] of MUST_MASK) if (DEFAULT_REDACTOR.text(text) !== wanted) missed.push(text);
  for (const text of MUST_KEEP) if (DEFAULT_REDACTOR.text(text) !== text) damaged.push(text);
  return {
    masked: MASKED.length * SEEDS.length + MUST_MASK.length,
    missed,
    kept: KEPT.length * SEEDS.length + MUST_KEEP.length,
    damaged,
  };
}

/** JSON is captured as the value that it stands for, too. */
function asValue(text: string): unknown {
  try {
    return /^[[{]/.test(text) ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  any: "any text or number",
  path: "any text but a path",
  mixed: "a value that looks like a secret: 8 characters, mixed",
  long: "a value that looks like a secret: 16 characters, mixed",
  authorization: "a credential; in headers, anything",
  cookie: "`name=value`; in headers, anything",
  login: "`user:password` in base64",
};

function section(): string {
  const { masked, missed, kept, damaged } = figures();
  const share = (part: number, whole: number): string => `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;
  const cell = (text: string): string => text.replaceAll("|", "\\|");
  const fields = FIELD_RULES.map(
    ([id, what, kind, names]) =>
      `| \`${id}\` | ${what} | ${KINDS[kind] ?? kind} | ${names.split(" ").slice(0, 6).join(", ")}${names.split(" ").length > 6 ? ", …" : ""} |`,
  );
  const texts = [...CONTEXT_RULES, ...ISSUER_RULES].map(
    ([id, what, , , , keeps]) =>
      `| \`${id}\` | ${cell(what)} | ${cell(keeps.length > 60 ? `${keeps.slice(0, 60)}…` : keeps).replaceAll("\n", " ")} |`,
  );
  return [
    `In the specs' corpora, ${share(missed.length, masked)} credentials are not masked, and ${share(damaged.length, kept)} ordinary values are changed.`,
    "",
    `### Fields (${FIELD_RULES.length} rules)`,
    "",
    "| rule | what | what is masked | field names, without separators |",
    "| --- | --- | --- | --- |",
    ...fields,
    "",
    `### Texts (${CONTEXT_RULES.length} contexts, ${ISSUER_RULES.length} issuers)`,
    "",
    "| rule | what it masks | a text that it keeps |",
    "| --- | --- | --- |",
    ...texts,
  ].join("\n");
}

/** The page with the rules of now in it. */
export function withRules(text: string): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error(`no place for the rules: ${BEGIN} … ${END}`);
  const rules = `<!-- prettier-ignore-start -->\n${section()}\n<!-- prettier-ignore-end -->`;
  return `${text.slice(0, from + BEGIN.length)}\n\n${rules}\n\n${text.slice(to)}`;
}

if (require.main === module) writeFileSync(page, withRules(readFileSync(page, "utf8")));
