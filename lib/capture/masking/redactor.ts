import { types } from "node:util";
import { MASK } from "../bounds.js";
import { ignoreRejection, kindOf } from "../user-values.js";
import { CONTEXT_RULES } from "./context-rules.js";
import { FIELD_RULES, FieldNames, isFieldName } from "./field-names.js";
import { ISSUER_RULES } from "./issuer-rules.js";
import { Masker } from "./masker.js";
import type { RedactRule, RuleRow } from "./rule.js";
import { PatternRule } from "./rule.js";
import type { FieldKind } from "./secret-values.js";

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
  fieldKind(key: string): FieldKind | undefined;
  /** Whether {@link text} is to be asked about numbers too. */
  readonly seesNumbers: boolean;
  /** Whether {@link text} does the same whatever the key. */
  readonly ignoresKeys?: boolean | undefined;
  /** Of one that remembers for another: that other, which judges names. */
  readonly within?: Redactor | undefined;
}

/** Changes to the built-in masking rules. All are optional. */
export interface RedactRules {
  /**
   * Names of object keys, headers and parameters whose values are masked, in any case and naming style (`"ssn"` matches
   * `SSN`, `"cardNumber"` matches `card_number`). The whole name must match.
   */
  readonly keys?: readonly string[] | undefined;
  /**
   * Patterns that are masked in texts, numbers and key names, anywhere, with or without the flag `g`. A pattern sees
   * the recorded part of a text and 4,096 more characters. A pattern that backtracks blocks the event loop.
   */
  readonly patterns?: readonly RegExp[] | undefined;
  /** Ids of built-in rules to turn off; `docs/privacy.md` lists them. */
  readonly disable?: readonly string[] | undefined;
  /** Your own rules, in the form of the built-in ones. */
  readonly rules?: readonly RedactRule[] | undefined;
}

/**
 * Rewrites a text before it is recorded, after the built-in rules; its result goes through them again. Numbers are
 * passed as text and stay numbers if they are returned unchanged. Keys are passed too, unless they look like field
 * names.
 *
 * @param value The text: its recorded part and up to 4,096 more characters.
 * @param key The nearest object key above the value.
 * @returns The text to record. If it throws or returns anything but a string, the value is left out.
 */
export type RedactFunction = (value: string, key?: string) => string | undefined;

/** The `redact` option: more keys and patterns, or a function. */
export type RedactOption = RedactRules | RedactFunction;

/**
 * A user's rule sees that much behind the end of what is recorded, so that it can recognize what the end cuts in two.
 */
const MARGIN = 4096;

/**
 * Builds what masks credentials: the built-in rules, and the user's.
 *
 * @throws TypeError when `redact` is of another form than {@link RedactOption}.
 * @example createRedactor({ keys: ["ssn"], patterns: [/\b\d{3}-\d{2}-\d{4}\b/] })
 */
export function createRedactor(redact: RedactOption = {}): Redactor {
  checkRedact(redact);
  return typeof redact === "function" ? new FunctionRedactor(redact) : new RuleRedactor(redact);
}

/** The built-in rules for texts, in the order in which they are tried. */
export function builtInRules(): readonly PatternRule[] {
  const rules = (rows: readonly RuleRow[], separator: string, isToken: boolean): PatternRule[] =>
    rows.map(
      ([id, , keywords, pattern, , , check]) =>
        new PatternRule({ id, keywords: keywords.split(separator), pattern }, { check, isToken }),
    );
  return [...rules(CONTEXT_RULES, "|", false), ...rules(ISSUER_RULES, " ", true)];
}

/** The built-in rules with the user's keys, rules and patterns. */
class RuleRedactor implements Redactor {
  readonly ignoresKeys: boolean = true;
  readonly seesNumbers: boolean;
  readonly #rules: RedactRules;
  /** They see what the rules leave: no pattern may make a credential unrecognizable. */
  readonly #patterns: readonly RegExp[];
  readonly #names: FieldNames;
  /** Put together when a text is first masked. */
  #masker: Masker | undefined;

  constructor(rules: RedactRules, seesNumbers = false) {
    const { keys = [], disable = [], patterns = [] } = rules;
    this.#rules = rules;
    this.#patterns = patterns.map(besideMasks);
    this.seesNumbers = seesNumbers || patterns.length > 0;
    this.#names = new FieldNames(
      FIELD_RULES.filter(([id]) => !disable.includes(id)),
      keys,
    );
  }

  text(value: string, _key?: string, limit = value.length): string | undefined {
    if (this.#patterns.length === 0) return this.#mask(value, limit);
    let text = this.#mask(value, limit + MARGIN);
    let wanted = commonLength(text, this.#mask(value, limit));
    try {
      for (const pattern of this.#patterns) {
        let masked = "";
        let done = 0;
        for (const { 0: match, index } of text.matchAll(pattern)) {
          if (index >= wanted) break;
          if (match === "" || match === MASK) continue;
          masked += text.slice(done, index) + MASK;
          done = index + match.length;
        }
        wanted = masked.length + Math.max(0, wanted - done);
        text = masked + text.slice(done);
      }
    } catch {
      // A pattern that exhausts the stack.
      return undefined;
    }
    return this.#mask(text, wanted);
  }

  fieldKind(key: string): FieldKind | undefined {
    return this.#names.kindOf(key);
  }

  /** What the rules leave of a text. */
  #mask(text: string, limit: number): string {
    this.#masker ??= this.#newMasker();
    return this.#masker.mask(text, limit);
  }

  #newMasker(): Masker {
    const { rules = [], disable = [] } = this.#rules;
    const own = rules.map((rule) => new PatternRule(rule));
    return new Masker([...own, ...builtInRules().filter(({ id }) => !disable.includes(id))], this.#names);
  }
}

/** A user's pattern that matches a mask as a whole, and takes in one that a match of its own ends in. */
function besideMasks({ source, flags }: RegExp): RegExp {
  const escaped = (text: string): string => text.replaceAll(/[[\]]/g, "\\$&");
  const rests = Array.from(
    { length: MASK.length - 1 },
    (_, at) => `(?<=${escaped(MASK.slice(0, at + 1))})${escaped(MASK.slice(at + 1))}`,
  );
  return new RegExp(`${escaped(MASK)}|(?:${source})(?:${rests.join("|")})?`, `${flags.replace(/[gy]/g, "")}g`);
}

/** How long the beginning is that two texts have in common. */
function commonLength(one: string, other: string): number {
  let length = 0;
  while (length < other.length && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
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

/** Shorter texts are looked through again as quickly as they are found. */
const LEAST_REMEMBERED = 512;

/**
 * A redactor that does what another does, and looks through each long text once, for those who record one text in
 * several places: a prompt stands alone and within the input of its call. To be dropped with what it has remembered.
 * The other itself where keys matter to it.
 */
export function lookingOnce(redactor: Redactor): Redactor {
  if (redactor.ignoresKeys !== true) return redactor;
  const looked = new Map<string, { readonly limit: number; readonly masked: string | undefined }>();
  return {
    within: redactor,
    ignoresKeys: true,
    seesNumbers: redactor.seesNumbers,
    fieldKind: (key) => redactor.fieldKind(key),
    text(value, _key, limit = value.length) {
      if (value.length < LEAST_REMEMBERED) return redactor.text(value, undefined, limit);
      const before = looked.get(value);
      // Where more of it was wanted before, that is given.
      if (before !== undefined && Math.min(limit, value.length) <= before.limit) return before.masked;
      const masked = redactor.text(value, undefined, limit);
      looked.set(value, { limit, masked });
      return masked;
    },
  };
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What the parts of the option take: in words, and how one item is told. */
const PARTS = new Map<string, { readonly of: string; readonly isRight: (item: unknown) => boolean }>([
  ["keys", { of: "names of keys", isRight: isText }],
  ["patterns", { of: "regular expressions", isRight: types.isRegExp }],
  ["disable", { of: "ids of rules", isRight: isText }],
  ["rules", { of: "rules { id, keywords, pattern }", isRight: isRule }],
]);

function isRule(rule: unknown): boolean {
  if (!isObject(rule) || !("id" in rule && "keywords" in rule && "pattern" in rule)) return false;
  const { id, keywords, pattern } = rule;
  const areKeywords = Array.isArray(keywords) && keywords.every((keyword) => isText(keyword) && keyword.length >= 3);
  return isText(id) && types.isRegExp(pattern) && areKeywords && keywords.length > 0;
}

/** @throws TypeError that names the part, what it got and what it wants */
function checkRedact(redact: unknown): void {
  if (typeof redact === "function") return;
  const refuse = (what: string, wanted: string, got: unknown): never => {
    throw new TypeError(`${what}: expected ${wanted}, got ${kindOf(got)}`);
  };
  if (!isObject(redact)) return refuse("redact", "a function or { keys, patterns, disable, rules }", redact);
  for (const [name, list] of Object.entries(redact)) {
    const part = PARTS.get(name);
    if (part === undefined)
      throw new TypeError(`redact.${name}: no such part, expected keys, patterns, disable or rules`);
    if (list === undefined) continue;
    if (!Array.isArray(list)) return refuse(`redact.${name}`, `an array of ${part.of}`, list);
    const wrong = list.findIndex((item) => !part.isRight(item));
    if (wrong >= 0) refuse(`redact.${name}[${wrong}]`, `an array of ${part.of}`, list[wrong]);
    if (name === "disable") checkIds(list.filter(isText));
  }
}

function checkIds(disabled: readonly string[]): void {
  const ids = new Set([...CONTEXT_RULES, ...ISSUER_RULES, ...FIELD_RULES].map(([id]) => id));
  const unknown = disabled.find((id) => !ids.has(id));
  if (unknown !== undefined)
    throw new TypeError(`redact.disable: no rule "${unknown.slice(0, 64)}", docs/privacy.md lists them`);
}

/** Masks what the built-in rules know. */
export const DEFAULT_REDACTOR: Redactor = createRedactor();
