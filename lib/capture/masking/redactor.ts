import { ignoreRejection } from "../user-values.js";
import type { RedactFunction, RedactOption, RedactRules } from "../redact-option.js";
import { checkRedact } from "../redact-option.js";
import { CONTEXT_RULES } from "./context-rules.js";
import { FIELD_RULES, FieldNames, isFieldName } from "./field-names.js";
import { ISSUER_RULES } from "./issuer-rules.js";
import { MARGIN, Masker } from "./masker.js";
import type { RuleRow } from "./rule.js";
import { PatternRule } from "./rule.js";
import type { Check } from "./secret-values.js";

/** What masks credentials in everything that is recorded. */
export interface Redactor {
  /**
   * The text with credentials masked; `undefined` where it must be left out.
   *
   * @param value The text.
   * @param key The nearest object key that it stands under.
   * @param limit How many characters of `value` are wanted. A credential that begins before the limit is masked whole,
   *   what begins after it is not read; so a text can be bounded without leaving half a credential at its end.
   */
  text(value: string, key?: string, limit?: number): string | undefined;
  /**
   * The name of a member with credentials masked, of which the first `limit` characters are wanted; without this,
   * {@link text}.
   */
  name?(name: string, limit: number): string | undefined;
  /** Which kind of value is masked under an object's key of this name. */
  fieldKind(key: string): Check | undefined;
  /** Whether {@link text} is to be asked about numbers too. */
  readonly seesNumbers: boolean;
  /** Whether {@link text} does the same whatever the key. */
  readonly ignoresKeys?: boolean | undefined;
  /** Of one that remembers for another: that other, which judges names. */
  readonly within?: Redactor | undefined;
}

/**
 * Builds what masks credentials: the built-in rules, and the user's.
 *
 * @throws TypeError when `redact` is of another form than {@link RedactOption}.
 * @example createRedactor({ keys: ["ssn"], patterns: [/\b\d{3}-\d{2}-\d{4}\b/] })
 */
export function createRedactor(redact: RedactOption = {}): Redactor {
  checkRedact(redact, new Set([...CONTEXT_RULES, ...ISSUER_RULES, ...FIELD_RULES].map(([id]) => id)));
  return typeof redact === "function" ? new FunctionRedactor(redact) : new RuleRedactor(redact);
}

/** The built-in rules for texts, in the order in which they are tried. */
export function builtInRules(): readonly PatternRule[] {
  const rules = (rows: readonly RuleRow[], separator: string, isToken: boolean): PatternRule[] =>
    rows.map(
      ([id, , keywords, pattern, , , check]) =>
        new PatternRule({ id, keywords: keywords.split(separator), pattern }, check, isToken),
    );
  return [...rules(CONTEXT_RULES, "|", false), ...rules(ISSUER_RULES, " ", true)];
}

/** The built-in rules with the user's keys, rules and patterns. */
class RuleRedactor implements Redactor {
  readonly ignoresKeys: boolean = true;
  readonly seesNumbers: boolean;
  readonly #rules: RedactRules;
  readonly #names: FieldNames;
  /** Put together when a text is first masked. */
  #masker: Masker | undefined;

  constructor(rules: RedactRules, seesNumbers = (rules.patterns?.length ?? 0) > 0) {
    const { keys = [], disable = [] } = rules;
    this.#rules = rules;
    this.seesNumbers = seesNumbers;
    this.#names = new FieldNames(
      FIELD_RULES.filter(([id]) => !disable.includes(id)),
      keys,
    );
  }

  text(value: string, _key?: string, limit = value.length): string | undefined {
    try {
      return (this.#masker ??= this.#newMasker()).mask(value, limit);
    } catch {
      // A user's pattern that exhausts the stack.
      return undefined;
    }
  }

  fieldKind(key: string): Check | undefined {
    return this.#names.kindOf(key);
  }

  #newMasker(): Masker {
    const { rules = [], disable = [], patterns } = this.#rules;
    const own = rules.map((rule) => new PatternRule(rule));
    const builtIn = builtInRules().filter(({ id }) => !disable.includes(id));
    return new Masker([...own, ...builtIn], this.#names, patterns);
  }
}

/** The built-in rules with the user's function. */
class FunctionRedactor extends RuleRedactor {
  override readonly ignoresKeys = false;
  readonly #rewrite: RedactFunction;

  constructor(rewrite: RedactFunction) {
    super({}, true);
    this.#rewrite = rewrite;
  }

  override text(value: string, key?: string, limit = value.length): string | undefined {
    const isWhole = value.length <= limit;
    const masked = super.text(value, undefined, isWhole ? limit : limit + MARGIN) ?? "";
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
    if (isWhole) return rewritten === masked ? masked : super.text(rewritten);
    // The function may have shortened what comes before: whatever it did, the last MARGIN characters are dropped.
    return super.text(rewritten, undefined, Math.max(0, Math.min(limit, rewritten.length - MARGIN)));
  }

  name(name: string, limit: number): string | undefined {
    return isFieldName(name) ? super.text(name) : this.text(name, undefined, limit);
  }
}

/** Masks what the built-in rules know. */
export const DEFAULT_REDACTOR: Redactor = createRedactor();
