/** Classes of ASCII characters, as bits. */
export const LETTER = 1;
export const DIGIT = 2;
export const UPPER = 4;
/** Letters, digits, `_`, `-`: what an issuer puts into a token, and base64url. */
export const TOKEN = 8;
/** What a name may consist of: the above and `.`. */
export const NAME = 16;
/** Base64 of both alphabets, with its padding. */
export const BASE64 = 32;
/** What follows `Bearer`. */
export const BEARER = 64;
/** White space inside a line. */
export const BLANK = 128;

export const LINE_FEED = 10;
export const CARRIAGE_RETURN = 13;
export const SPACE = 32;
export const DOUBLE_QUOTE = 34;
export const PERCENT = 37;
export const AMPERSAND = 38;
export const APOSTROPHE = 39;
export const STAR = 42;
export const COMMA = 44;
export const DASH = 45;
export const DOT = 46;
export const SLASH = 47;
export const COLON = 58;
export const SEMICOLON = 59;
export const LESS = 60;
export const EQUALS = 61;
export const GREATER = 62;
export const QUESTION = 63;
export const AT = 64;
export const OPEN_BRACKET = 91;
export const BACKSLASH = 92;
export const CLOSE_BRACKET = 93;
export const BACKTICK = 96;
export const OPEN_BRACE = 123;
export const CLOSE_BRACE = 125;

const CLASSES = new Uint8Array(128);

function mark(characters: string, bits: number): void {
  for (const character of characters) CLASSES[character.charCodeAt(0)] = bits;
}

mark("ABCDEFGHIJKLMNOPQRSTUVWXYZ", LETTER | UPPER | TOKEN | NAME | BASE64 | BEARER);
mark("abcdefghijklmnopqrstuvwxyz", LETTER | TOKEN | NAME | BASE64 | BEARER);
mark("0123456789", DIGIT | TOKEN | NAME | BASE64 | BEARER);
mark("_-", TOKEN | NAME | BASE64 | BEARER);
mark(".", NAME | BEARER);
mark("+/=", BASE64 | BEARER);
mark("~|%", BEARER);
mark(" \t", BLANK);

/** Whether a character is of one of the classes. */
export function isOf(code: number, classes: number): boolean {
  return code < 128 && ((CLASSES[code] ?? 0) & classes) !== 0;
}

/** Where the run of such characters that begins at `from` ends, at most `end`. */
export function runEnd(text: string, from: number, end: number, classes: number): number {
  let at = from;
  while (at < end && isOf(text.charCodeAt(at), classes)) at++;
  return at;
}

/** Whether the text goes on like this at `at`, whatever the case; `lower` is in lower case. */
export function continuesWith(text: string, at: number, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    // Setting this bit lowers a letter; no other character becomes one by it.
    if ((text.charCodeAt(at + i) | 32) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/**
 * Whether a word can begin at `at`: after anything but a letter or digit, and after those that end an escape (`\n` and
 * `\u003d` of a JSON text inside a string, `%3D` of a URL).
 */
export function wordBegins(text: string, at: number, floor: number): boolean {
  if (at <= floor || !isOf(text.charCodeAt(at - 1), LETTER | DIGIT)) return true;
  if (text.charCodeAt(at - 2) === BACKSLASH) return "nrtbf".includes(text.charAt(at - 1));
  if (text.charCodeAt(at - 3) === PERCENT) return true;
  return text.charCodeAt(at - 6) === BACKSLASH && text.charAt(at - 5) === "u";
}

export function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === APOSTROPHE || code === BACKTICK;
}
