import { CONTEXT_RULES } from "../../../lib/capture/masking/context-rules";
import { FIELD_RULES, FieldNames } from "../../../lib/capture/masking/field-names";
import { ISSUER_RULES } from "../../../lib/capture/masking/issuer-rules";
import { Masker } from "../../../lib/capture/masking/masker";
import { DEFAULT_REDACTOR, builtInRules, createRedactor } from "../../../lib/capture/masking/redactor";
import type { PatternRule } from "../../../lib/capture/masking/rule";
import { captureJson } from "../../../lib/capture/serialize";
import { filled } from "./filled";

const MASK = "[redacted]";
const rows = [...CONTEXT_RULES, ...ISSUER_RULES];
const texts = builtInRules().map((rule, at): [string, PatternRule, string, string] => [
  rule.id,
  rule,
  filled(rows[at]?.[4] ?? ""),
  filled(rows[at]?.[5] ?? ""),
]);

/** Masks by one rule alone. */
const masked = (rule: PatternRule, text: string): string =>
  new Masker([rule], new FieldNames([], [])).mask(text, text.length);

describe("a rule for texts", () => {
  it.each(texts)("%s masks its example, alone and in a sentence", (_id, rule, example) => {
    expect(masked(rule, example)).toContain(MASK);
    expect(masked(rule, example)).not.toBe(example);
    expect(DEFAULT_REDACTOR.text(`See this:\n${example}\nThank you.`)).toContain(MASK);
  });

  it.each(texts)("%s keeps what only looks like it", (_id, rule, _example, kept) => {
    expect(masked(rule, kept)).toBe(kept);
    expect(DEFAULT_REDACTOR.text(`See this: ${kept} - thank you.`)).toBe(`See this: ${kept} - thank you.`);
  });

  it.each(texts)("%s has keywords of three characters", (_id, rule) => {
    for (const keyword of rule.keywords) expect(keyword.length).toBeGreaterThanOrEqual(3);
  });

  it.each(rows.map((row) => [row[0], row[3].source] as const))("%s bounds every quantifier", (_id, pattern) => {
    const source = pattern.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, "x");
    expect(source).not.toMatch(/[*+]|\{\d+,\}/);
  });

  it.each(texts.slice(CONTEXT_RULES.length))("%s masks a whole token and nothing around it", (_id, rule, example) => {
    const kept = rule.id === "okta-token" ? "SSWS " : "";
    expect(masked(rule, `(${example})`)).toBe(`(${kept}${MASK})`);
    expect(masked(rule, `x\\n${example}`)).toBe(`x\\n${kept}${MASK}`);
  });
});

describe("a rule for fields", () => {
  const ids = FIELD_RULES.map(([id]) => id);

  it.each(FIELD_RULES)("%s masks its example and keeps the other", (id, _what, _kind, _names, example, other) => {
    const value: unknown = JSON.parse(filled(example));
    const kept: unknown = JSON.parse(filled(other));
    expect(captureJson(value, DEFAULT_REDACTOR)).toContain(MASK);
    expect(captureJson(kept, DEFAULT_REDACTOR)).toBe(JSON.stringify(kept));
    expect(captureJson(value, createRedactor({ disable: ids }))).not.toContain(MASK);
    expect(captureJson(value, createRedactor({ disable: ids.filter((one) => one !== id) }))).toContain(MASK);
  });
});

/** The rules that tell the tokens of several issuers by their prefixes, and these. */
const shared = ISSUER_RULES.filter(([, , , { source }]) => source.endsWith("[\\w-]{14,48}")).flatMap(
  ([id, , prefixes]) => prefixes.split(" ").map((prefix) => [prefix, id] as const),
);

describe("a rule for the tokens of several issuers", () => {
  it.each(shared)("masks what looks random behind %s (%s)", (prefix) => {
    for (const body of ["[a:20]", "[h:40]", "[l:26]", "[u:32]", "[a:22]_[a:22]"]) {
      const token = filled(prefix + body);
      expect(DEFAULT_REDACTOR.text(`(${token})`)).toBe(`(${MASK})`);
    }
  });

  it.each(shared)("keeps names that begin with %s (%s)", (prefix) => {
    for (const rest of ["docs", "update_channel_stable_v2", "connection-pool-size-limits-2024"]) {
      expect(DEFAULT_REDACTOR.text(`(${prefix}${rest})`)).toBe(`(${prefix}${rest})`);
    }
  });
});

it("the rules have names of their own, and there are prefixes of more than 250 kinds of tokens", () => {
  const ids = [...texts.map(([id]) => id), ...FIELD_RULES.map(([id]) => id)];
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  // Fields and texts tell of these by one name, which turns off both.
  expect(twice.sort()).toEqual(["authorization", "cookie", "private-key"]);
  expect(ISSUER_RULES.flatMap(([, , keywords]) => keywords.split(" ")).length).toBeGreaterThan(250);
});
