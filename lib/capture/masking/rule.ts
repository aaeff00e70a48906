import { isBearer, isLogin, isWord, looksSecret, standsForSomethingElse } from "./secret-values.js";

/**
 * What a credential looks like in a text. `redact.rules` takes rules of this shape.
 *
 * @example
 * const staffBadge = {
 *   id: "staff-badge",
 *   what: "badge number",
 *   keywords: ["badge-"],
 *   pattern: /badge-\d{6,8}/,
 *   masked: "badge-123456",
 *   kept: "badge-holder",
 * };
 */
export interface RedactRule {
  /** Names the rule in `redact.disable`. */
  readonly id: string;
  /** What it masks, in words. */
  readonly what?: string | undefined;
  /**
   * Texts of which one begins each match, or the part of it behind a group `before`; at least three characters each. A
   * text without them is not looked at closer. With the flag `i` on the pattern their case does not matter.
   */
  readonly keywords: readonly string[];
  /**
   * Matched where a keyword stands. Of a match the group `kept` at its beginning stays, and what a group `before` in a
   * lookbehind at its beginning found is masked too. How long it takes is up to the pattern: bound its quantifiers.
   */
  readonly pattern: RegExp;
  /** A text that the rule masks; `[a:20]` stands for 20 letters and digits. */
  readonly masked?: string | undefined;
  /** A text that the rule leaves as it is. */
  readonly kept?: string | undefined;
}

/** What a match must be beside its form. */
export const CHECKS = {
  /** What looks like a secret: no word, no name, no path. */
  mixed: (value: string): boolean => looksSecret(value, 8),
  /** No word of a sentence, and nothing that stands for something else. */
  nonword: (value: string): boolean => value.length >= 3 && !isWord(value) && !standsForSomethingElse(value),
  /** What follows `Bearer` and is no word of a sentence. */
  bearer: isBearer,
  /** What follows "the password is" and is no word of a sentence. */
  sentence: (value: string): boolean =>
    /\d|[!@#%^&*+=]/.test(value) && /[A-Za-z]/.test(value) && !standsForSomethingElse(value),
  /** `user:password` in base64. */
  login: isLogin,
} as const;

/** A rule of a table: id, what it is, keywords, pattern, an example that is masked, one that is kept, a check. */
export type RuleRow = readonly [
  id: string,
  what: string,
  keywords: string,
  pattern: RegExp,
  masked: string,
  kept: string,
  check?: keyof typeof CHECKS,
];

/** A rule as it is put to work. */
export interface TextRule {
  readonly id: string;
  readonly keywords: readonly string[];
  /** Sticky, and with the groups `kept` and `before` as `keptGroup` and `beforeGroup` say. */
  readonly pattern: RegExp;
  readonly keptGroup: number;
  readonly beforeGroup: number;
  readonly check: ((value: string) => boolean) | undefined;
  /** Whether it is a token: nothing that belongs to a word may stand before it, and what follows belongs to it. */
  readonly isToken: boolean;
}

/** @param separator Between the keywords of a row. */
export function ruleOf(row: RuleRow, isToken: boolean, separator = " "): TextRule {
  const [id, , keywords, pattern, , , check] = row;
  return { ...textRule({ id, keywords: keywords.split(separator), pattern }), isToken, check: check && CHECKS[check] };
}

/** Puts a rule to work. Groups without names are found by their numbers, which is quicker than by their names. */
export function textRule({ id, keywords, pattern }: RedactRule): TextRule {
  const flags = `${pattern.flags.replace(/[gyd]/g, "")}y`;
  const groups = [...pattern.source.matchAll(/\\.|\[(?:\\.|[^\]\\]){0,512}\]|\((?!\?)|\(\?<(\w{1,32})>/g)]
    .filter(([found]) => found.startsWith("("))
    .map(([, name]) => name);
  const numberOf = (name: string): number => groups.indexOf(name) + 1;
  const source = pattern.source
    .replace(/\\k<(\w{1,32})>/g, (_, name: string) => `\\${numberOf(name)}`)
    .replace(/\(\?<\w{1,32}>/g, "(");
  return {
    id,
    keywords,
    pattern: new RegExp(source, flags),
    keptGroup: numberOf("kept"),
    beforeGroup: numberOf("before"),
    check: undefined,
    isToken: false,
  };
}
