import {
  BACKSLASH,
  BLANK,
  CLOSE_BRACKET,
  NAME,
  PERCENT,
  QUESTION,
  SPACE,
  STAR,
  continuesWith,
  isOf,
  isQuote,
} from "./characters.js";
import type { SecretNames } from "./secret-names.js";

/** A name before a `:` or `=`. */
export interface Name {
  from: number;
  to: number;
  /** Its quote, or 0. */
  quote: number;
  /** How many backslashes stand before that quote: 0 in JSON, 1 in JSON inside a JSON string, then 3, 7, … */
  level: number;
}

/** More of a name is not looked at. */
export const LONGEST_NAME = 64;
const MOST_LEVEL = 31;
/** Where values stand in a column, that many blanks between a name and its sign. */
const MOST_BLANKS = 32;
const IN_QUOTES = " @/:$[]#*+&!?~|,";

/**
 * Reads the name that ends before `at` into `name`; false where there is none that could be secret.
 *
 * @param letters Whether letters of every script belong to it. In one that puts no spaces between words, a name of ASCII
 *   letters begins where those do.
 */
export function nameBefore(
  text: string,
  at: number,
  floor: number,
  names: SecretNames,
  name: Name,
  letters: boolean,
): boolean {
  let to = at;
  while (at - to < 3 && text.charCodeAt(to - 1) === STAR) to--;
  while (at - to < MOST_BLANKS && (isOf(text.charCodeAt(to - 1), BLANK) || text.charCodeAt(to - 1) === QUESTION)) to--;
  if (text.charCodeAt(to - 1) === CLOSE_BRACKET) to--;
  name.quote = 0;
  name.level = 0;
  if (isQuote(text.charCodeAt(to - 1))) {
    name.quote = text.charCodeAt(to - 1);
    to--;
    while (name.level < MOST_LEVEL && text.charCodeAt(to - 1) === BACKSLASH) {
      to--;
      name.level++;
    }
  }
  // "The password is: …"
  else if (continuesWith(text, to - 2, "is") && text.charCodeAt(to - 3) === SPACE) to -= 3;
  if (!names.mayEnd(text, to)) return false;
  let from = to;
  const least = Math.max(floor, to - LONGEST_NAME);
  while (from > least) {
    const code = text.charCodeAt(from - 1);
    if (isOfName(code, letters)) from--;
    // Between quotes it goes on to its quote: a path, a package, a phrase.
    else if (name.quote !== 0 && IN_QUOTES.includes(text.charAt(from - 1))) from--;
    // `API key`, but not the indentation before a name.
    else if (code === SPACE && from - 1 > least && isOfName(text.charCodeAt(from - 2), letters)) from--;
    else break;
  }
  // A quote that opens something new closes no name before it.
  if (name.quote !== 0 && from > least && text.charCodeAt(from - 1) !== name.quote) return false;
  // The `n` of `\nkey` belongs to the backslash, the `3F` of `%3Fkey` to the percent sign; hyphens are a list's or a flag's.
  if (text.charCodeAt(from - 1) === BACKSLASH && "nrt".includes(text.charAt(from))) from++;
  if (text.charCodeAt(from - 1) === PERCENT) from = Math.min(to, from + 2);
  while (from < to && "-. :".includes(text.charAt(from))) from++;
  name.from = from;
  name.to = to;
  return from < to;
}

function isOfName(code: number, letters: boolean): boolean {
  return isOf(code, NAME) || (letters && isOtherLetter(code));
}

/** Here, and not beside the constants: for classes as large as these an engine takes its time. */
function isOtherLetter(code: number): boolean {
  return /[\p{L}\p{M}\p{N}]/u.test(String.fromCharCode(code));
}
