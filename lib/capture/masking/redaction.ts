import { isFieldName } from "../field-names.js";
import { ignoreRejection } from "../unwanted-promise.js";
import { CONTEXT_RULES } from "./context-rules.js";
import { FieldNames } from "./field-names.js";
import { FIELD_RULES } from "./field-rules.js";
import { ISSUER_RULES } from "./issuer-rules.js";
import { KeywordIndex } from "./keyword-index.js";
import { Masker } from "./masker.js";
import { maskPattern, perpetual } from "./pattern-mask.js";
import { checkRedact } from "./redact-option.js";
import type { Redactor } from "./redactor.js";
import type { RedactRule, TextRule } from "./rule.js";
import { ruleOf, textRule } from "./rule.js";
import type { FieldKind } from "./secret-values.js";

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
  /** Ids of built-in rules that are not applied; `docs/privacy.md` lists them. */
  readonly disable?: readonly string[] | undefined;
  /** Rules of your own, of the same shape as the built-in ones. */
  readonly rules?: readonly RedactRule[] | undefined;
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
  checkRedact(redact, builtInIds());
  return typeof redact === "function" ? new FunctionRedactor(redact) : new RuleRedactor(redact);
}

/** The built-in rules for texts, in the order in which they are tried. */
export function builtInRules(): readonly TextRule[] {
  return [...CONTEXT_RULES.map((row) => ruleOf(row, false, "|")), ...ISSUER_RULES.map((row) => ruleOf(row, true))];
}

function builtInIds(): ReadonlySet<string> {
  return new Set([...CONTEXT_RULES, ...ISSUER_RULES].map(([id]) => id).concat(FIELD_RULES.map(({ id }) => id)));
}

/** The built-in rules with the user's keys, patterns and rules. */
class RuleRedactor implements Redactor {
  readonly ignoresKeys = true;
  readonly seesNumbers: boolean;
  readonly #names: FieldNames;
  readonly #patterns: readonly RegExp[];
  readonly #masker: Masker;

  constructor({ keys = [], patterns = [], disable = [], rules = [] }: RedactRules) {
    const isOn = ({ id }: { readonly id: string }): boolean => !disable.includes(id);
    const all = [...rules.map(textRule), ...builtInRules().filter(isOn)];
    this.#names = new FieldNames(FIELD_RULES.filter(isOn), keys);
    this.#patterns = patterns.map(perpetual);
    this.#masker = new Masker(new KeywordIndex(all, keys), this.#names);
    this.seesNumbers = patterns.length > 0;
  }

  text(value: string, _key?: string, limit = value.length): string | undefined {
    if (this.#patterns.length === 0) return this.#masker.mask(value, limit);
    try {
      const part = this.#masked(value, limit);
      for (const pattern of this.#patterns) maskPattern(part, pattern);
      return this.#masker.mask(part.text, part.limit);
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
    const text = this.#masker.mask(value, limit + MARGIN);
    if (value.length <= limit) return { text, limit: text.length };
    const wanted = this.#masker.mask(value, limit);
    let same = 0;
    while (same < wanted.length && wanted.charCodeAt(same) === text.charCodeAt(same)) same++;
    return { text, limit: same };
  }

  fieldKind(key: string): FieldKind | undefined {
    return this.#names.kindOf(key);
  }

  isSecretKey(key: string): boolean {
    return this.#names.kindOf(key) === "any";
  }
}

/** The built-in rules with the user's function. */
class FunctionRedactor implements Redactor {
  readonly seesNumbers = true;
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

  fieldKind(key: string): FieldKind | undefined {
    return this.#rules.fieldKind(key);
  }

  isSecretKey(key: string): boolean {
    return this.#rules.isSecretKey(key);
  }
}

let builtIn: Redactor | undefined;

/** The built-in rules, put together when they are first needed. */
function standing(): Redactor {
  return (builtIn ??= createRedactor());
}

/** Masks what the built-in rules know. */
export const DEFAULT_REDACTOR: Redactor = {
  ignoresKeys: true,
  seesNumbers: false,
  text: (value, key, limit) => standing().text(value, key, limit),
  fieldKind: (key) => standing().fieldKind(key),
  isSecretKey: (key) => standing().isSecretKey(key),
};
