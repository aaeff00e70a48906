import { MASK } from "../bounds.js";
import type { RedactRule } from "../redact-option.js";
import type { Check } from "./secret-values.js";
import { isSecret } from "./secret-values.js";

/** A rule of a table: id, what it is, keywords, pattern, an example that is masked, one that is kept, a check. */
export type RuleRow = readonly [
  id: string,
  what: string,
  keywords: string,
  pattern: RegExp,
  masked: string,
  kept: string,
  check?: Check,
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
const WORD_BEGINS = /(?<![A-Za-z0-9])|(?<=\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4})/y;
/** What follows a token belongs to it. */
const REST_OF_TOKEN = /[\w-]{0,65536}/y;
/** A token that the end of the text cuts off has that many characters behind its keyword. */
const CUT_OFF = /[\w./+-]{6,512}={0,2}$/y;

export interface PatternRule extends Finder {
  readonly id: string;
}

/**
 * A rule put to work.
 * @param isToken Whether the rule is for an issuer's token, which is a word of its own and masked to its end.
 */
export function patternRule(rule: RedactRule, check: Check = "any", isToken = false): PatternRule {
  const { id, keywords } = rule;
  const pattern = new RegExp(rule.pattern.source, `${rule.pattern.flags.replace(/[gyd]/g, "")}y`);
  const isWord = isToken && !pattern.source.includes("(?<before>");
  const find = (text: string, at: number, floor: number): Found | undefined => {
    if (isWord && endOf(WORD_BEGINS, text, at) < 0) return undefined;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) return isWord ? cutOff(text, at, keywords) : undefined;
    const { kept = "", before = "" } = match.groups ?? {};
    if (isToken && before !== "" && endOf(WORD_BEGINS, text, at - before.length) < 0) return undefined;
    const from = Math.max(floor, at + kept.length - before.length);
    const to = at + match[0].length;
    if (!isSecret(check, text.slice(from, to))) return undefined;
    return { from, to: isToken ? endOf(REST_OF_TOKEN, text, to) : to, mask: MASK };
  };
  return { id, keywords, ignoresCase: pattern.ignoreCase, find };
}

/** The beginning of a token at the end of a text, where the rest of it was cut off. */
function cutOff(text: string, at: number, keywords: readonly string[]): Found | undefined {
  if (text.length - at > 600 || /[\w-]/.test(text.charAt(at - 1))) return undefined;
  CUT_OFF.lastIndex = at + (keywords.find((keyword) => text.startsWith(keyword, at))?.length ?? 0);
  const rest = CUT_OFF.exec(text)?.[0] ?? "";
  const looksCut = rest.split(/[-_./]/).some((piece) => piece.length >= 6 && /\d|[a-z][A-Z]/.test(piece));
  return looksCut ? { from: at, to: text.length, mask: MASK } : undefined;
}

/** Matches at `at`, and says where the match ends; -1 where there is none. */
export function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}
