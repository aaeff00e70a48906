import { bareEnd } from "./bare-end.js";
import {
  APOSTROPHE,
  BACKSLASH,
  BACKTICK,
  BLANK,
  DIGIT,
  DOUBLE_QUOTE,
  EQUALS,
  LETTER,
  NAME,
  SPACE,
  TOKEN,
  isOf,
  runEnd,
} from "./characters.js";
import type { Found } from "./found.js";
import { take } from "./found.js";
import { MASK } from "./marks.js";
import { isNoValue, isOrdinaryValue, isSentence, wordsEnd } from "./ordinary-values.js";

/** `name=value; name=value` to the end of its line or of the string around it. */
export function cookieValue(text: string, from: number, end: number, found: Found): boolean {
  const name = runEnd(text, from, end, NAME);
  if (name === from || text.charCodeAt(name) !== EQUALS) return false;
  return take(found, from, restOfLine(text, from, end));
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
  while (isOf(text.charCodeAt(at - 1), BLANK)) at--;
  return at;
}

/** The end of a scheme's name where a credential follows it, or `from`. */
export function schemeEnd(text: string, from: number, end: number): number {
  const to = runEnd(text, from, Math.min(end, from + 24), LETTER | DIGIT | TOKEN);
  const isScheme = isOf(text.charCodeAt(to), BLANK) && isOf(text.charCodeAt(from), LETTER);
  return isScheme && (/^(?:bearer|basic|digest)$/i.test(text.slice(from, to)) || !isNoValue(text, from, to))
    ? to
    : from;
}

const SINGLE = /^(?:bearer|basic|token|key|apikey|api-key|genie-?key|negotiate|ntlm|splunk|sso-key|bot|jwt)$/i;

export function credentialAfterScheme(text: string, from: number, scheme: number, end: number, found: Found): boolean {
  const begin = runEnd(text, scheme, end, BLANK);
  if (text.startsWith(MASK, begin)) return false;
  const name = text.slice(from, scheme);
  if (SINGLE.test(name)) {
    const to = bareEnd(text, begin, end, true);
    if (isOrdinaryValue(text, begin, to)) return false;
    const words = wordsEnd(text, begin, end);
    return !(words >= to && isSentence(text, begin, words)) && take(found, begin, to);
  }
  const words = wordsEnd(text, from, end);
  if (words > scheme && isSentence(text, from, words)) return false;
  if (words > scheme && words === wordsEnd(text, begin, end)) return take(found, from, words);
  // A name with a digit in it may be the credential itself.
  const isName = !/\d/.test(name) || /^AWS4-/i.test(name);
  return take(found, isName ? begin : from, restOfLine(text, begin, end));
}
