import type { Redactor } from "./redactor.js";

/** Shorter texts are looked through again as quickly as they are found. */
const LEAST = 512;

interface Looked {
  readonly limit: number;
  readonly masked: string | undefined;
}

/**
 * A redactor that does what another does, and looks through each long text once, for those who record one text in several
 * places: a prompt stands alone and within the input of its call. To be dropped with what it has remembered. The other
 * itself where keys matter to it.
 */
export function lookingOnce(redactor: Redactor): Redactor {
  if (redactor.ignoresKeys !== true) return redactor;
  const looked = new Map<string, Looked>();
  return {
    within: redactor,
    ignoresKeys: true,
    seesNumbers: redactor.seesNumbers,
    fieldKind: (key) => redactor.fieldKind(key),
    text(value, _key, limit = value.length) {
      if (value.length < LEAST) return redactor.text(value, undefined, limit);
      const before = looked.get(value);
      // Where more of it was wanted before, that is given.
      if (before !== undefined && Math.min(limit, value.length) <= before.limit) return before.masked;
      const masked = redactor.text(value, undefined, limit);
      looked.set(value, { limit, masked });
      return masked;
    },
  };
}
