import { types } from "node:util";
import { CredentialScan, TRIGGERS } from "./credential-scan.js";
import { isFieldName } from "../field-names.js";
import { kindOf } from "../lists.js";
import { ignoreRejection } from "../unwanted-promise.js";
import { maskPattern, perpetual } from "./pattern-mask.js";
import type { Redactor } from "./redactor.js";
import { NOT_SECRET, SecretNames } from "./secret-names.js";

/** What is masked beside what the built-in rules know. */
export interface RedactRules {
  /**
   * Names of object keys, headers, parameters whose values are masked, in any case and naming style (`"ssn"` is also
   * `SSN`, `"cardNumber"` is also `card_number`). The whole name has to be the same.
   */
  readonly keys?: readonly string[] | undefined;
  /**
   * What is masked in texts, numbers and names of keys. Matched anywhere, with or without the flag `g`. How long a
   * pattern takes is up to the pattern; it sees no more of a text than is recorded, and 4096 characters.
   */
  readonly patterns?: readonly RegExp[] | undefined;
}

/**
 * Rewrites a text before it is recorded. It gets what the built-in rules left of the text, and what it returns goes
 * through them again. A number is shown to it as text, and stays a number where that is returned unchanged. Keys that
 * read as names of fields are not shown to it, other keys (a `Map` by e-mail address) are.
 *
 * @param value The text; of one that is longer than is recorded, that part and 4096 characters.
 * @param key The nearest object key that it stands under.
 * @returns What is recorded. `undefined`, anything that is not a string, and a throw leave the value out.
 */
export type RedactFunction = (value: string, key?: string) => string | undefined;

/** The `redact` option: more keys and patterns, or a function. */
export type RedactOption = RedactRules | RedactFunction;

/** A user's rule sees that much behind the end of what is recorded, so that it can recognize what the end cuts in two. */
const MARGIN = 4096;

/**
 * Builds what masks credentials: the built-in rules, and the user's.
 *
 * @throws TypeError when `redact` is of another form than {@link RedactOption}.
 * @example createRedactor({ keys: ["ssn"], patterns: [/\b\d{3}-\d{2}-\d{4}\b/] })
 */
export function createRedactor(redact?: RedactOption): Redactor {
  if (redact === undefined) return new RuleRedactor({});
  if (typeof redact === "function") return new FunctionRedactor(redact);
  if (typeof redact !== "object" || (redact as unknown) === null || Array.isArray(redact)) {
    throw new TypeError(`redact: expected a function or { keys, patterns }, got ${kindOf(redact)}`);
  }
  for (const name of Object.keys(redact)) {
    if (name !== "keys" && name !== "patterns")
      throw new TypeError(`redact.${name}: no such rule, expected keys or patterns`);
  }
  checkList("redact.keys", redact.keys, "names of keys", (key) => typeof key === "string" && key !== "");
  checkList("redact.patterns", redact.patterns, "regular expressions", types.isRegExp);
  return new RuleRedactor(redact);
}

function checkList(name: string, list: unknown, wanted: string, isRight: (item: unknown) => boolean): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw new TypeError(`${name}: expected an array of ${wanted}, got ${kindOf(list)}`);
  const wrong = list.findIndex((item) => !isRight(item));
  if (wrong >= 0) throw new TypeError(`${name}[${wrong}]: expected an array of ${wanted}, got ${kindOf(list[wrong])}`);
}

/** The built-in rules with the user's keys and patterns. */
class RuleRedactor implements Redactor {
  readonly ignoresKeys = true;
  readonly triggers: Readonly<Uint8Array> | undefined;
  readonly #names: SecretNames;
  readonly #patterns: readonly RegExp[];
  readonly #scan: CredentialScan;

  constructor({ keys = [], patterns = [] }: RedactRules) {
    this.#names = new SecretNames(keys);
    this.#patterns = patterns.map(perpetual);
    this.#scan = new CredentialScan(this.#names);
    this.triggers = patterns.length === 0 ? TRIGGERS : undefined;
  }

  text(value: string, _key?: string, limit = value.length): string | undefined {
    if (this.#patterns.length === 0) return this.#scan.mask(value, limit);
    try {
      const part = this.#masked(value, limit);
      for (const pattern of this.#patterns) maskPattern(part, pattern);
      return this.#scan.mask(part.text, part.limit);
    } catch {
      // A pattern that exhausts the stack.
      return undefined;
    }
  }

  /**
   * What the built-in rules leave of the wanted part and the margin: a pattern that takes a piece out of a credential must
   * not make the rest of it unrecognizable.
   */
  #masked(value: string, limit: number): { text: string; limit: number } {
    const text = this.#scan.mask(value, limit + MARGIN);
    if (value.length <= limit) return { text, limit: text.length };
    const wanted = this.#scan.mask(value, limit);
    let same = 0;
    while (same < wanted.length && wanted.charCodeAt(same) === text.charCodeAt(same)) same++;
    return { text, limit: same };
  }

  isSecretKey(key: string): boolean {
    return this.#names.secrecy(key) !== NOT_SECRET;
  }
}

/** The built-in rules with the user's function. */
class FunctionRedactor implements Redactor {
  readonly #rules = new RuleRedactor({});
  readonly #rewrite: RedactFunction;

  constructor(rewrite: RedactFunction) {
    this.#rewrite = rewrite;
  }

  text(value: string, key?: string, limit = value.length): string | undefined {
    const isWhole = value.length <= limit;
    const masked = this.#rules.text(value, key, isWhole ? limit : limit + MARGIN) ?? "";
    let rewritten: unknown;
    try {
      rewritten = this.#rewrite(masked, key);
    } catch {
      // Leaves the text out, as `undefined` does.
    }
    if (typeof rewritten !== "string") {
      ignoreRejection(rewritten);
      return undefined;
    }
    if (isWhole) return rewritten === masked ? masked : this.#rules.text(rewritten);
    // The function may have shortened what comes before: whatever it did, the last MARGIN characters are dropped.
    return this.#rules.text(rewritten, key, Math.max(0, Math.min(limit, rewritten.length - MARGIN)));
  }

  name(name: string, limit: number): string | undefined {
    return isFieldName(name) ? this.#rules.text(name) : this.text(name, undefined, limit);
  }

  isSecretKey(key: string): boolean {
    return this.#rules.isSecretKey(key);
  }
}

let builtIn: Redactor | undefined;

/** The built-in rules, put together when they are first needed. */
function builtInRules(): Redactor {
  return (builtIn ??= createRedactor());
}

/** Masks what the built-in rules know. */
export const DEFAULT_REDACTOR: Redactor = {
  ignoresKeys: true,
  triggers: TRIGGERS,
  text: (value, key, limit) => builtInRules().text(value, key, limit),
  isSecretKey: (key) => builtInRules().isSecretKey(key),
};
