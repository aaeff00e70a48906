import { MASK } from "../bounds.js";
import type { FieldNames } from "./field-names.js";
import { wordsOf } from "./field-names.js";
import type { Finder, Found } from "./rule.js";
import { endOf } from "./rule.js";
import type { Check } from "./secret-values.js";
import { isSecret, isStrong, standsForSomethingElse } from "./secret-values.js";

/** Parts of which every name of a field that is looked for in texts has one. */
const NAME_PARTS = 'pass pwd key token secret auth cookie cred jwt csrf xsrf sess sid otp pw: pw= pw"'.split(" ");
/** What follows a name that is too short to be looked for alone. */
const AFTER_NAME = [":", "=", '"', "'", " ", "\\", "]"];
const LONGEST_VALUE = 8192;

const LETTER = String.raw`\w\u00c0-\u1fff\u3040-\ufeff`;
/** The beginning of the name that a part at this place belongs to, with the words before it: `your API key`. */
const BEGIN = new RegExp(String.raw`(?<=(?<begin>(?:[${LETTER}.-]|(?<=[${LETTER}.-]) (?![.-])){0,64}))`, "y");
/** Not of the name: what an escape (`\n`, `%3F`) ends in, and a path before the words: `POST /login password=x`. */
const BEFORE_NAME = /(?:(?<=\\)[nrt]|(?<=%)[\dA-Fa-f]{2}|(?<=\/)[^ ]{0,64} )?[.-]{0,64}/y;
/** The rest of a name. */
const REST = new RegExp(String.raw`[${LETTER}]{1,64}(?:[.-]{1,4}[${LETTER}]{1,64}){0,16}`, "y");
/** A word of a sentence, as far as its end shows. */
const WORD = String.raw`(?:[A-Z]{1,40}|[A-Z]?[a-z]{1,40})(?:-(?:[A-Z]{1,40}|[A-Z]?[a-z]{1,40})){0,4}[.,;:!?)]?(?:[\s"'\x60<*]|$)`;
const NO_WORD = String.raw`(?:\*\*|(?!\*\*))(?![ \t]{0,32}${WORD})`;
/** What may follow a name that has a value; a flag and an element of XML begin with a sign of their own. */
const MAY_HAVE_VALUE = new RegExp(
  String.raw`[ \t]{0,32}(?:["'\x60\\\]*?(=%>,|\r\n\uff1a]|:${NO_WORD})|\t(?=\S)|(?<=(?:<|(?<!\w)-)[\w:.-]{0,128})`,
  "y",
);
/** `"password ": "x"`, and not `the password "x"`. */
const BLANK_IN_QUOTES = / (?="\s{0,8}[:=,|\]])/y;

/**
 * How texts give a name its value: what a value under a strong name must be besides, what stands before the name and
 * between the two, what the value is.
 */
type Shape = readonly [accepted: Check, before: RegExp | undefined, between: RegExp, value?: RegExp];

/** Tried in this order. */
// prettier-ignore
const SHAPES: readonly Shape[] = [
  // Server=db;Password=a b;
  ["any", /(?<=;)/y, /=(?=[^;\s"'`][^;\r\n"'`]{0,255};)/y, /[^;\r\n"'`]{1,256}(?:;(?![\w .-]{0,64}=|$)[^;\r\n"'`]{1,256}){0,4}/y],
  // password=x, "password" => "x", %3D
  ["any", undefined, /\]{0,2}[ \t]{0,32}(?:={1,3}>?(?![=>])|%3D)(?=\S)/iy],
  // password: x, **password:** x, password (of the box) = x
  ["nonword", undefined, new RegExp(String.raw`\]{0,2}(?:\*\*)?\??(?: \([^()\n]{1,24}\))?[ \t]{0,32}(?::=|:(?![:=]|\/\/)|\uff1a|={1,3}>?(?![=>]))${NO_WORD}`, "y")],
  // {"name": "DB_PASSWORD", "value": "x"}, <add key="ApiKey" value="x"/>, - name: TOKEN\n  value: x
  [
    "any",
    /(?<=(?:\b|\\[nrt])(?:name|key|field|label|header|id|type|param|variable)\\{0,7}["']?\s{0,4}[=:]\s{0,4}\\{0,7}["']?)/iy,
    /(?:,|\s|\\[nr])[^{}<>]{0,80}?(?:\b|(?<=\\[nr]))(?:value|text|default|val|content)\\{0,7}["']?\s{0,4}[=:]/iy,
  ],
  // <w:password type="a">x</w:password>
  ["any", /(?<=<(?:\w{1,16}:)?)/y, /(?:\s[^<>]{0,128})?>(?:<!\[CDATA\[)?\s{0,64}(?=[^<\]]{1,4096}(?:<\/|\]\]>))/y, /[^<\]]{1,4096}/y],
  // setHeader("x-api-key", "x"), ["--token", "x"]
  ["listed", /(?<=["'`-])/y, /,(?=(?:\s|\\[nrt]){0,64}\\{0,31}["'`])/y],
  // --password x
  ["nonword", /(?<=-)/y, / (?!-)/y],
  // the token "x"; | password | x |, and columns that a tab separates
  ["mixed", undefined, /[ \t]{1,4}(?=["'`])|[ \t]{0,32}\||\t/y],
];

/** YAML's `>-` and `|`, what programs show around a value (`Some("…")`), Python's and Rust's b"…". */
const WRAPPER = String.raw`(?:[>|][-+\d]{0,2}[ \t]{0,8}\r?\n\s{1,32}|(?:Some|Ok|SecretStr|SecretBytes|Secret|Optional|String|str|bytes)\((?=\\{0,31}["'])|[bfruBFRU](?=["']))?`;
/** What stands before a value; behind a name in quotes it may be on another line. */
const LEAD = new RegExp(String.raw`[ \t]{0,64}${WRAPPER}`, "y");
const LEAD_OVER_LINES = new RegExp(String.raw`(?:\s|\\[nrt]){0,64}${WRAPPER}`, "y");
const OPENING_QUOTE = /\\{0,31}["'`]/y;
const NUMBER = /-?\d[\d.eE+-]{0,40}(?!\w)/y;
/** The schema of a property, not the property: `"password": {"type": "string"`. */
const SCHEMA =
  /\{\s{0,16}\\{0,31}"(?:type\\{0,31}"\s{0,4}:\s{0,4}\\{0,31}"(?:string|object|array|number|integer|boolean|null)|\$ref|anyOf|oneOf|allOf|enum|description|title)\\{0,31}"/y;
/** A value without quotes; a `,` or a bracket inside belongs to it where neither a blank nor another `name=` follows. */
const BARE =
  /(?=[^\s"'`<>\\,;&)\]}]|<(?!\s)|[\]})&](?=\w)|\\(?![nrtu"'\\]))(?:[^\s"'`<>\\,;&()[\]{}%]{1,8192}|\[redacted\]|%(?!26)|[<>[{(]|[,;&)\]}](?![\w.-]{0,64}[=:]|[\w.-]{0,64}$| [\w .-]{0,40}=|[\s"'`\\,;&()[\]{}<>]|$)|\\(?![nrtu"'\\])){1,64}/y;

/** A name with a value, before the value is looked at. */
interface Named {
  readonly name: string;
  readonly kind: Check;
  readonly accepted: Check;
  /** The end of the quotes around the name, with its backslashes, or nothing. */
  readonly quote: string;
  /** What the value is where it is no string in quotes and not what has no blanks. */
  readonly pattern: RegExp | undefined;
}

/** Finds the values of secret names in a text: `key=value`, `"key": "value"`, pairs, flags, elements of XML. */
export class NamedValues implements Finder {
  readonly keywords: readonly string[];
  readonly ignoresCase = true;
  readonly #names: FieldNames;
  /** The end of the name that was judged last: the rest of a long one is not judged again. */
  #judged = 0;
  /** The end of the last value without quotes: one that begins inside it ends there too. */
  #bareEnd = 0;

  constructor(names: FieldNames) {
    this.#names = names;
    this.keywords = [...NAME_PARTS, ...names.own.flatMap(partsOf)];
  }

  /** Another text begins. */
  begin(): void {
    this.#judged = 0;
    this.#bareEnd = 0;
  }

  find(text: string, at: number, floor: number): Found | undefined {
    if (at < this.#judged) return undefined;
    const to = Math.max(at, endOf(REST, text, at));
    this.#judged = to;
    if (endOf(MAY_HAVE_VALUE, text, to) < 0) return undefined;
    const from = nameBegin(text, at, floor);
    const name = text.slice(from, to);
    const kind = this.#names.kindOf(name);
    const before = text.charAt(from - 1);
    // A path or a package: `"/oauth/token"`, `"@scope/password"`.
    if (kind === undefined || before === "/") return undefined;
    const closing = Math.max(to, endOf(BLANK_IN_QUOTES, text, to));
    const quote = quoteAt(text, closing);
    for (const [accepted, beforeName, between, value] of SHAPES) {
      if (beforeName !== undefined && endOf(beforeName, text, from) < 0) continue;
      const after = endOf(between, text, closing + quote.length);
      if (after < 0) continue;
      // `"password:" + x`: the quote closes the string that the name stands in.
      if (quote === "" && before !== "" && "\"'`".includes(before) && text.charAt(after) === before) return undefined;
      return this.#valueAt(text, after, { name, kind, accepted, quote, pattern: value });
    }
    return undefined;
  }

  #valueAt(text: string, after: number, named: Named): Found | undefined {
    const { quote, pattern } = named;
    const from = endOf(quote === "" ? LEAD : LEAD_OVER_LINES, text, after);
    if (pattern !== undefined) return judged(text, from, endOf(pattern, text, from), named);
    const opening = quoteAt(text, from);
    if (opening !== "") {
      const begin = from + opening.length;
      const accepted = named.accepted === "nonword" ? "any" : named.accepted;
      return judged(text, begin, stringEnd(text, begin, opening), { ...named, accepted });
    }
    if (quote !== "" && isStrong(named.kind)) {
      if (endOf(SCHEMA, text, from) >= 0) return undefined;
      const to = Math.max(endOf(NUMBER, text, from), nestedEnd(text, from, quote));
      if (to >= 0) return /["'\w]/.test(text.slice(from, to)) ? { from, to, mask: quote + MASK + quote } : undefined;
    }
    if (from >= this.#bareEnd) this.#bareEnd = endOf(BARE, text, from);
    return judged(text, from, withoutSentenceEnd(text, from, this.#bareEnd), named);
  }
}

/** The end of a name's last word, in any naming style, with what may follow where that is short. */
function partsOf(name: string): string[] {
  const words = wordsOf(name).filter((word) => !/\d/.test(word));
  const end = words.at(-1)?.slice(-3) ?? name;
  let parts = [end];
  while ((parts[0]?.length ?? 3) < 3) parts = parts.flatMap((part) => AFTER_NAME.map((after) => part + after));
  return parts;
}

function nameBegin(text: string, at: number, floor: number): number {
  BEGIN.lastIndex = at;
  const from = Math.max(floor, at - (BEGIN.exec(text)?.groups?.begin?.length ?? 0));
  const begin = endOf(BEFORE_NAME, text, from);
  return begin > at ? from : begin;
}

/** A quote with the backslashes before it, or nothing. */
function quoteAt(text: string, at: number): string {
  return text.slice(at, Math.max(at, endOf(OPENING_QUOTE, text, at)));
}

/** The value from `from` to `to` where it is masked under its name. */
function judged(text: string, from: number, to: number, { name, kind, accepted }: Named): Found | undefined {
  const value = text.slice(from, Math.max(from, to));
  if (!isSecret(kind, value)) return undefined;
  // No sign ties the value to the name: whatever the name says, it must look like a secret.
  if (accepted === "mixed" && !isSecret(accepted, value)) return undefined;
  const isKept =
    isStrong(kind) &&
    (!isSecret(accepted, value) || /^[\s,);+]/.test(value) || isItself(value, name) || standsForSomethingElse(value));
  return isKept ? undefined : { from, to, mask: MASK };
}

/** Whether a variable is only handed on: `token=token`, `api_key: apiKey`. */
function isItself(value: string, name: string): boolean {
  const letters = (word: string): string => word.toLowerCase().replace(/[^a-z]/g, "");
  return value.length <= name.length && /^[A-Za-z_]{3,64}$/.test(value) && letters(name).endsWith(letters(value));
}

/** The end of a value without what ends a sentence. */
function withoutSentenceEnd(text: string, from: number, end: number): number {
  let to = end;
  if (to === text.length || /[\s"'`]/.test(text.charAt(to)))
    while (to > from && ".!?:".includes(text.charAt(to - 1))) to--;
  return to;
}

/** Where the string ends that begins at `from` behind its opening quote: at its end, or that of its line. */
function stringEnd(text: string, from: number, opening: string): number {
  const level = opening.length - 1;
  const quote = opening.charAt(level);
  const most = Math.min(text.length, from + LONGEST_VALUE);
  let backslashes = 0;
  for (let at = from; at < most; at++) {
    const next = text.charAt(at);
    if (next === "\n" || next === "\r") return at;
    if (next === quote && backslashes % (2 * level + 2) === level) return at - level;
    backslashes = next === "\\" ? backslashes + 1 : 0;
  }
  return most;
}

/** Where the array or object ends that begins at `from`, or as far as it goes; -1 where there is none. */
function nestedEnd(text: string, from: number, quote: string): number {
  if (!/[[{]/.test(text.charAt(from)) || text.startsWith(MASK, from)) return -1;
  const most = Math.min(text.length, from + LONGEST_VALUE);
  let depth = 0;
  for (let at = from; at < most; at++) {
    const next = text.charAt(at);
    if (next === "{" || next === "[") depth++;
    else if (next === quote.slice(-1)) at = stringEnd(text, at + 1, quote) + quote.length - 1;
    else if ((next === "}" || next === "]") && --depth === 0) return at + 1;
  }
  return most;
}
