import type { FieldNames } from "./field-names.js";
import { MASK } from "./marks.js";
import type { FieldKind } from "./secret-values.js";
import { isHidden, isWord, standsForSomethingElse } from "./secret-values.js";

/** A credential that was found: from where to where, and what stands in its place. */
export interface Found {
  readonly from: number;
  readonly to: number;
  readonly mask: string;
}

const LONGEST_NAME = 64;
const LONGEST_VALUE = 8192;
/** Between a name and its value: the end of the name's quote, a sign, Markdown's stars. */
const SIGN =
  /( ?\\{0,31}["'`])?\]{0,2}(?:\*\*)?\??(?: \([^()\n]{1,24}\))?[ \t]{0,32}(:=|={1,3}>?|:(?!:|\/\/)|\uff1a|%3[dDaA]|,)(?:\*\*)?/y;
/** The rest of an opening tag of XML. */
const TAG_END = /(?:\s[^<>]{0,128})?>(?:<!\[CDATA\[)?(?=[^<\]]{1,4096}(?:<\/|\]\]>))/y;
/** Before the name in `{"name": "DB_PASSWORD", "value": …}`, `<add key="ApiKey" value=…`, `- name: TOKEN\n  value: …`. */
const PAIR_BEFORE =
  /(?:\b|\\[nrt])(?:name|key|field|label|header|id|type|param|variable)\\{0,7}["']?\s{0,4}[=:]\s{0,4}\\{0,7}["']?$/i;
const ENDS_PAIR_NAME = /(?:am|ke|iel|abe|ade|[:\W]i|typ|ara|abl)[eydlrm]["'\\ ]{0,4}$/i;
/** Between the name of a pair and its value. */
const PAIR_SIGN =
  /\\{0,7}["']?(?:,|\s|\\[nr])[^{}<>]{0,80}?(?:\b|(?<=\\[nr]))(?:value|text|default|val|content)(\\{0,7}["']?)\s{0,4}[=:]/iy;
const BLANKS_OVER_LINES = /(?:\s|\\[nrt]){0,64}/y;
/** YAML's `>-` and `|`, what programs show around a value (`Some("…")`), Python's and Rust's b"…". */
const MAY_WRAP = ">|SObfruBFRU";
const WRAPPER =
  /(?:[>|][-+\d]{0,2}[ \t]{0,8}\r?\n\s{1,32}|(?:Some|Ok|SecretStr|SecretBytes|Secret|Optional|String|str|bytes)\((?=\\{0,31}["'])|[bfruBFRU](?=["']))/y;
const NUMBER = /-?\d[\d.eE+-]{0,40}(?![\w])/y;
/** The schema of a property, not the property: `"password": {"type": "string"`. */
const SCHEMA =
  /\{\s{0,16}\\{0,31}"(?:type\\{0,31}"\s{0,4}:\s{0,4}\\{0,31}"(?:string|object|array|number|integer|boolean|null)|\$ref|anyOf|oneOf|allOf|enum|description|title)\\{0,31}"/y;
/** A value without quotes; a `,` or a bracket inside belongs to it where neither a blank nor another `name=` follows. */
const BARE =
  /(?=[^\s"'`<>\\,;&)\]}]|<(?!\s)|[\]})&](?=\w)|\\(?![nrtu"'\\]))(?:[^\s"'`<>\\,;&()[\]{}%]{1,8192}|\[redacted\]|%(?!26)|[<>[{(]|[,;&)\]}](?![\w.-]{0,64}[=:]|[\w.-]{0,64}$| [\w .-]{0,40}=|[\s"'`\\,;&()[\]{}<>]|$)|\\(?![nrtu"'\\])){1,64}/y;
const SETTING = /[^;\r\n"'`]{1,256}(?=;)/y;

/** Matches at `at`, and says where the match ends; -1 where there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Finds the values of secret names in a text: `key=value`, `"key": "value"`, pairs, flags, elements of XML. */
export class NamedValues {
  readonly #names: FieldNames;
  /** The end of the name that was judged last: the rest of a long one is not judged again. */
  #judged = 0;

  constructor(names: FieldNames) {
    this.#names = names;
  }

  begin(): void {
    this.#judged = 0;
  }

  /** `at` is where a part of a name stands; nothing before `floor` is looked at. */
  find(text: string, at: number, floor: number): Found | undefined {
    if (at < this.#judged) return undefined;
    let to = at;
    while (isOfName(text.charCodeAt(to))) to++;
    this.#judged = to;
    while (isDotOrDash(text.charCodeAt(to - 1))) to--;
    const sign = text.charCodeAt(to);
    // Most values without quotes are words, and so is most of what follows a name in a sentence.
    if (sign === COLON && isWordBehind(text, to + 1)) return undefined;
    const next = isOf(sign, BLANK) ? text.charCodeAt(blanksEnd(text, to)) : sign;
    if (!beginsSign(next) || (next !== sign && (isQuote(next) || next === BACKSLASH) && isFlag(text, at)))
      return next === sign ? undefined : this.#flagOrTag(text, at, to, floor);
    const from = nameBegin(text, at, floor, true);
    const name = text.slice(from, to);
    const kind = this.#names.kindOf(name);
    if (kind === undefined) return undefined;
    // A path or a package: `"/oauth/token"`, `"@scope/password"`.
    const before = text.charAt(from - 1);
    if (before === "/") return undefined;
    const pair = pairSign(text, from, to);
    if (pair !== undefined) return valueAt(text, PAIR_SIGN.lastIndex, kind, { quote: pair, sign: "pair", name: "" });
    if (before === "<" || before === ":") {
      const element = tagValue(text, from, to, kind);
      if (element !== undefined) return element;
    }
    const found = signAt(text, to);
    if (found === undefined) return undefined;
    if (found.text === ",") return found.quote === "" ? undefined : listedValue(text, found.end, kind);
    // `"password:" + x`: the quote closes the string that the name stands in.
    if (found.quote === "" && "\"'`".includes(before) && text.charAt(found.end) === before) return undefined;
    return valueAt(text, found.end, kind, { quote: found.quote, sign: found.text, name, isSetting: before === ";" });
  }

  /** `--password value`, `<password type="text">value</password>` */
  #flagOrTag(text: string, at: number, to: number, floor: number): Found | undefined {
    const from = nameBegin(text, at, floor, false);
    const before = text.charCodeAt(from - 1);
    const isOption = text.charCodeAt(from) === DASH || before === DASH;
    if (!isOption && before !== LESS && before !== COLON) return undefined;
    const kind = this.#names.kindOf(text.slice(from, to));
    if (kind === undefined) return undefined;
    return isOption ? flagValue(text, to, kind) : tagValue(text, from, to, kind);
  }
}

const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const EQUALS = 61;
const LESS = 60;
const STAR = 42;
const DASH = 45;
const OF_NAME = 1;
const SIGN_BEGINS = 2;
const BLANK = 4;
/** What an ASCII character can be: of a name, the first behind a name that has a value, a blank. */
const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  CLASSES[code] = /[\w.-]/.test(character)
    ? OF_NAME
    : /["'`\\\]*?(:=%>\n\r]/.test(character)
      ? SIGN_BEGINS
      : /[ \t]/.test(character)
        ? BLANK
        : 0;
}

function isOf(code: number, character: number): boolean {
  return code < 128 && CLASSES[code] === character;
}

function isOfName(code: number): boolean {
  return code < 128 ? CLASSES[code] === OF_NAME : (code >= 0xc0 && code < 0x2000) || (code >= 0x3040 && code < 0xff00);
}

function beginsSign(code: number): boolean {
  return isOf(code, SIGN_BEGINS) || code === 0xff1a;
}

function blanksEnd(text: string, from: number, most = 32): number {
  let at = from;
  while (at - from < most && isOf(text.charCodeAt(at), BLANK)) at++;
  return at;
}

function backslashesAt(text: string, from: number): number {
  let at = from;
  while (at - from < 32 && text.charCodeAt(at) === BACKSLASH) at++;
  return at - from;
}

function isQuote(code: number): boolean {
  return code === QUOTE || code === 39 || code === 96;
}

/** Whether a word stands behind a colon, its blanks and Markdown's stars. */
function isWordBehind(text: string, after: number): boolean {
  let at = after;
  while (text.charCodeAt(at) === STAR && at - after < 3) at++;
  const from = blanksEnd(text, at);
  return from > at && isWordAt(text, from);
}

/** Whether a word stands here: letters, with capitals only where it or a part of it begins, and the end of one behind. */
function isWordAt(text: string, from: number): boolean {
  let at = from;
  let wasSmall = false;
  for (; at - from < 40; at++) {
    const code = text.charCodeAt(at);
    const isSmall = code >= 97 && code <= 122;
    const isCapital = code >= 65 && code <= 90;
    if (isCapital && wasSmall) return false;
    if (!isSmall && !isCapital && (code !== DASH || at === from)) break;
    wasSmall = isSmall;
  }
  if (at === from) return false;
  if (".,;:!?)".includes(text.charAt(at))) at++;
  return at >= text.length || " \n\r\t\"'`<*".includes(text.charAt(at));
}

interface Sign {
  readonly text: string;
  readonly end: number;
  /** The end of the quotes around the name, or nothing. */
  readonly quote: string;
}

/** The sign between a name that ends at `to` and its value. */
function signAt(text: string, to: number): Sign | undefined {
  const code = text.charCodeAt(to);
  const next = text.charCodeAt(to + 1);
  // Most are just that.
  if ((code === COLON || code === EQUALS) && (isOf(next, BLANK) || isOf(next, OF_NAME) || isQuote(next)))
    return { text: code === COLON ? ":" : "=", end: to + 1, quote: "" };
  if (code === QUOTE && next === COLON && text.charCodeAt(to + 2) !== COLON)
    return { text: ":", end: to + 2, quote: '"' };
  SIGN.lastIndex = to;
  const sign = SIGN.exec(text);
  return sign === null ? undefined : { text: sign[2] ?? "", end: SIGN.lastIndex, quote: (sign[1] ?? "").trimStart() };
}

/** Whether the name that a part at `at` belongs to is a flag of a command. */
function isFlag(text: string, at: number): boolean {
  return text.charCodeAt(nameBegin(text, at, 0, false)) === DASH;
}

/** Whether the name from `from` to `to` names the `value` behind it; the quote of that then, with its backslashes. */
function pairSign(text: string, from: number, to: number): string | undefined {
  const next = text.charCodeAt(to);
  if (next === COLON || next === EQUALS) return undefined;
  let at = from - 1;
  while (from - at < 12 && "\"'\\ \t".includes(text.charAt(at))) at--;
  const sign = text.charAt(at);
  if ((sign !== ":" && sign !== "=") || !ENDS_PAIR_NAME.test(text.slice(Math.max(0, at - 8), at))) return undefined;
  if (!PAIR_BEFORE.test(text.slice(Math.max(0, at - 24), from))) return undefined;
  PAIR_SIGN.lastIndex = to;
  const pair = PAIR_SIGN.exec(text);
  return pair === null ? undefined : (pair[1] ?? "");
}

/** `<password>value</password>`, `<w:Password Type="Text">value</w:Password>` */
function tagValue(text: string, from: number, to: number, kind: FieldKind): Found | undefined {
  if (text.charAt(from - 1) !== "<" && !/<\w{1,16}:$/.test(text.slice(Math.max(0, from - 18), from))) return undefined;
  const value = endOf(TAG_END, text, to);
  return value < 0 ? undefined : elementValue(text, value, kind);
}

function isDotOrDash(code: number): boolean {
  return code === DASH || code === 46;
}

/** Where the name begins that a part at `at` belongs to, with the words before it: `your API key`. */
function nameBegin(text: string, at: number, floor: number, withWords: boolean): number {
  const least = Math.max(floor, at - LONGEST_NAME);
  let from = at;
  while (from > least) {
    const code = text.charCodeAt(from - 1);
    if (isOfName(code)) from--;
    else if (
      withWords &&
      code === SPACE &&
      from - 1 > least &&
      isOfName(text.charCodeAt(from - 2)) &&
      !isDotOrDash(text.charCodeAt(from))
    )
      from--;
    else break;
  }
  // The `n` of `\nkey` belongs to the backslash, the `3F` of `%3Fkey` to the percent sign.
  if (text.charAt(from - 1) === "\\" && "nrt".includes(text.charAt(from))) from++;
  if (text.charAt(from - 1) === "%") from += 2;
  return Math.min(from, at);
}

/** What stands before a value. */
interface Before {
  /** The end of the quotes around the name, or nothing. */
  readonly quote: string;
  readonly sign: string;
  readonly name: string;
  /** Whether a `;` stands before the name. */
  readonly isSetting?: boolean;
}

function valueAt(text: string, after: number, kind: FieldKind, before: Before): Found | undefined {
  const { quote, sign } = before;
  let from = blanksEnd(text, after, 64);
  if (quote !== "" && "\\\r\n".includes(text.charAt(from))) from = endOf(BLANKS_OVER_LINES, text, from);
  const isSpaced = from > after;
  const isStrong = kind === "any" || kind === "path";
  const isAssigned = (sign.startsWith("=") || sign.startsWith("%")) && !isSpaced;
  // Most values without quotes are words.
  if (!(isStrong && (isAssigned || sign === "pair")) && isWordAt(text, from)) return undefined;
  if (MAY_WRAP.includes(text.charAt(from))) from = Math.max(from, endOf(WRAPPER, text, from));
  const level = backslashesAt(text, from);
  if (isQuote(text.charCodeAt(from + level))) {
    const value = from + level + 1;
    const to = quotedEnd(text, value, level, text.charAt(from + level));
    return judged(
      text,
      { from: value, to, kind },
      (inside) => !/^[\s,);+]/.test(inside) && !isItself(inside, before.name),
    );
  }
  if (quote !== "" && isStrong) {
    const next = text.charAt(from);
    if ((next === "{" || next === "[") && !text.startsWith(MASK, from)) {
      if (endOf(SCHEMA, text, from) >= 0) return undefined;
      const to = nestedEnd(text, from, quote);
      return /["'\w]/.test(text.slice(from, to)) ? { from, to, mask: quote + MASK + quote } : undefined;
    }
    const number = endOf(NUMBER, text, from);
    if (number >= 0) return { from, to: number, mask: quote + MASK + quote };
  }
  let to = endOf(BARE, text, from);
  if (to < 0) return undefined;
  // In a connection string (`;Password=a b;`) a value ends at the next semicolon, what ends a sentence is no part of one.
  const setting = before.isSetting === true ? endOf(SETTING, text, from) : -1;
  if (setting > to) to = setting;
  else if (to === text.length || " \n\r\t\"'`".includes(text.charAt(to)))
    while (to > from && ".!?:".includes(text.charAt(to - 1))) to--;
  const isLiteral = (value: string): boolean =>
    !isItself(value, before.name) && (isAssigned || sign === "pair" || !isWord(value));
  return judged(text, { from, to, kind }, isLiteral);
}

interface Value {
  readonly from: number;
  readonly to: number;
  readonly kind: FieldKind;
}

/** @param isLiteral Whether the value of a strong name is the value itself, and no word about it. */
function judged(text: string, { from, to, kind }: Value, isLiteral: (value: string) => boolean): Found | undefined {
  const value = text.slice(from, to);
  if (!isHidden(kind, value)) return undefined;
  const isStrong = kind === "any" || kind === "path";
  if (isStrong && (standsForSomethingElse(value) || !isLiteral(value))) return undefined;
  return { from, to, mask: MASK };
}

/** `setHeader("x-api-key", "…")`, `define('DB_PASSWORD', '…')`, `["--token", "…"]`: only what looks like a secret. */
function listedValue(text: string, after: number, kind: FieldKind): Found | undefined {
  const blanks = endOf(BLANKS_OVER_LINES, text, after);
  const level = backslashesAt(text, blanks);
  if (!isQuote(text.charCodeAt(blanks + level))) return undefined;
  const from = blanks + level + 1;
  const to = quotedEnd(text, from, level, text.charAt(from - 1));
  const value = text.slice(from, to);
  const isSecret = kind === "any" || kind === "path" ? isListed(value) : isHidden(kind, value);
  return isSecret ? { from, to, mask: MASK } : undefined;
}

/** Whether the item behind a secret name is its value: no word, no other name. */
export function isListed(value: string): boolean {
  return (
    value.length >= 4 &&
    /\d/.test(value) &&
    /[^\d.,-]/.test(value) &&
    !/\s/.test(value) &&
    !standsForSomethingElse(value)
  );
}

/** `--password value` */
function flagValue(text: string, after: number, kind: FieldKind): Found | undefined {
  if (text.charAt(after) !== " " || text.charAt(after + 1) === "-") return undefined;
  return valueAt(text, after, kind, { quote: "", sign: "flag", name: "" });
}

function elementValue(text: string, from: number, kind: FieldKind): Found | undefined {
  let to = from;
  while (to < text.length && text.charAt(to) !== "<" && !text.startsWith("]]>", to)) to++;
  return judged(text, { from, to, kind }, (value) => value.trim() !== "");
}

/** Whether a variable is only handed on: `token=token`, `api_key: apiKey`. */
function isItself(value: string, name: string): boolean {
  const letters = (word: string): string => word.toLowerCase().replace(/[^a-z]/g, "");
  return (
    value.length <= name.length &&
    value.length > 2 &&
    /^[A-Za-z_]{1,64}$/.test(value) &&
    letters(name).endsWith(letters(value))
  );
}

/** Where the string ends that begins at `from` behind a quote with `level` backslashes: at its end, or that of its line. */
function quotedEnd(text: string, from: number, level: number, quote: string): number {
  const most = Math.min(text.length, from + LONGEST_VALUE);
  let backslashes = 0;
  for (let at = from; at < most; at++) {
    const next = text.charAt(at);
    if (next === "\\") backslashes++;
    else {
      if (next === quote && backslashes % (2 * level + 2) === level) return at - level;
      if (next === "\n" || next === "\r") return at;
      backslashes = 0;
    }
  }
  return most;
}

/** Where the array or object ends that begins at `from`, or as far as it goes. */
function nestedEnd(text: string, from: number, nameQuote: string): number {
  const quote = nameQuote.slice(-1);
  const most = Math.min(text.length, from + LONGEST_VALUE);
  let depth = 0;
  for (let at = from; at < most; at++) {
    const next = text.charAt(at);
    if (next === "{" || next === "[") depth++;
    else if (next === quote) at = quotedEnd(text, at + 1, nameQuote.length - 1, quote) + nameQuote.length - 1;
    else if ((next === "}" || next === "]") && --depth === 0) return at + 1;
  }
  return most;
}
