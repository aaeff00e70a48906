import { MASK } from "../bounds.js";
import type { FieldNames } from "./field-names.js";
import { NamedValues } from "./named-values.js";
import type { Finder, Found } from "./rule.js";

const NONE: readonly never[] = [];
/** Where two characters may stand in a keyword. */
const BEGIN = 1;
const INSIDE = 2;
/** So many bytes follow a text that the characters behind a keyword can be asked for. */
const BYTES_BEHIND = 4;

/** Five bits of a character, which are the same for a letter in either case. */
const BITS = 31;
/** What letters in either case differ by. */
const CASE = 32;
const tripleOf = (first: number, second: number, third: number): number =>
  ((first & BITS) << 10) | ((second & BITS) << 5) | (third & BITS);

/** Three characters as a number, the same for a letter in either case. */
const beginOf = (first: number, second: number, third: number): number =>
  ((first | CASE) << 16) | ((second | CASE) << 8) | third | CASE;

interface Entry {
  readonly keyword: string;
  readonly finder: Finder;
}

/**
 * All keywords in one: finds the places of a text where one may begin, by its first four characters. `npm run
 * bench:masking` compares it with `JSON.stringify`; one regular expression of all keywords takes six times as long.
 */
export class KeywordIndex {
  /** By three characters: whether keywords begin with them, and whether they stand behind the first of one. */
  readonly #places = new Uint8Array(1 << 15);
  /** By the first three characters of keywords: bits for the characters that may be the fourth. */
  readonly #fourth = new Int32Array(1 << 15);
  /** By the beginning of keywords, in the order in which they were given. */
  readonly #entries = new Map<number, Entry[]>();

  constructor(finders: readonly Finder[]) {
    for (const finder of finders) {
      for (const given of finder.keywords) {
        const keyword = finder.ignoresCase ? given.toLowerCase() : given;
        // Beyond ASCII the capitals may begin otherwise.
        for (const form of new Set([keyword, keyword.toUpperCase()])) this.#add(form, { keyword, finder });
      }
    }
  }

  #add(form: string, entry: Entry): void {
    const [first = 0, second = 0, third = 0, fourth] = bytesOf(form, form.length).subarray(0, Math.min(4, form.length));
    const triple = tripleOf(first, second, third);
    this.#places[triple] = (this.#places[triple] ?? 0) | BEGIN;
    this.#fourth[triple] = (this.#fourth[triple] ?? 0) | (fourth === undefined ? -1 : 1 << (fourth & BITS));
    for (const next of fourth === undefined ? Array(BITS + 1).keys() : [fourth]) {
      const inside = tripleOf(second, third, next);
      this.#places[inside] = (this.#places[inside] ?? 0) | INSIDE;
    }
    const begin = beginOf(first, second, third);
    const entries = this.#entries.get(begin) ?? [];
    if (!entries.some(({ keyword, finder }) => keyword === entry.keyword && finder === entry.finder))
      entries.push(entry);
    this.#entries.set(begin, entries);
  }

  /** Where the next keyword may begin within `length` bytes, from `from` on; -1 where there is none. */
  next(bytes: Uint8Array, length: number, from: number): number {
    const places = this.#places;
    // Every second place is enough: a keyword of three characters begins there, or goes on.
    for (let at = from; at < length - 1; at += 2) {
      const place = places[tripleOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0)];
      if (place === 0) continue;
      if (place !== BEGIN && at > from && this.#mayBegin(bytes, at - 1)) return at - 1;
      if (place !== INSIDE && this.#mayBegin(bytes, at)) return at;
    }
    return -1;
  }

  #mayBegin(bytes: Uint8Array, at: number): boolean {
    const first = bytes[at] ?? 0;
    const second = bytes[at + 1] ?? 0;
    const third = bytes[at + 2] ?? 0;
    const fourth = bytes[at + 3] ?? 0;
    if (((this.#fourth[tripleOf(first, second, third)] ?? 0) & (1 << (fourth & BITS))) === 0) return false;
    // A keyword that begins with a run of one character stands where the run begins.
    return first !== second || second !== third || bytes[at - 1] !== first;
  }

  /** Those of which a keyword stands at `at`, in the order in which they were given. */
  at(text: string, bytes: Uint8Array, at: number): readonly Finder[] {
    const entries = this.#entries.get(beginOf(bytes[at] ?? 0, bytes[at + 1] ?? 0, bytes[at + 2] ?? 0));
    let found: readonly Finder[] = NONE;
    for (const { keyword, finder } of entries ?? NONE)
      if (stands(text, at, keyword, finder)) found = [...found, finder];
    return found;
  }
}

const shortText = Buffer.alloc(256);

/** The first characters of a text, which are as quick to read as bytes in any text, and zeros behind them. */
export function bytesOf(text: string, length: number): Uint8Array {
  const size = length + BYTES_BEHIND;
  const isShort = size <= shortText.length;
  const bytes = isShort ? shortText : Buffer.allocUnsafe(size);
  // Most texts are short: a call into Node costs more than they do.
  if (isShort) for (let at = 0; at < length; at++) bytes[at] = text.charCodeAt(at);
  else bytes.write(text, 0, length, "latin1");
  for (let at = length; at < size; at++) bytes[at] = 0;
  return bytes;
}

function stands(text: string, at: number, keyword: string, { ignoresCase }: Finder): boolean {
  const fourth = keyword.charCodeAt(3);
  if (fourth < 128 && (fourth | CASE) !== (text.charCodeAt(at + 3) | CASE)) return false;
  return text.startsWith(keyword, at) || (ignoresCase && text.slice(at, at + keyword.length).toLowerCase() === keyword);
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
    let found = this.#credentials(text, given.length);
    for (let pass = 1; found.length > 0; pass++) {
      const masked = withMasks(given, found);
      if (masked === given || pass === MOST_PASSES || text.length > LOOKED_THROUGH_AGAIN) return masked;
      given = masked;
      found = this.#credentials(given, given.length);
    }
    return given;
  }

  /** Those that begin within `limit` characters. */
  #credentials(text: string, limit: number): readonly Found[] {
    const found = this.#byKeywords(text, limit);
    if (this.#patterns.length === 0) return found;
    const all = found.concat(this.#byPatterns(text.slice(0, limit + MARGIN), limit));
    return all.sort((one, other) => one.from - other.from);
  }

  #byKeywords(text: string, limit: number): Found[] {
    const length = Math.min(text.length, limit + BEYOND);
    const bytes = bytesOf(text, length);
    const found: Found[] = [];
    let done = 0;
    let keywords = 0;
    this.#named.begin();
    for (
      let at = this.#index.next(bytes, length, 0);
      at >= 0;
      at = this.#index.next(bytes, length, Math.max(at + 1, done))
    ) {
      const finders = this.#index.at(text, bytes, at);
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

/** What overlaps is one credential. */
function withMasks(text: string, found: readonly Found[]): string {
  let masked = "";
  let done = 0;
  for (const { from, to, mask } of found) {
    if (from >= done) masked += text.slice(done, from) + mask;
    done = Math.max(done, to);
  }
  return masked + text.slice(done);
}

function firstFound(finders: readonly Finder[], text: string, at: number, floor: number): Found | undefined {
  for (const finder of finders) {
    const found = finder.find(text, at, floor);
    if (found !== undefined) return found;
  }
  return undefined;
}
