import { MASK } from "../bounds.js";
import type { FieldNames } from "./field-names.js";
import { NamedValues } from "./named-values.js";
import type { Finder, Found } from "./rule.js";

/** Five bits of each of three characters, which are the same for a letter in either case. */
const SIZE = 1 << 15;
const NONE: readonly never[] = [];
/** What three times the same bits make is a multiple of this. */
const RUN = (1 << 10) + (1 << 5) + 1;

const bit = (code: number): number => 1 << (code & 31);
const rolled = (hash: number, code: number): number => ((hash << 5) | (code & 31)) & (SIZE - 1);

/** The first three characters of a keyword, the same for a letter in either case. */
function beginAt(text: string, at: number): number {
  return ((text.charCodeAt(at) | 32) << 16) | ((text.charCodeAt(at + 1) | 32) << 8) | (text.charCodeAt(at + 2) | 32);
}

/**
 * All keywords in one: finds the places of a text where one may begin, by its first four characters. `npm run
 * bench:masking` compares it with `JSON.stringify`; one regular expression of all keywords takes six times as long.
 */
export class KeywordIndex {
  /** By the first three characters of keywords: bits for the characters that may be the fourth. */
  readonly #fourth = new Int32Array(SIZE);
  readonly #finders = new Map<number, { readonly keyword: string; readonly finder: Finder }[]>();

  constructor(finders: readonly Finder[]) {
    for (const finder of finders) {
      for (const given of finder.keywords) {
        const keyword = finder.ignoresCase ? given.toLowerCase() : given;
        const capitals = keyword.toUpperCase();
        const fourth = keyword.length === 3 ? -1 : bit(keyword.charCodeAt(3)) | bit(capitals.charCodeAt(3));
        for (const form of [keyword, capitals]) {
          const hash = [0, 1, 2].reduce((before, at) => rolled(before, form.charCodeAt(at)), 0);
          this.#fourth[hash] = (this.#fourth[hash] ?? 0) | fourth;
        }
        // Beyond ASCII the capitals may begin otherwise.
        for (const begin of new Set([beginAt(keyword, 0), beginAt(capitals, 0)]))
          this.#finders.set(begin, [...(this.#finders.get(begin) ?? []), { keyword, finder }]);
      }
    }
  }

  /** Where the next keyword may begin, from `from` on and before `stop`; -1 where there is none. */
  next(text: string, from: number, stop: number): number {
    const fourth = this.#fourth;
    let hash = 0;
    for (let at = from; at < stop; at++) {
      hash = rolled(hash, text.charCodeAt(at));
      const following = fourth[hash] ?? 0;
      if (following === 0 || (following & bit(text.charCodeAt(at + 1))) === 0 || at < from + 2) continue;
      // A keyword that begins with a run of one character stands where the run begins.
      if (hash % RUN !== 0 || at < 3 || text.charCodeAt(at - 3) !== text.charCodeAt(at)) return at - 2;
    }
    return -1;
  }

  /** Those of which a keyword stands at `at`, in the order in which they were given. */
  at(text: string, at: number): readonly Finder[] {
    let found: readonly Finder[] = NONE;
    for (const { keyword, finder } of this.#finders.get(beginAt(text, at)) ?? NONE) {
      if (text.startsWith(keyword, at) || (finder.ignoresCase && isWithoutCase(text, at, keyword)))
        found = [...found, finder];
    }
    return found;
  }
}

function isWithoutCase(text: string, at: number, keyword: string): boolean {
  return text.slice(at, at + keyword.length).toLowerCase() === keyword;
}

/** How far behind the wanted part of a text a keyword may stand whose credential begins within it. */
const BEYOND = 128;
/** A mask can be what shows that its surroundings are a credential too: shorter texts are looked through again. */
const LOOKED_THROUGH_AGAIN = 65_536;
const MOST_PASSES = 5;
/**
 * So many keywords a text may have, and one more in so many characters; a credential counts twice. The text is masked from
 * where it has more: one that is made to be looked at everywhere must not hold the event loop.
 */
const MOST_KEYWORDS = 4096;
const CHARACTERS_A_KEYWORD = 48;

/** A user's pattern sees that much behind the end of what is recorded, so that the end cuts no match in two. */
export const MARGIN = 4096;

/** Finds and masks credentials in texts; what it costs grows with the text's length and nothing else. */
export class Masker {
  readonly #index: KeywordIndex;
  readonly #named: NamedValues;
  readonly #patterns: readonly RegExp[];

  /**
   * @param rules In the order in which they are tried; the names of fields come last.
   * @param patterns The user's, which are masked wherever they match.
   */
  constructor(rules: readonly Finder[], names: FieldNames, patterns: readonly RegExp[] = []) {
    this.#named = new NamedValues(names);
    this.#index = new KeywordIndex([...rules, this.#named]);
    this.#patterns = patterns.map(({ source, flags }) => new RegExp(source, `${flags.replace(/[gy]/g, "")}g`));
  }

  /** The first `limit` characters of `text` with the credentials that begin within them masked. */
  mask(text: string, limit: number): string {
    let given = text.slice(0, limit);
    let masked = this.#pass(text, given.length);
    for (let pass = 1; pass < MOST_PASSES && masked !== given && text.length <= LOOKED_THROUGH_AGAIN; pass++) {
      given = masked;
      masked = this.#pass(given, given.length);
    }
    return masked;
  }

  #pass(text: string, limit: number): string {
    let found = this.#byKeywords(text, limit);
    if (this.#patterns.length > 0) found = found.concat(this.#byPatterns(text.slice(0, limit + MARGIN), limit));
    found.sort((one, other) => one.from - other.from);
    let masked = "";
    let done = 0;
    for (const { from, to, mask } of found) {
      // What overlaps is one credential.
      if (from >= done) masked += text.slice(done, from) + mask;
      done = Math.max(done, to);
    }
    return done >= limit ? masked : masked + text.slice(done, limit);
  }

  #byKeywords(text: string, limit: number): Found[] {
    const stop = Math.min(text.length, limit + BEYOND);
    const found: Found[] = [];
    let done = 0;
    let keywords = 0;
    this.#named.begin();
    for (let at = this.#index.next(text, 0, stop); at >= 0; at = this.#index.next(text, Math.max(at + 1, done), stop)) {
      const finders = this.#index.at(text, at);
      if (finders.length === 0) continue;
      if (keywords++ > MOST_KEYWORDS + at / CHARACTERS_A_KEYWORD) {
        found.push({ from: Math.max(done, text.lastIndexOf(" ", at) + 1), to: text.length, mask: MASK });
        break;
      }
      const one = firstFound(finders, text, at, done);
      if (one === undefined || one.from >= limit) continue;
      found.push(one);
      done = one.to;
      keywords++;
    }
    return found;
  }

  /** A match takes in the masks that it reaches into. */
  #byPatterns(text: string, limit: number): Found[] {
    return [/\[redacted\]/g, ...this.#patterns]
      .flatMap((pattern) =>
        Array.from(text.matchAll(pattern), ({ 0: { length }, index }) => ({
          from: index,
          to: index + length,
          mask: MASK,
        })),
      )
      .filter(({ from, to }) => from < to && from < limit);
  }
}

function firstFound(finders: readonly Finder[], text: string, at: number, floor: number): Found | undefined {
  for (const finder of finders) {
    const found = finder.find(text, at, floor);
    if (found !== undefined) return found;
  }
  return undefined;
}
