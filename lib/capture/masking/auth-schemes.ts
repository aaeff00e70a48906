import {
  BASE64,
  BEARER,
  BLANK,
  DIGIT,
  DOT,
  LETTER,
  UPPER,
  continuesWith,
  isOf,
  runEnd,
  wordBegins,
  isQuote,
} from "./characters.js";
import type { Found } from "./found.js";
import { MASK } from "./marks.js";

/** Between a scheme and its credential. */
const MOST_BLANKS = 8;
/** That much of what follows `Basic` is decoded. */
const DECODED = 1024;

/** `Bearer …` and `Basic …`; `at` is their first letter. */
export function authScheme(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const isBearer = continuesWith(text, at, "bearer");
  if (!isBearer && !continuesWith(text, at, "basic")) return false;
  if (!wordBegins(text, at, floor)) return false;
  const from = afterBlanks(text, at + (isBearer ? 6 : 5), end);
  if (from < 0) return false;
  const to = isBearer ? bearerEnd(text, at, from, end) : basicEnd(text, from, end);
  if (to < 0) return false;
  found.from = from;
  found.to = to;
  found.mask = MASK;
  return true;
}

function afterBlanks(text: string, at: number, end: number): number {
  const from = text.startsWith("%20", at) ? at + 3 : runEnd(text, at, Math.min(end, at + MOST_BLANKS), BLANK);
  return from > at ? from : -1;
}

/** The end of the token that begins here, or -1 where a word of a sentence does. */
function bearerEnd(text: string, at: number, from: number, end: number): number {
  const to = sentenceEnd(text, runEnd(text, from, end, BEARER));
  return readsAsToken(text, from, to) || standsAlone(text, at, from, to, end) ? to : -1;
}

/** What follows `bearer` in a name, a title, an idiom. */
const AFTER_BEARER =
  /^(?:of|tokens?|auth|auth[a-z]{8,12}|schemes?|headers?|bonds?|shares?|checks?|cheques?|only|or|and|is|format|type)$/i;

/** Whether a scheme and one word in small letters are all that a text or a quoted string consists of: a header's value. */
function standsAlone(text: string, at: number, from: number, to: number, end: number): boolean {
  const isAll = (at === 0 || isQuote(text.charCodeAt(at - 1))) && (to >= end || isQuote(text.charCodeAt(to)));
  return isAll && to - from >= 3 && !isOf(text.charCodeAt(from), UPPER) && !AFTER_BEARER.test(text.slice(from, to));
}

/** A full stop after a token belongs to the sentence; before the token stands none. */
function sentenceEnd(text: string, to: number): number {
  let end = to;
  while (text.charCodeAt(end - 1) === DOT) end--;
  return end;
}

/** Whether this is more than a word: it has a digit or a symbol in it, a capital inside, or is longer than words are. */
export function readsAsToken(text: string, from: number, to: number): boolean {
  if (to - from >= 16) return true;
  let parts = 1;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isOf(code, DIGIT)) return to - from > 1;
    if (code === 45) parts++;
    else if (!isOf(code, LETTER)) return to - from >= 4;
    else if (isOf(code, UPPER) && at > from && !isOf(text.charCodeAt(at - 1), UPPER) && text.charCodeAt(at - 1) !== 45)
      return true;
  }
  // "token-based" is a word, "my-test-token" is not.
  return parts > 2;
}

/** The end of a `user:password` in base64, or -1. */
export function basicEnd(text: string, from: number, end: number): number {
  const to = runEnd(text, from, end, BASE64);
  if (to - from < 4) return -1;
  const whole = Math.min(to, from + DECODED);
  const decoded = Buffer.from(text.slice(from, whole), "base64");
  let colon = false;
  for (const byte of decoded) {
    if (byte === 58) colon = true;
    // A name in another script has bytes above these; a word that was never base64 decodes to control characters too.
    else if (byte < 32 || byte === 127) return -1;
  }
  // Where not all was decoded, the last letter may be half of one.
  return colon && (whole < to || !decoded.toString().includes("\ufffd")) ? to : -1;
}
