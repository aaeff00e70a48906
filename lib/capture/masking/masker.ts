import type { FieldNames } from "./field-names.js";
import { KeywordIndex } from "./keyword-index.js";
import { NamedValues } from "./named-values.js";
import type { Finder } from "./rule.js";

/** How far behind the wanted part of a text a keyword may stand whose credential begins within it. */
const BEYOND = 128;
/** A mask can be what shows that its surroundings are a credential too: shorter texts are looked through again. */
const LOOKED_THROUGH_AGAIN = 65_536;
const MOST_PASSES = 5;

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
    for (let pass = 1; pass < MOST_PASSES && masked.length <= LOOKED_THROUGH_AGAIN; pass++) {
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
    this.#named.begin();
    for (let at = this.#index.next(text, 0, stop); at >= 0; at = this.#index.next(text, Math.max(at + 1, done), stop)) {
      const found = this.#index.find(text, at, done);
      if (found === undefined || found.from >= limit) continue;
      masked += text.slice(done, found.from) + found.mask;
      done = found.to;
    }
    if (done === 0) return undefined;
    return done >= limit ? masked : masked + text.slice(done, limit);
  }
}
