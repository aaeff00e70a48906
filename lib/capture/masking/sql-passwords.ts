import { APOSTROPHE, SPACE, wordBegins } from "./characters.js";
import type { Found } from "./found.js";
import { take } from "./found.js";

const LONGEST = 256;
const PASSWORD = "PASSWORD";
const IDENTIFIED_BY = "IDENTIFIED BY";

/** `PASSWORD 'secret'`, `IDENTIFIED BY 'secret'`; `at` is the `W`, or the `Y`. */
export function sqlPassword(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const isBy = text.charCodeAt(at) === 89;
  const word = isBy ? IDENTIFIED_BY : PASSWORD;
  const from = isBy ? at - 12 : at - 4;
  if (from < floor || !text.startsWith(word, from) || !wordBegins(text, from, floor)) return false;
  let opening = from + word.length;
  while (opening < end && opening - from < 24 && (text.charCodeAt(opening) === SPACE || text.charAt(opening) === "("))
    opening++;
  if (text.charCodeAt(opening) !== APOSTROPHE) return false;
  // The apostrophe of `'DB_PASSWORD', 'b'` closes.
  if (opening === from + word.length && text.charCodeAt(from - 1) !== SPACE) return false;
  const value = opening + 1;
  const most = Math.min(end, value + LONGEST);
  let to = value;
  // Two apostrophes stand for one inside.
  while (to < most && (text.charCodeAt(to) !== APOSTROPHE || text.charCodeAt(to + 1) === APOSTROPHE))
    to += text.charCodeAt(to) === APOSTROPHE ? 2 : 1;
  to = Math.min(to, end);
  return take(found, value, to);
}
