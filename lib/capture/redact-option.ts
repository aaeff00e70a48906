import { types } from "node:util";
import { kindOf } from "./user-values.js";

/**
 * A masking rule for texts, as in `redact.rules`.
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
  /** A description of what it masks. */
  readonly what?: string | undefined;
  /**
   * Each match begins with one of these texts, or has one after its group `before`. Three characters or more each; case
   * does not matter if the pattern has the flag `i`.
   */
  readonly keywords: readonly string[];
  /**
   * Must match where a keyword occurs. A group `kept` at its beginning is not masked; a group `before` in a lookbehind
   * at its beginning is masked too. Limit its quantifiers: a pattern that backtracks blocks the event loop.
   */
  readonly pattern: RegExp;
  /** A text that the rule masks; `[a:20]` stands for 20 letters and digits. */
  readonly masked?: string | undefined;
  /** A text that the rule does not change. */
  readonly kept?: string | undefined;
}

/** Changes to the built-in masking rules. All are optional. */
export interface RedactRules {
  /**
   * Names of object keys, headers and parameters whose values are masked, in any case and naming style (`"ssn"` matches
   * `SSN`, `"cardNumber"` matches `card_number`). The whole name must match.
   */
  readonly keys?: readonly string[] | undefined;
  /**
   * Patterns that are masked in texts, numbers and key names, anywhere, with or without the flag `g`. A pattern sees
   * the recorded part of a text and 4,096 more characters. A pattern that backtracks blocks the event loop.
   */
  readonly patterns?: readonly RegExp[] | undefined;
  /** Ids of built-in rules to turn off; `docs/privacy.md` lists them. */
  readonly disable?: readonly string[] | undefined;
  /** Your own rules, in the form of the built-in ones. */
  readonly rules?: readonly RedactRule[] | undefined;
}

/**
 * Rewrites a text before it is recorded, after the built-in rules; its result goes through them again. Numbers are
 * passed as text and stay numbers if they are returned unchanged. Keys are passed too, unless they look like field
 * names.
 *
 * @param value The text: its recorded part and up to 4,096 more characters.
 * @param key The nearest object key above the value.
 * @returns The text to record. If it throws or returns anything but a string, the value is left out.
 */
export type RedactFunction = (value: string, key?: string) => string | undefined;

/** The `redact` option: more keys and patterns, or a function. */
export type RedactOption = RedactRules | RedactFunction;

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isKeyword = (value: unknown): boolean => isText(value) && value.length >= 3;

function isRule(rule: unknown): boolean {
  const { id, keywords, pattern } = (rule ?? {}) as Partial<Record<keyof RedactRule, unknown>>;
  const haveKeywords = Array.isArray(keywords) && keywords.length > 0 && keywords.every(isKeyword);
  return isText(id) && types.isRegExp(pattern) && haveKeywords;
}

/** What the parts of the option take: in words, and how one item is told. */
const PARTS = new Map<string, readonly [wanted: string, isRight: (item: unknown) => boolean]>([
  ["keys", ["an array of names of keys", isText]],
  ["patterns", ["an array of regular expressions", types.isRegExp]],
  ["disable", ["an array of ids of rules, which docs/privacy.md lists", isText]],
  ["rules", ["an array of rules { id, keywords, pattern }", isRule]],
]);
const NAMES = "keys, patterns, disable or rules";

/**
 * @param ids of the built-in rules
 * @throws TypeError that names the part, what it got and what it wants
 */
export function checkRedact(redact: unknown, ids: ReadonlySet<unknown>): void {
  if (typeof redact === "function") return;
  if (typeof redact !== "object" || redact === null || Array.isArray(redact))
    throw new TypeError(`redact: expected a function or an object with ${NAMES}, got ${kindOf(redact)}`);
  for (const [name, given] of Object.entries(redact) as [string, unknown][]) {
    const part = PARTS.get(name);
    if (part === undefined) throw new TypeError(`redact.${name}: no such part, expected ${NAMES}`);
    if (given === undefined) continue;
    const [wanted, isRight] = part;
    const items: readonly unknown[] | undefined = Array.isArray(given) ? given : undefined;
    const wrong = items?.findIndex((item) => !isRight(item) || (name === "disable" && !ids.has(item)));
    if (wrong === -1) continue;
    const at = wrong === undefined ? "" : `[${wrong}]`;
    const got = wrong === undefined ? given : items?.[wrong];
    const shown = name === "disable" && isText(got) ? JSON.stringify(got.slice(0, 64)) : kindOf(got);
    throw new TypeError(`redact.${name}${at}: expected ${wanted}, got ${shown}`);
  }
}
