import type { FieldNames } from "./field-names.js";
import type { IndexEntry, KeywordIndex } from "./keyword-index.js";
import { MASK } from "./marks.js";
import type { Found } from "./named-values.js";
import { NamedValues } from "./named-values.js";
import type { TextRule } from "./rule.js";

/** How far behind the wanted part of a text a keyword may stand whose credential begins within it. */
const BEYOND = 128;
/** How often a text in which something was masked is looked through again at most. */
const MOST_PASSES = 4;
/** A text with more masks than that is not looked through again. */
const MOST_MASKS = 1000;
/** That near to the end of a text a token may be one that was cut off. */
const LONGEST_CUT = 512;
const LEAST_OF_CUT = 6;
/** What ends before a word may begin: an escape (`\n`, `\u003d`) or `%3D`. */
const ESCAPE_BEFORE = /(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4})$/;
const OF_TOKEN = /[\w-]{0,65536}/y;

/** Finds and masks credentials in texts; what it costs grows with the text's length and nothing else. */
export class Masker {
  readonly #index: KeywordIndex;
  readonly #named: NamedValues;
  /** How many masks the last pass put in. */
  #masks = 0;

  constructor(index: KeywordIndex, names: FieldNames) {
    this.#index = index;
    this.#named = new NamedValues(names);
  }

  /** The first `limit` characters of `text` with the credentials that begin within them masked. */
  mask(text: string, limit: number): string {
    let masked = this.#pass(text, Math.min(limit, text.length));
    if (masked === undefined) return limit < text.length ? text.slice(0, limit) : text;
    // A mask in the middle of something can be what shows that something for a credential too.
    for (let more = 0; more < MOST_PASSES && this.#masks < MOST_MASKS; more++) {
      const again = this.#pass(masked, masked.length);
      if (again === undefined || again === masked) break;
      masked = again;
    }
    return masked;
  }

  /** @returns `undefined` where there is nothing to be masked */
  #pass(text: string, limit: number): string | undefined {
    let masked = "";
    let done = 0;
    this.#masks = 0;
    this.#named.begin();
    this.#index.scan(text, Math.min(text.length, limit + BEYOND), (at, entry) => {
      if (at < done) return at;
      const found = this.#look(text, at, done, entry);
      if (found === undefined || found.from >= limit) return at;
      masked += text.slice(done, found.from) + found.mask;
      done = found.to;
      this.#masks++;
      return done;
    });
    if (done === 0) return undefined;
    return done >= limit ? masked : masked + text.slice(done, limit);
  }

  #look(text: string, at: number, floor: number, entry: IndexEntry): Found | undefined {
    for (const { keyword, ignoresCase, rules } of entry.keywords) {
      if (!continuesWith(text, at, keyword, ignoresCase)) continue;
      for (const rule of rules) {
        const found = match(rule, text, at, floor) ?? (rule.isToken ? cutToken(rule, keyword, text, at) : undefined);
        if (found !== undefined) return found;
      }
    }
    return entry.hasName ? this.#named.find(text, at, floor) : undefined;
  }
}

/** Whether a keyword, of which the first three characters were seen, stands at `at`. */
function continuesWith(text: string, at: number, keyword: string, ignoresCase: boolean): boolean {
  if (!ignoresCase) return text.startsWith(keyword, at);
  for (let i = 3; i < keyword.length; i++) {
    const code = text.charCodeAt(at + i);
    const wanted = keyword.charCodeAt(i);
    if (code !== wanted && (code | 32) !== (wanted | 32)) return false;
  }
  return true;
}

function match(rule: TextRule, text: string, at: number, floor: number): Found | undefined {
  rule.pattern.lastIndex = at;
  const found = rule.pattern.exec(text);
  if (found === null) return undefined;
  const kept = found[rule.keptGroup || -1]?.length ?? 0;
  const from = Math.max(floor, at + kept - (found[rule.beforeGroup || -1]?.length ?? 0));
  let to = at + found[0].length;
  if (rule.isToken) {
    if (kept === 0 && !beginsWord(text, from)) return undefined;
    OF_TOKEN.lastIndex = to;
    if (OF_TOKEN.test(text)) to = OF_TOKEN.lastIndex;
  }
  if (to <= from || text.startsWith(MASK, from) || rule.check?.(text.slice(from, to)) === false) return undefined;
  return { from, to, mask: MASK };
}

/** The beginning of a token at the end of a text, where the rest of it was cut off. */
function cutToken(rule: TextRule, keyword: string, text: string, at: number): Found | undefined {
  if (text.length - at > LONGEST_CUT) return undefined;
  if (rule.beforeGroup > 0) return undefined;
  const rest = text.slice(at + keyword.length);
  if (rest.length < LEAST_OF_CUT || !/^[\w./+-]{1,512}={0,2}$/.test(rest) || /[\w-]/.test(text.charAt(at - 1)))
    return undefined;
  const isCut = rest.split(/[-_./]/).some((piece) => piece.length >= LEAST_OF_CUT && /\d|[a-z][A-Z]/.test(piece));
  return isCut ? { from: at, to: text.length, mask: MASK } : undefined;
}

/** Whether a word can begin at `at`. */
function beginsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const isLetter = (before >= 48 && before <= 57) || (before >= 65 && before <= 90) || (before >= 97 && before <= 122);
  return !isLetter || ESCAPE_BEFORE.test(text.slice(Math.max(0, at - 6), at));
}
