import { MASK } from "./marks.js";
import type { Finder, Found, RedactRule } from "./rule.js";

/** Where a word begins, behind an escape (`\n`, `\u003d`, `%3D`) too. */
const WORD_BEGINS = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4}))`;
/** What follows a token belongs to it. */
const REST_OF_TOKEN = String.raw`[\w-]{0,65536}`;
/** A token that the end of the text cuts off has that many characters behind its keyword. */
const CUT_OFF = /[\w./+-]{6,512}={0,2}$/y;

/** A rule put to work. */
export class PatternRule implements Finder {
  readonly id: string;
  readonly keywords: readonly string[];
  readonly ignoresCase: boolean;
  readonly #pattern: RegExp;
  readonly #check: ((value: string) => boolean) | undefined;

  constructor({ id, keywords, pattern }: RedactRule, check?: (value: string) => boolean) {
    this.id = id;
    this.keywords = keywords;
    this.ignoresCase = pattern.ignoreCase;
    this.#pattern = new RegExp(pattern.source, `${pattern.flags.replace(/[gyd]/g, "")}y`);
    this.#check = check;
  }

  find(text: string, at: number, floor: number): Found | undefined {
    this.#pattern.lastIndex = at;
    const match = this.#pattern.exec(text);
    if (match === null) return undefined;
    const { kept = "", before = "" } = match.groups ?? {};
    const from = Math.max(floor, at + kept.length - before.length);
    const to = at + match[0].length;
    if (to <= from || text.startsWith(MASK, from) || this.#check?.(text.slice(from, to)) === false) return undefined;
    return { from, to, mask: MASK };
  }
}

/** The rule for an issuer's token: nothing of a word stands before it, and it may be cut off. */
export class TokenRule extends PatternRule {
  readonly #hasBefore: boolean;

  constructor(rule: RedactRule) {
    const { source, flags } = rule.pattern;
    const hasBefore = source.includes("(?<before>");
    const begun = hasBefore ? source.replace("(?<before>", `$&${WORD_BEGINS}`) : `${WORD_BEGINS}(?:${source})`;
    super({ ...rule, pattern: new RegExp(begun + REST_OF_TOKEN, flags) });
    this.#hasBefore = hasBefore;
  }

  override find(text: string, at: number, floor: number): Found | undefined {
    return super.find(text, at, floor) ?? (this.#hasBefore ? undefined : this.#cutOff(text, at));
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
