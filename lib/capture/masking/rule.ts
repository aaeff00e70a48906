import { isBearer, isLogin, isWord, looksSecret, standsForSomethingElse } from "./secret-values.js";
import { MASK } from "../bounds.js";

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

/** What a match must be beside its form. */
export const CHECKS = {
  /** What looks like a secret: no word, no name, no path. */
  mixed: (value: string): boolean => looksSecret(value, 8),
  /** What looks random: ten characters that do, or twenty without a sign of which one is a digit. */
  random: (value: string): boolean => looksSecret(value, 12) || /(?=[A-Za-z]{0,64}\d)[A-Za-z0-9]{20}/.test(value),
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

/** Where a word begins, behind an escape (`\n`, `\u003d`, `%3D`) too. */
const WORD_BEGINS = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4}))`;
/** What follows a token belongs to it. */
const REST_OF_TOKEN = /[\w-]{0,65536}/y;
/** A token that the end of the text cuts off has that many characters behind its keyword. */
const CUT_OFF = /[\w./+-]{6,512}={0,2}$/y;

interface RuleOptions {
  readonly check?: keyof typeof CHECKS | undefined;
  /** Whether the rule is for an issuer's token. */
  readonly isToken?: boolean;
}

/** A rule put to work. */
export class PatternRule implements Finder {
  readonly id: string;
  readonly keywords: readonly string[];
  readonly ignoresCase: boolean;
  readonly #pattern: RegExp;
  readonly #check: ((value: string) => boolean) | undefined;
  readonly #isToken: boolean;
  /** Whether the beginning of a match is masked too, where the text ends within it. */
  readonly #mayBeCutOff: boolean;

  constructor({ id, keywords, pattern }: RedactRule, { check, isToken = false }: RuleOptions = {}) {
    let { source } = pattern;
    const hasBefore = source.includes("(?<before>");
    // Nothing of a word stands before a token.
    if (hasBefore && isToken) source = source.replace("(?<before>", `$&${WORD_BEGINS}`);
    else if (isToken) source = `${WORD_BEGINS}(?:${source})`;
    this.id = id;
    this.keywords = keywords;
    this.ignoresCase = pattern.ignoreCase;
    this.#pattern = new RegExp(source, `${pattern.flags.replace(/[gyd]/g, "")}y`);
    this.#check = check && CHECKS[check];
    this.#isToken = isToken;
    this.#mayBeCutOff = isToken && !hasBefore;
  }

  find(text: string, at: number, floor: number): Found | undefined {
    this.#pattern.lastIndex = at;
    const match = this.#pattern.exec(text);
    if (match === null) return this.#mayBeCutOff ? this.#cutOff(text, at) : undefined;
    const { kept = "", before = "" } = match.groups ?? {};
    const from = Math.max(floor, at + kept.length - before.length);
    const to = at + match[0].length;
    if (to <= from || text.startsWith(MASK, from) || this.#check?.(text.slice(from, to)) === false) return undefined;
    return { from, to: this.#isToken ? endOf(REST_OF_TOKEN, text, to) : to, mask: MASK };
  }

  /** The beginning of a token at the end of a text, where the rest of it was cut off. */
  #cutOff(text: string, at: number): Found | undefined {
    if (text.length - at > 600 || /[\w-]/.test(text.charAt(at - 1))) return undefined;
    CUT_OFF.lastIndex = at + (this.keywords.find((keyword) => text.startsWith(keyword, at))?.length ?? 0);
    const rest = CUT_OFF.exec(text)?.[0] ?? "";
    const looksCut = rest.split(/[-_./]/).some((piece) => piece.length >= 6 && /\d|[a-z][A-Z]/.test(piece));
    return looksCut ? { from: at, to: text.length, mask: MASK } : undefined;
  }
}

/** Matches at `at`, and says where the match ends; -1 where there is none. */
export function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
