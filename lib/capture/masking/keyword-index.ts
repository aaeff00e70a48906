import type { Finder, Found } from "./rule.js";

/** Five bits of each of three characters, which are the same for a letter in either case. */
const SIZE = 1 << 15;

/**
 * All keywords in one: finds the places of a text where one may begin, by its first three characters. `npm run
 * bench:masking` compares it with `JSON.stringify`; one regular expression of all keywords takes three times as long.
 */
export class KeywordIndex {
  readonly #isFirst = new Uint8Array(SIZE);
  readonly #finders = new Map<number, { readonly keyword: string; readonly finder: Finder }[]>();

  constructor(finders: readonly Finder[]) {
    for (const finder of finders) {
      for (const given of finder.keywords) {
        const keyword = finder.ignoresCase ? given.toLowerCase() : given;
        // Beyond ASCII the bits of the capital may be others.
        for (const first of new Set([hashAt(keyword, 0), hashAt(keyword.toUpperCase(), 0)])) {
          this.#isFirst[first] = 1;
          this.#finders.set(first, [...(this.#finders.get(first) ?? []), { keyword, finder }]);
        }
      }
    }
  }

  /** Where the next keyword may begin, from `from` on and before `stop`; -1 where there is none. */
  next(text: string, from: number, stop: number): number {
    const first = this.#isFirst;
    let hash = 0;
    for (let at = from; at < stop; at++) {
      hash = rolled(hash, text.charCodeAt(at));
      if (first[hash] !== 0 && at >= from + 2) return at - 2;
    }
    return -1;
  }

  /** What is found by the keywords at `at`, in the order in which the finders were given. */
  find(text: string, at: number, floor: number): Found | undefined {
    for (const { keyword, finder } of this.#finders.get(hashAt(text, at)) ?? []) {
      if (!stands(text, at, keyword, finder.ignoresCase)) continue;
      const found = finder.find(text, at, floor);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function rolled(hash: number, code: number): number {
  return ((hash << 5) | (code & 31)) & (SIZE - 1);
}

function hashAt(text: string, at: number): number {
  return rolled(rolled(rolled(0, text.charCodeAt(at)), text.charCodeAt(at + 1)), text.charCodeAt(at + 2));
}

function stands(text: string, at: number, keyword: string, ignoresCase: boolean): boolean {
  if (text.startsWith(keyword, at)) return true;
  return ignoresCase && text.slice(at, at + keyword.length).toLowerCase() === keyword;
}
