import { basicEnd, readsAsToken } from "./auth-schemes.js";
import { bareEnd } from "./bare-end.js";
import {
  AMPERSAND,
  BACKSLASH,
  BASE64,
  BEARER,
  BLANK,
  CARRIAGE_RETURN,
  COLON,
  COMMA,
  DASH,
  DIGIT,
  EQUALS,
  GREATER,
  LESS,
  LINE_FEED,
  NAME,
  OPEN_BRACE,
  OPEN_BRACKET,
  PERCENT,
  QUESTION,
  SEMICOLON,
  SLASH,
  SPACE,
  STAR,
  TOKEN,
  UPPER,
  isOf,
  isQuote,
  runEnd,
} from "./characters.js";
import type { Found } from "./found.js";
import { take } from "./found.js";
import { cookieValue, credentialAfterScheme, schemeEnd } from "./header-values.js";
import { MASK } from "./marks.js";
import type { Name } from "./name-before.js";
import { LONGEST_NAME, nameBefore } from "./name-before.js";
import { isCode, isOrdinaryValue, isSentence, wordsEnd } from "./ordinary-values.js";
import { isValueOfPair } from "./paired-values.js";
import { closesString, literalEnd, nestedValue, quoted, quotedValue } from "./quoted-values.js";
import type { SecretNames } from "./secret-names.js";
import { MAYBE_SECRET, NOT_SECRET, SECRET } from "./secret-names.js";

/** Where values stand in a column, that many blanks before one. */
const MOST_BLANKS = 64;
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
    const isOwn = this.#names.hasOtherLetters && this.#endsOwn(text, at, floor);
    if (!isOwn && !nameBefore(text, at, floor, this.#names, name, false)) return false;
    const named = text.slice(name.from, name.to);
    let secrecy = isOwn ? SECRET : this.#names.secrecy(named);
    if (secrecy === NOT_SECRET) {
      if (isValueOfPair(text, name.from, named, floor, this.#names) || isQuotedLogin(text, at + 1, end, named))
        secrecy = SECRET;
      else if (separator === EQUALS && isParameter(text, name.from) && isSecretParameter(text, at + 1, end, named))
        secrecy = SECRET;
      else return false;
    }
    let from = separator === PERCENT ? at + 3 : at + 1;
    let isCompared = false;
    if (separator === COLON) {
      const next = text.charCodeAt(from);
      // A scheme, a scope of C++ or Rust; but `:=` assigns.
      if ((next === SLASH && text.charCodeAt(from + 1) === SLASH) || next === COLON) return false;
      if (next === EQUALS) from++;
    } else {
      // `==`, `===` and `=>` compare and map, a line of them is a title's.
      while (text.charCodeAt(from) === EQUALS || text.charCodeAt(from) === GREATER) from++;
      isCompared = from > at + 1 && text.charCodeAt(from - 1) === EQUALS;
    }
    if (separator === COLON) from = afterStars(text, from);
    const begin = from;
    from = afterSpace(text, from, end, name.quote !== 0);
    const code = text.charCodeAt(from);
    // Python's and Rust's b"…", f"…", r"…"
    const prefixed = "bfruBFRU".includes(text.charAt(from)) && isQuote(text.charCodeAt(from + 1)) ? from + 1 : from;
    const level = runLength(text, prefixed, end, BACKSLASH);
    if (isQuote(text.charCodeAt(prefixed + level)) && prefixed + level < end) {
      if (name.quote === 0 && closesString(text, prefixed + level, level, name.from)) return false;
      return quotedValue(text, prefixed + level, level, end, name.quote !== 0, isCompared, found);
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

  /** Whether a name of the user's, in any script, ends before `at`. */
  #endsOwn(text: string, at: number, floor: number): boolean {
    const name = this.#name;
    return nameBefore(text, at, floor, this.#names, name, true) && this.#names.isOwn(text.slice(name.from, name.to));
  }
}

/** Parameters of signed URLs, secret only as such; others are by their names. */
const SIGNATURES = new Set(["sig", "x-goog-signature", "signature"]);

/** `"auth": "dXNlcjpwYXNzd29yZA=="` */
function isQuotedLogin(text: string, from: number, end: number, named: string): boolean {
  if (named !== "auth") return false;
  const opening = afterSpace(text, from, end, true);
  const quote = opening + runLength(text, opening, end, BACKSLASH);
  return isQuote(text.charCodeAt(quote)) && basicEnd(text, quote + 1, end) > 0;
}

/** A code is one only where it is long: the code of an authorization, the key of a function. */
const SHORTEST_CODE = 24;

function isSecretParameter(text: string, value: number, end: number, named: string): boolean {
  if (SIGNATURES.has(named.toLowerCase())) return true;
  if (named !== "code") return false;
  return runEnd(text, value, end, BEARER | BASE64) - value >= SHORTEST_CODE;
}

function isParameter(text: string, from: number): boolean {
  const before = text.charCodeAt(from - 1);
  return before === QUESTION || before === AMPERSAND;
}

/** `**Password:** value` in Markdown */
function afterStars(text: string, from: number): number {
  let at = from;
  while (at - from < 3 && text.charCodeAt(at) === STAR) at++;
  return isOf(text.charCodeAt(at), BLANK) ? at : from;
}

function afterSpace(text: string, from: number, end: number, overLines: boolean): number {
  const most = Math.min(end, from + MOST_BLANKS);
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

function runLength(text: string, from: number, end: number, code: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === code) at++;
  return at - from;
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

/** What a program shows around the value of a variable: `Some("…")`, `SecretStr('…')`. */
const WRAPPER = /(?:Some|Ok|SecretStr|SecretBytes|Secret|Optional|String|str|bytes)\(/y;

const IS_PHRASE = /phrase$/i;
/** What a wallet can be got back with: twelve to twenty-four words. */
const SEED = /(?:[a-z]{3,8} ){11,23}[a-z]{3,8}\b/y;

/** A value without quotes. */
function bareValue(text: string, bare: Bare, found: Found): boolean {
  const { from, end } = bare;
  if (!bare.isAssigned && IS_COOKIE.test(bare.named)) return cookieValue(text, from, end, found);
  if (IS_AUTHORIZATION.test(bare.named)) {
    const scheme = schemeEnd(text, from, end);
    if (scheme > from) return credentialAfterScheme(text, from, scheme, end, found);
  }
  WRAPPER.lastIndex = from;
  if (WRAPPER.test(text)) {
    const inside = WRAPPER.lastIndex;
    const level = runLength(text, inside, end, BACKSLASH);
    if (isQuote(text.charCodeAt(inside + level)))
      return quotedValue(text, inside + level, level, end, false, false, found);
  }
  SEED.lastIndex = from;
  if (IS_PHRASE.test(bare.named) && SEED.test(text)) return take(found, from, SEED.lastIndex);
  let to = bareEnd(text, from, Math.min(end, from + LOOK), bare.isAssigned);
  if (to === from || isOrdinaryValue(text, from, to)) return false;
  if (bare.isSpaced && (isCode(text, from, to, bare.isAssigned) || isCount(text, from, to, bare.named))) return false;
  const words = wordsEnd(text, from, end);
  if (words >= to) {
    if (isSentence(text, from, words)) return false;
    if (bare.isSpaced) {
      if (bare.secrecy === MAYBE_SECRET && !isSetting(text, bare, words)) return false;
      to = words;
    }
  } else if (bare.secrecy === MAYBE_SECRET && bare.isSpaced && !readsAsSecret(text, from, to)) return false;
  if (isItself(text.slice(from, to), bare.named)) return false;
  if (to - from > LOOK / 2) to = Math.max(to, bareEnd(text, from, end, bare.isAssigned));
  if (bare.isAssigned && text.charCodeAt(bare.nameFrom - 1) === SEMICOLON) to = Math.max(to, settingEnd(text, to, end));
  return take(found, from, to);
}

/** Whether a small number counts or numbers something: `AtToken = 60`, `secrets: 2`. */
function isCount(text: string, from: number, to: number, named: string): boolean {
  return to - from <= 3 && runEnd(text, from, to, DIGIT) === to && !/pass|pwd|code$/i.test(named);
}

/** Whether a variable is only handed on: `token=token`, `api_key: apiKey`, `password: Password`. */
function isItself(value: string, named: string): boolean {
  return value.length <= named.length && lettersOf(named).endsWith(lettersOf(value)) && /^[A-Za-z_]+$/.test(value);
}

function lettersOf(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "");
}

/** In a connection string (`;Password=a b;`) a value ends at the next semicolon. */
function settingEnd(text: string, from: number, end: number): number {
  const most = Math.min(end, from + LOOK);
  let at = from;
  while (
    at < most &&
    text.charCodeAt(at) >= SPACE &&
    text.charCodeAt(at) !== SEMICOLON &&
    !isQuote(text.charCodeAt(at))
  )
    at++;
  return text.charCodeAt(at) === SEMICOLON ? at : from;
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
  while (isOf(text.charCodeAt(before), BLANK) || text.charCodeAt(before) === DASH) before--;
  const isListed = "{,;(&?\"'".includes(text.charAt(before)) && before >= 0;
  if (!isListed && before >= 0 && !isLineBreakBefore(text, before + 1)) return false;
  return "\n\r;})\\".includes(text.charAt(to)) || (isListed && text.charCodeAt(to) === COMMA);
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
  if (text.charCodeAt(to) !== SPACE || names.secrecy(text.slice(from, to)) === NOT_SECRET) return false;
  const value = to + 1;
  if (text.charCodeAt(value) === DASH) return false;
  const level = runLength(text, value, end, BACKSLASH);
  if (isQuote(text.charCodeAt(value + level))) return quotedValue(text, value + level, level, end, false, false, found);
  const valueEnd = bareEnd(text, value, end, true);
  if (isOrdinaryValue(text, value, valueEnd)) return false;
  const words = wordsEnd(text, value, end);
  if (words >= valueEnd && isSentence(text, value, words)) return false;
  return take(found, value, valueEnd);
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
  const from = tagBegin(text, at, floor);
  let nameEnd = from;
  while (nameEnd < at && (isOf(text.charCodeAt(nameEnd), NAME) || text.charCodeAt(nameEnd) === COLON)) nameEnd++;
  if (!names.mayEnd(text, nameEnd)) return false;
  const name = text.slice(from, nameEnd);
  if (names.secrecy(name) === NOT_SECRET) return false;
  let value = at + 1;
  let to = value;
  if (text.startsWith(CDATA, value)) {
    value += CDATA.length;
    const close = text.slice(value, Math.min(end, value + LONGEST_CDATA)).indexOf("]]>");
    to = close < 0 ? Math.min(end, value + LONGEST_CDATA) : value + close;
  } else {
    while (to < end && text.charCodeAt(to) !== LESS) to++;
    if (text.charCodeAt(to + 1) !== SLASH || !text.startsWith(name, to + 2)) return false;
  }
  return text.slice(value, to).trim() !== "" && take(found, value, to);
}

const CDATA = "<![CDATA[";
const LONGEST_CDATA = 8192;
/** An opening tag is that long at most, its attributes included. */
const LONGEST_TAG = 256;

/** Where the name of the tag begins that ends before `at`, or `at`. */
function tagBegin(text: string, at: number, floor: number): number {
  const least = Math.max(floor, at - LONGEST_TAG);
  for (let from = at; from > least; from--) {
    const code = text.charCodeAt(from - 1);
    if (code === LESS) return from;
    if (code === GREATER) break;
  }
  return at;
}
