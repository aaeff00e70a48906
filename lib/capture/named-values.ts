import { readsAsToken } from "./auth-schemes.js";
import {
  AMPERSAND,
  BACKSLASH,
  BACKTICK,
  BLANK,
  APOSTROPHE,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  DASH,
  DIGIT,
  DOUBLE_QUOTE,
  EQUALS,
  GREATER,
  LESS,
  LETTER,
  LINE_FEED,
  NAME,
  OPEN_BRACE,
  OPEN_BRACKET,
  PERCENT,
  QUESTION,
  SEMICOLON,
  SLASH,
  SPACE,
  TOKEN,
  UPPER,
  isOf,
  runEnd,
} from "./characters.js";
import type { Found } from "./found.js";
import { MASK } from "./marks.js";
import { isOrdinaryValue, isSentence, wordsEnd } from "./ordinary-values.js";
import type { SecretNames } from "./secret-names.js";
import { MAYBE_SECRET, NOT_SECRET, SECRET } from "./secret-names.js";

/** A name before a `:` or `=`. */
interface Name {
  from: number;
  to: number;
  /** Its quote, or 0. */
  quote: number;
  /** How many backslashes stand before that quote: 0 in JSON, 1 in JSON inside a JSON string, then 3, 7, … */
  level: number;
}

const LONGEST_NAME = 64;
const MOST_BLANKS = 16;
const MOST_LEVEL = 31;
/** A quoted value after a name without quotes closes within that much. */
const LONGEST_QUOTE = 1024;
/** That much of a value is looked at to tell it from ordinary text. */
const LOOK = 256;

/** Finds the values of secret names in text: `key=value`, `key: value`, `"key": "value"`, header lines, query parameters. */
export class NamedValues {
  readonly #names: SecretNames;
  readonly #name: Name = { from: 0, to: 0, quote: 0, level: 0 };

  constructor(names: SecretNames) {
    this.#names = names;
  }

  /** `at` is the `:` or `=` (or the `%` of `%3D`, `%3A`). */
  find(text: string, at: number, floor: number, end: number, found: Found): boolean {
    const separator = text.charCodeAt(at);
    const name = this.#name;
    if (!nameBefore(text, at, floor, this.#names, name)) return false;
    const named = text.slice(name.from, name.to);
    let secrecy = this.#names.secrecy(named);
    if (secrecy === NOT_SECRET) {
      if (separator !== EQUALS || !isParameter(text, name.from) || !SIGNATURES.has(named.toLowerCase())) return false;
      secrecy = SECRET;
    }
    let from = separator === PERCENT ? at + 3 : at + 1;
    if (separator === COLON) {
      const next = text.charCodeAt(from);
      // A scheme, a scope of C++ or Rust; but `:=` assigns.
      if ((next === SLASH && text.charCodeAt(from + 1) === SLASH) || next === COLON) return false;
      if (next === EQUALS) from++;
    } else if (separator === EQUALS) {
      // `==`, `===` and `=>` compare and map.
      while (from < end && from - at < 3 && (text.charCodeAt(from) === EQUALS || text.charCodeAt(from) === GREATER))
        from++;
    }
    const begin = from;
    from = afterSpace(text, from, end, name.quote !== 0);
    if (from >= end) return false;
    const code = text.charCodeAt(from);
    // Python's and Rust's b"…", f"…", r"…"
    const prefixed = isOf(code, LETTER) && isQuote(text.charCodeAt(from + 1)) ? from + 1 : from;
    const level = runLength(text, prefixed, end, BACKSLASH);
    if (isQuote(text.charCodeAt(prefixed + level)) && prefixed + level < end) {
      return quotedValue(text, prefixed + level, level, end, name.quote !== 0, found);
    }
    if (name.quote !== 0) {
      if (code === OPEN_BRACE || (code === OPEN_BRACKET && !text.startsWith(MASK, from)))
        return nestedValue(text, from, end, name, found);
      const literal = literalEnd(text, from, end);
      if (literal > from) return take(found, from, literal, quoted(name));
    }
    return bareValue(
      text,
      { from, end, secrecy, named, isSpaced: from > begin, isAssigned: separator !== COLON, nameFrom: name.from },
      found,
    );
  }
}

/** Parameters of signed URLs, secret only as such. */
const SIGNATURES = new Set(["sig", "x-amz-signature", "x-goog-signature", "x-amz-credential", "signature"]);

function isParameter(text: string, from: number): boolean {
  const before = text.charCodeAt(from - 1);
  return before === QUESTION || before === AMPERSAND;
}

/** Reads the name that ends before `at` into `name`; false where there is none that could be secret. */
function nameBefore(text: string, at: number, floor: number, names: SecretNames, name: Name): boolean {
  let to = at;
  while (to > floor && at - to < 4 && (isOf(text.charCodeAt(to - 1), BLANK) || text.charCodeAt(to - 1) === QUESTION))
    to--;
  if (to > floor && text.charCodeAt(to - 1) === CLOSE_BRACKET) to--;
  name.quote = 0;
  name.level = 0;
  if (to > floor && isQuote(text.charCodeAt(to - 1))) {
    name.quote = text.charCodeAt(to - 1);
    to--;
    while (to > floor && name.level < MOST_LEVEL && text.charCodeAt(to - 1) === BACKSLASH) {
      to--;
      name.level++;
    }
  }
  if (!names.mayEnd(text, floor, to)) return false;
  let from = to;
  const least = Math.max(floor, to - LONGEST_NAME);
  while (from > least) {
    const code = text.charCodeAt(from - 1);
    if (isOf(code, NAME)) from--;
    // `API key`, but not the indentation before a name.
    else if (code === SPACE && from - 1 > least && isOf(text.charCodeAt(from - 2), NAME)) from--;
    else break;
  }
  // The `n` of `\nkey` belongs to the backslash, the `3F` of `%3Fkey` to the percent sign; hyphens are a list's or a flag's.
  if (from > floor && text.charCodeAt(from - 1) === BACKSLASH && "nrt".includes(text.charAt(from))) from++;
  if (from > floor && text.charCodeAt(from - 1) === PERCENT) from = Math.min(to, from + 2);
  while (from < to && "-. ".includes(text.charAt(from))) from++;
  name.from = from;
  name.to = to;
  return from < to;
}

function afterSpace(text: string, from: number, end: number, overLines: boolean): number {
  const most = Math.min(end, from + (overLines ? LONGEST_NAME : MOST_BLANKS));
  let at = from;
  while (at < most) {
    const code = text.charCodeAt(at);
    if (isOf(code, BLANK)) at++;
    else if (overLines && (code === LINE_FEED || code === CARRIAGE_RETURN)) at++;
    else if (overLines && code === BACKSLASH && "nrt".includes(text.charAt(at + 1))) at += 2;
    else break;
  }
  return at;
}

function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === APOSTROPHE || code === BACKTICK;
}

function runLength(text: string, from: number, end: number, code: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === code) at++;
  return at - from;
}

/** Where the string that opened with `quote` behind `level` backslashes closes: the first backslash of its end, or -1. */
function closingQuote(text: string, from: number, end: number, quote: number, level: number): number {
  let backslashes = 0;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) {
      backslashes++;
      continue;
    }
    // At level 1 `\"` closes, `\\\"` is a quote inside; a quote with fewer backslashes closes a string around it.
    if (code === quote && (backslashes < level || backslashes % (2 * level + 2) === level))
      return at - Math.min(backslashes, level);
    backslashes = 0;
  }
  return -1;
}

function quotedValue(
  text: string,
  opening: number,
  level: number,
  end: number,
  isJson: boolean,
  found: Found,
): boolean {
  const quote = text.charCodeAt(opening);
  const from = opening + 1;
  let to = closingQuote(text, from, isJson ? end : Math.min(end, from + LONGEST_QUOTE), quote, level);
  // An apostrophe, or a quote that somebody forgot: the line is what belongs to it.
  if (to < 0) to = isJson ? end : lineEnd(text, from, end);
  if (to === from || (text.startsWith(MASK, from) && to === from + MASK.length)) return false;
  return take(found, from, to, MASK);
}

function lineEnd(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || code === CARRIAGE_RETURN) return at;
    if (code === BACKSLASH && (text.charAt(at + 1) === "n" || text.charAt(at + 1) === "r")) return at;
  }
  return end;
}

/** A mask that keeps JSON what it is where the value had no quotes of its own. */
function quoted(name: Name): string {
  const quote = "\\".repeat(name.level) + String.fromCharCode(name.quote);
  return quote + MASK + quote;
}

/** The array or object under a secret name, whole; an empty one stays. */
function nestedValue(text: string, from: number, end: number, name: Name, found: Found): boolean {
  let depth = 0;
  let isEmpty = true;
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
      if (depth === 0) return !isEmpty && take(found, from, at + 1, quoted(name));
    } else if (code === DOUBLE_QUOTE || (code === APOSTROPHE && name.quote === APOSTROPHE)) {
      const close = closingQuote(text, at + 1, end, code, name.level);
      if (close < 0) break;
      at = close + name.level;
      isEmpty = false;
    } else if (code > SPACE && code !== BACKSLASH) isEmpty = false;
  }
  return !isEmpty && take(found, from, end, quoted(name));
}

/** The end of a number, or `from`. */
function literalEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (isOf(text.charCodeAt(at), DIGIT) || "+-.eE".includes(text.charAt(at)))) at++;
  return isOf(text.charCodeAt(at), LETTER) ? from : at;
}

interface Bare {
  readonly from: number;
  readonly end: number;
  readonly secrecy: number;
  readonly named: string;
  /** Whether white space stands between the separator and the value. */
  readonly isSpaced: boolean;
  /** Whether the separator was a `=`. */
  readonly isAssigned: boolean;
  readonly nameFrom: number;
}

const IS_COOKIE = /cookies?$/i;
const IS_AUTHORIZATION = /authorization$/i;

/** A value without quotes. */
function bareValue(text: string, bare: Bare, found: Found): boolean {
  const { from, end } = bare;
  if (text.startsWith(MASK, from) && bareEnd(text, from + MASK.length, end, bare.isAssigned) === from + MASK.length)
    return false;
  if (!bare.isAssigned && IS_COOKIE.test(bare.named)) return cookieValue(text, from, end, found);
  if (IS_AUTHORIZATION.test(bare.named)) {
    const scheme = schemeEnd(text, from, end);
    if (scheme > from) return credentialAfterScheme(text, from, scheme, end, found);
  }
  let to = bareEnd(text, from, Math.min(end, from + LOOK), bare.isAssigned);
  if (to === from || isOrdinaryValue(text, from, to)) return false;
  const words = wordsEnd(text, from, end);
  if (words >= to && words > from) {
    if (isSentence(text, from, words)) return false;
    if (bare.isSpaced) {
      if (bare.secrecy === MAYBE_SECRET && !isSetting(text, bare, words)) return false;
      to = words;
    }
  } else if (bare.secrecy === MAYBE_SECRET && bare.isSpaced && !readsAsSecret(text, from, to)) return false;
  if (isItself(text.slice(from, to), bare.named)) return false;
  return take(found, from, to - from > LOOK / 2 ? bareEnd(text, from, end, bare.isAssigned) : to, MASK);
}

/** Whether a variable is only handed on: `token=token`, `password: Password`. */
function isItself(value: string, named: string): boolean {
  return value.length <= named.length && value.toLowerCase() === named.slice(-value.length).toLowerCase();
}

/** Whether a line consists of this name and its one word, as in a file of settings; a title has a capital. */
function isSetting(text: string, bare: Bare, to: number): boolean {
  if (
    text.slice(bare.from, to).includes(" ") ||
    bare.named.includes(" ") ||
    isOf(text.charCodeAt(bare.nameFrom), UPPER)
  )
    return false;
  let before = bare.nameFrom - 1;
  while (
    before >= 0 &&
    bare.nameFrom - before < LONGEST_NAME &&
    (isOf(text.charCodeAt(before), BLANK) || text.charCodeAt(before) === DASH)
  )
    before--;
  const isListed = "{,;(&?\"'".includes(text.charAt(before)) && before >= 0;
  if (!isListed && before >= 0 && !isLineBreakBefore(text, before + 1)) return false;
  return to >= bare.end || "\n\r;})\\".includes(text.charAt(to)) || (isListed && text.charCodeAt(to) === COMMA);
}

/** Whether a line begins here, after a line feed or its escape. */
function isLineBreakBefore(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return (
    before === LINE_FEED ||
    before === CARRIAGE_RETURN ||
    (text.charAt(at - 1) === "n" && text.charCodeAt(at - 2) === BACKSLASH)
  );
}

function readsAsSecret(text: string, from: number, to: number): boolean {
  const digits = runEnd(text, from, to, DIGIT) === to;
  return digits ? to - from >= 6 : to - from >= 4 && readsAsToken(text, from, to);
}

/** `name=value; name=value` to the end of its line or of the string around it. */
function cookieValue(text: string, from: number, end: number, found: Found): boolean {
  const name = runEnd(text, from, Math.min(end, from + LONGEST_NAME), NAME);
  if (name === from || text.charCodeAt(name) !== EQUALS) return false;
  return take(found, from, restOfLine(text, from, end), MASK);
}

/** To the end of the line or of the string around it, without the space before. */
function restOfLine(text: string, from: number, end: number): number {
  let isInside = false;
  let at = from;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code < SPACE || code === BACKSLASH || code === BACKTICK || code === APOSTROPHE) break;
    if (code !== DOUBLE_QUOTE) continue;
    // `username="…"` of a Digest belongs to the line; any other quote ends the string that the line stands in.
    if (!isInside && text.charCodeAt(at - 1) !== EQUALS) break;
    isInside = !isInside;
  }
  while (at > from && isOf(text.charCodeAt(at - 1), BLANK)) at--;
  return at;
}

/** The end of a scheme's name where a credential follows it, or `from`. */
function schemeEnd(text: string, from: number, end: number): number {
  const to = runEnd(text, from, Math.min(end, from + 24), LETTER | DIGIT | TOKEN);
  return isOf(text.charCodeAt(to), BLANK) && isOf(text.charCodeAt(from), LETTER) ? to : from;
}

const SINGLE = /^(?:bearer|basic|token|key|apikey|api-key|genie-?key|negotiate|ntlm|splunk|sso-key|bot|jwt)$/i;

function credentialAfterScheme(text: string, from: number, scheme: number, end: number, found: Found): boolean {
  const begin = runEnd(text, scheme, Math.min(end, scheme + MOST_BLANKS), BLANK);
  if (text.startsWith(MASK, begin)) return false;
  const name = text.slice(from, scheme);
  if (SINGLE.test(name)) {
    const to = bareEnd(text, begin, end, true);
    if (to === begin || isOrdinaryValue(text, begin, to)) return false;
    const words = wordsEnd(text, begin, end);
    return !(words >= to && words > begin && isSentence(text, begin, words)) && take(found, begin, to, MASK);
  }
  const words = wordsEnd(text, from, end);
  if (words > scheme && isSentence(text, from, words)) return false;
  if (words > scheme && words === wordsEnd(text, begin, end)) return take(found, from, words, MASK);
  return take(found, begin, restOfLine(text, begin, end), MASK);
}

/** The end of a value without quotes. */
function bareEnd(text: string, from: number, end: number, isAssigned: boolean): number {
  let at = from;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || isQuote(code) || code === LESS || code === 0xa0) break;
    if (code === BACKSLASH && `nrtu"'\\`.includes(text.charAt(at + 1))) break;
    if (code === PERCENT && text.startsWith("26", at + 1)) break;
    if (code === OPEN_BRACKET && text.startsWith(MASK, at)) at += MASK.length - 1;
    else if (isDelimiter(code) && endsHere(text, at, end, isAssigned)) break;
  }
  // What ends a sentence is not part of the value.
  if (at >= end || text.charCodeAt(at) <= SPACE || isQuote(text.charCodeAt(at))) {
    while (at > from && ".!?:".includes(text.charAt(at - 1))) at--;
  }
  return at;
}

function isDelimiter(code: number): boolean {
  return (
    code === COMMA ||
    code === SEMICOLON ||
    code === AMPERSAND ||
    code === 41 ||
    code === CLOSE_BRACKET ||
    code === CLOSE_BRACE ||
    code === GREATER
  );
}

/**
 * Whether a `,`, `;`, `&` or bracket ends the value: it does where nothing follows, or another `name=`; inside a
 * password it is followed by the rest of it.
 */
function endsHere(text: string, at: number, end: number, isAssigned: boolean): boolean {
  const next = at + 1;
  const name = runEnd(text, next, Math.min(end, next + LONGEST_NAME), NAME);
  if (name === next) return true;
  const code = text.charCodeAt(name);
  if (code === EQUALS || code === COLON || name >= end) return true;
  // `Shared Access Key=`
  if (code === SPACE && isAssigned) return /^[\w .-]{0,40}=/.test(text.slice(name, Math.min(end, name + 48)));
  return false;
}

/** `--password value`; `at` is the first hyphen. */
export function flagValue(
  text: string,
  at: number,
  floor: number,
  end: number,
  names: SecretNames,
  found: Found,
): boolean {
  if (text.charCodeAt(at + 1) !== DASH || (at > floor && isOf(text.charCodeAt(at - 1), TOKEN))) return false;
  const from = at + 2;
  const to = runEnd(text, from, Math.min(end, from + LONGEST_NAME), NAME);
  if (text.charCodeAt(to) !== SPACE || to - from < 3 || names.secrecy(text.slice(from, to)) === NOT_SECRET)
    return false;
  const value = to + 1;
  const first = text.charCodeAt(value);
  if (value >= end || first === DASH || first === SPACE) return false;
  if (isQuote(first)) return quotedValue(text, value, 0, end, false, found);
  const valueEnd = bareEnd(text, value, end, true);
  if (valueEnd === value || text.startsWith(MASK, value) || isOrdinaryValue(text, value, valueEnd)) return false;
  const words = wordsEnd(text, value, end);
  if (words >= valueEnd && isSentence(text, value, words)) return false;
  return take(found, value, valueEnd, MASK);
}

/** `<password>value</password>`; `at` is the `>` of the opening tag. */
export function elementValue(
  text: string,
  at: number,
  floor: number,
  end: number,
  names: SecretNames,
  found: Found,
): boolean {
  let from = at;
  const least = Math.max(floor, at - LONGEST_NAME);
  while (from > least && (isOf(text.charCodeAt(from - 1), NAME) || text.charCodeAt(from - 1) === COLON)) from--;
  if (from === at || from <= floor || text.charCodeAt(from - 1) !== LESS) return false;
  if (!names.mayEnd(text, floor, at) || names.secrecy(text.slice(from, at)) === NOT_SECRET) return false;
  const value = at + 1;
  let to = value;
  while (to < end && text.charCodeAt(to) !== LESS) to++;
  if (to === value || text.charCodeAt(to + 1) !== SLASH || !text.startsWith(text.slice(from, at), to + 2)) return false;
  if (text.slice(value, to).trim() === "" || (text.startsWith(MASK, value) && to === value + MASK.length)) return false;
  return take(found, value, to, MASK);
}

function take(found: Found, from: number, to: number, mask: string): boolean {
  found.from = from;
  found.to = to;
  found.mask = mask;
  return to > from;
}
