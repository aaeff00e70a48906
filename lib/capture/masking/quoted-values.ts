import {
  APOSTROPHE,
  BACKSLASH,
  CARRIAGE_RETURN,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  DIGIT,
  DOUBLE_QUOTE,
  LETTER,
  LINE_FEED,
  OPEN_BRACE,
  OPEN_BRACKET,
  SPACE,
  isOf,
} from "./characters.js";
import type { Found } from "./found.js";
import { take } from "./found.js";
import { MASK } from "./marks.js";
import type { Name } from "./name-before.js";

/** A quoted value after a name without quotes closes within that much. */
const LONGEST_QUOTE = 1024;

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

/** What a program hands to a header, or makes one of: a scheme alone, or a template with nothing of its own. */
const TEMPLATE = /^(?:[A-Za-z-]{1,20} )?\$?\{[^{}]{1,64}\}$|^\{\{[^{}]{1,64}\}\}$|^(?:bearer|basic|token|digest) $/i;
/** What `typeof` answers. */
const TYPES = new Set(["string", "number", "function", "object", "undefined", "boolean", "symbol", "bigint"]);

/**
 * A value in quotes; `opening` is the quote, behind `level` backslashes.
 *
 * @param isJson Whether its name has quotes too; then one that does not close was cut off.
 * @param isCompared Whether the separator was `==` or longer.
 */
export function quotedValue(
  text: string,
  opening: number,
  level: number,
  end: number,
  isJson: boolean,
  isCompared: boolean,
  found: Found,
): boolean {
  const quote = text.charCodeAt(opening);
  const from = opening + 1;
  let to = closingQuote(text, from, isJson ? end : Math.min(end, from + LONGEST_QUOTE), quote, level);
  // An apostrophe, or a quote that somebody forgot: the line is what belongs to it.
  if (to < 0) to = isJson ? end : lineEnd(text, from, end);
  if (to - from < 96) {
    const value = text.slice(from, to);
    if (value === MASK || TEMPLATE.test(value) || (isCompared && TYPES.has(value))) return false;
    // Punctuation that somebody gives a name to.
    if (!isJson && to - from <= 4 && !/[^!-/:-@[-`{-~]/.test(value)) return false;
  }
  return take(found, from, to);
}

/** Whether the quote at `at`, behind a separator, closes a string that the name is the end of: `log("token:", …)`. */
export function closesString(text: string, at: number, level: number, nameFrom: number): boolean {
  const quote = text.charCodeAt(at);
  const next = text.charAt(at + 1);
  if (!" \t\r\n,;)]}+.".includes(next)) return false;
  // Quotes before it in the line, behind as many backslashes; an odd one is open.
  let isOpen = false;
  for (let before = nameFrom - 1; nameFrom - before < LONGEST_QUOTE / 4; before--) {
    const code = text.charCodeAt(before);
    if (code === LINE_FEED) break;
    if (code === quote && backslashesBefore(text, before, level) === level) isOpen = !isOpen;
  }
  return isOpen;
}

/** How many backslashes stand before `at`; one more than `most` where there are more. */
function backslashesBefore(text: string, at: number, most: number): number {
  let from = at;
  while (at - from <= most && text.charCodeAt(from - 1) === BACKSLASH) from--;
  return at - from;
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
export function quoted(name: Name): string {
  const quote = "\\".repeat(name.level) + String.fromCharCode(name.quote);
  return quote + MASK + quote;
}

/** The array or object under a secret name, whole; an empty one stays. */
export function nestedValue(text: string, from: number, end: number, name: Name, found: Found): boolean {
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
export function literalEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (isOf(text.charCodeAt(at), DIGIT) || "+-.eE".includes(text.charAt(at)))) at++;
  return isOf(text.charCodeAt(at), LETTER) ? from : at;
}
