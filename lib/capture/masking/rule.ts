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

/** A credential that was found: from where to where, and what stands in its place. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly mask: string;
}

/** Finds credentials where one of its keywords stands. */
export interface Finder {
  readonly keywords: readonly string[];
  readonly ignoresCase: boolean;
  /** @param floor Nothing before it may be masked. */
  find(text: string, at: number, floor: number): Found | undefined;
}
