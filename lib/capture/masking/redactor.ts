import { ignoreRejection } from "../user-values.js";
import type { RedactFunction, RedactOption } from "../redact-option.js";
import { checkRedact } from "../redact-option.js";
import { CONTEXT_RULES } from "./context-rules.js";
import { FIELD_RULES, FieldNames, isFieldName } from "./field-names.js";
import { ISSUER_RULES } from "./issuer-rules.js";
import { MARGIN, Masker } from "./masker.js";
import type { PatternRule, RuleRow } from "./rule.js";
import { patternRule } from "./rule.js";
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

const IDS = new Set([...CONTEXT_RULES, ...ISSUER_RULES, ...FIELD_RULES].map(([id]) => id));

/**
 * Builds what masks credentials: the built-in rules, and the user's.
 *
 * @throws TypeError when `redact` is of another form than {@link RedactOption}.
 * @example createRedactor({ keys: ["ssn"], patterns: [/\b\d{3}-\d{2}-\d{4}\b/] })
 */
export function createRedactor(redact: RedactOption = {}): Redactor {
  checkRedact(redact, IDS);
  if (typeof redact === "function") return rewriting(redact, createRedactor());
  const { keys = [], disable = [], patterns = [], rules = [] } = redact;
  const isOn = (id: string): boolean => !disable.includes(id);
  const names = new FieldNames(
    FIELD_RULES.filter(([id]) => isOn(id)),
    keys,
  );
  const newMasker = (): Masker => {
    const own = rules.map((rule) => patternRule(rule));
    return new Masker([...own, ...builtInRules().filter(({ id }) => isOn(id))], names, patterns);
  };
  // Put together when a text is first masked.
  let masker: Masker | undefined;
  return {
    ignoresKeys: true,
    seesNumbers: patterns.length > 0,
    fieldKind: (key) => names.kindOf(key),
    text(value, _key, limit = value.length) {
      try {
        return (masker ??= newMasker()).mask(value, limit);
      } catch {
        // A user's pattern that exhausts the stack.
        return undefined;
      }
    },
  };
}

/** The built-in rules for texts, in the order in which they are tried. */
export function builtInRules(): readonly PatternRule[] {
  const rules = (rows: readonly RuleRow[], separator: string, isToken: boolean): PatternRule[] =>
    rows.map(([id, , keywords, pattern, , , check]) =>
      patternRule({ id, keywords: keywords.split(separator), pattern }, check, isToken),
    );
  return [...rules(CONTEXT_RULES, "|", false), ...rules(ISSUER_RULES, " ", true)];
}

/** The built-in rules, and after them a user's function, whose answer goes through them again. */
function rewriting(rewrite: RedactFunction, builtIn: Redactor): Redactor {
  const answerTo = (value: string, key: string | undefined): string | undefined => {
    let answer: unknown;
    try {
      answer = rewrite(value, key);
    } catch {
      // Leaves the text out, as `undefined` does.
    }
    if (typeof answer === "string") return answer;
    ignoreRejection(answer);
    return undefined;
  };
  const text: Redactor["text"] = (value, key, limit = value.length) => {
    const isWhole = value.length <= limit;
    const masked = builtIn.text(value, undefined, isWhole ? limit : limit + MARGIN) ?? "";
    const answer = answerTo(masked, key);
    if (answer === undefined || (isWhole && answer === masked)) return answer;
    if (isWhole) return builtIn.text(answer);
    // The function may have shortened what comes before: whatever it did, the last MARGIN characters are dropped.
    return builtIn.text(answer, undefined, Math.max(0, Math.min(limit, answer.length - MARGIN)));
  };
  return {
    ignoresKeys: false,
    seesNumbers: true,
    fieldKind: (key) => builtIn.fieldKind(key),
    text,
    name: (name, limit) => (isFieldName(name) ? builtIn.text(name) : text(name, undefined, limit)),
  };
}

/** Masks what the built-in rules know. */
export const DEFAULT_REDACTOR: Redactor = createRedactor();
