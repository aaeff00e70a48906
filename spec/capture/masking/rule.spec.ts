import { CONTEXT_RULES } from "../../../lib/capture/masking/context-rules";
import { FieldNames, FIELD_RULES } from "../../../lib/capture/masking/field-names";
import { ISSUER_RULES } from "../../../lib/capture/masking/issuer-rules";
import { Masker } from "../../../lib/capture/masking/masker";
import type { PatternRule } from "../../../lib/capture/masking/rule";
import { DEFAULT_REDACTOR, builtInRules, createRedactor } from "../../../lib/capture/masking/redactor";
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
  it.each(FIELD_RULES.map((rule) => [rule.id, rule] as const))(
    "%s masks its example and keeps the other",
    (id, rule) => {
      const value: unknown = JSON.parse(filled(rule.masked));
      const kept: unknown = JSON.parse(filled(rule.kept));
      expect(captureJson(value, DEFAULT_REDACTOR)).toContain(MASK);
      expect(captureJson(kept, DEFAULT_REDACTOR)).toBe(JSON.stringify(kept));
      expect(captureJson(value, createRedactor({ disable: FIELD_RULES.map((one) => one.id) }))).not.toContain(MASK);
      expect(
        captureJson(value, createRedactor({ disable: FIELD_RULES.map((one) => one.id).filter((one) => one !== id) })),
      ).toContain(MASK);
    },
  );
});

it("the rules have names of their own, and there are rules for more than 150 issuers", () => {
  const ids = [...texts.map(([id]) => id), ...FIELD_RULES.map(({ id }) => id)];
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  // Fields and texts tell of these by one name, which turns off both.
  expect(twice.sort()).toEqual(["authorization", "cookie", "private-key"]);
  expect(ISSUER_RULES.length).toBeGreaterThan(150);
});
