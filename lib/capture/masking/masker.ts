import type { FieldNames } from "./field-names.js";
import { KeywordIndex } from "./keyword-index.js";
import { MASK } from "./marks.js";
import { NamedValues } from "./named-values.js";
import type { Finder, Found } from "./rule.js";

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

/** Finds and masks credentials in texts; what it costs grows with the text's length and nothing else. */
export class Masker {
  readonly #index: KeywordIndex;
  readonly #named: NamedValues;

  /** @param rules In the order in which they are tried; the names of fields come last. */
  constructor(rules: readonly Finder[], names: FieldNames) {
    this.#named = new NamedValues(names);
    this.#index = new KeywordIndex([...rules, this.#named]);
  }

  /** The first `limit` characters of `text` with the credentials that begin within them masked. */
  mask(text: string, limit: number): string {
    let masked = this.#pass(text, Math.min(limit, text.length));
    if (masked === undefined) return limit < text.length ? text.slice(0, limit) : text;
    for (let pass = 1; pass < MOST_PASSES && text.length <= LOOKED_THROUGH_AGAIN; pass++) {
      const again = this.#pass(masked, masked.length);
      if (again === undefined || again === masked) break;
      masked = again;
    }
    return masked;
  }

  /** @returns `undefined` where there is nothing to be masked */
  #pass(text: string, limit: number): string | undefined {
    const stop = Math.min(text.length, limit + BEYOND);
    let masked = "";
    let done = 0;
    let keywords = 0;
    this.#named.begin();
    for (let at = this.#index.next(text, 0, stop); at >= 0; at = this.#index.next(text, Math.max(at + 1, done), stop)) {
      const finders = this.#index.at(text, at);
      if (finders.length === 0) continue;
      if (keywords++ > MOST_KEYWORDS + at / CHARACTERS_A_KEYWORD) {
        const word = Math.max(done, text.lastIndexOf(" ", at) + 1);
        return masked + text.slice(done, word) + MASK;
      }
      const found = firstFound(finders, text, at, done);
      if (found === undefined || found.from >= limit) continue;
      masked += text.slice(done, found.from) + found.mask;
      done = found.to;
      keywords++;
    }
    if (done === 0) return undefined;
    return done >= limit ? masked : masked + text.slice(done, limit);
  }
}

function firstFound(finders: readonly Finder[], text: string, at: number, floor: number): Found | undefined {
  for (const finder of finders) {
    const found = finder.find(text, at, floor);
    if (found !== undefined) return found;
  }
  return undefined;
}
