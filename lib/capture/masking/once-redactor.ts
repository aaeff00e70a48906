import type { Redactor } from "./redactor.js";
import type { FieldKind } from "./secret-values.js";

/** Shorter texts are looked through again as quickly as they are found. */
const LEAST = 512;

interface Looked {
  readonly limit: number;
  readonly masked: string | undefined;
}

/**
 * Looks through each long text once, for those who record one text in several places: a prompt stands alone and within
 * the input of its call. To be dropped with what it has remembered.
 */
class OnceRedactor implements Redactor {
  readonly ignoresKeys = true;
  readonly seesNumbers: boolean;
  readonly #looked = new Map<string, Looked>();

  constructor(readonly within: Redactor) {
    this.seesNumbers = within.seesNumbers;
  }

  /** The first `limit` characters masked, and more of them where more was wanted before. */
  text(value: string, _key?: string, limit = value.length): string | undefined {
    if (value.length < LEAST) return this.within.text(value, undefined, limit);
    const looked = this.#looked.get(value);
    if (looked !== undefined && Math.min(limit, value.length) <= looked.limit) return looked.masked;
    const masked = this.within.text(value, undefined, limit);
    this.#looked.set(value, { limit, masked });
    return masked;
  }

  fieldKind(key: string): FieldKind | undefined {
    return this.within.fieldKind(key);
  }
}

/** A redactor that does what another does, and looks through a long text once; the other itself where keys matter to it. */
export function lookingOnce(redactor: Redactor): Redactor {
  return redactor.ignoresKeys === true ? new OnceRedactor(redactor) : redactor;
}
