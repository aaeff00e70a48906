import { CONTEXT_RULES } from "../../../lib/capture/masking/context-rules";
import { FieldNames } from "../../../lib/capture/masking/field-names";
import { FIELD_RULES } from "../../../lib/capture/masking/field-rules";
import { ISSUER_RULES } from "../../../lib/capture/masking/issuer-rules";
import { KeywordIndex } from "../../../lib/capture/masking/keyword-index";
import { Masker } from "../../../lib/capture/masking/masker";
import { DEFAULT_REDACTOR, createRedactor } from "../../../lib/capture/masking/redaction";
import type { RuleRow, TextRule } from "../../../lib/capture/masking/rule";
import { ruleOf } from "../../../lib/capture/masking/rule";
import { captureJson } from "../../../lib/capture/serialize";
import { filled } from "./filled";

const MASK = "[redacted]";
const rulesOf = (rows: readonly RuleRow[], isToken: boolean, separator: string): [string, TextRule, string, string][] =>
  rows.map((row) => [row[0], ruleOf(row, isToken, separator), filled(row[4]), filled(row[5])]);
const texts = [...rulesOf(ISSUER_RULES, true, " "), ...rulesOf(CONTEXT_RULES, false, "|")];

/** Masks by one rule alone. */
const masked = (rule: TextRule, text: string): string =>
  new Masker(new KeywordIndex([rule], []), new FieldNames([], [])).mask(text, text.length);

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

  it.each(texts)("%s has keywords of three characters, and bounds every quantifier", (_id, rule) => {
    for (const keyword of rule.keywords) expect(keyword.length).toBeGreaterThanOrEqual(3);
    const source = rule.pattern.source.replaceAll(/\\.|\[(?:\\.|[^\]\\])*\]/g, "x");
    expect(source).not.toMatch(/[*+]|\{\d+,\}/);
  });

  it.each(rulesOf(ISSUER_RULES, true, " "))("%s masks a whole token and nothing around it", (_id, rule, example) => {
    const kept = rule.keptGroup > 0 ? (/^\S+\s+/.exec(example)?.[0] ?? "") : "";
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
