import {
  AMPERSAND,
  AT,
  BACKSLASH,
  BEARER,
  COLON,
  DASH,
  DIGIT,
  LETTER,
  PERCENT,
  SEMICOLON,
  SLASH,
  SPACE,
  isOf,
  isQuote,
  runEnd,
} from "./characters.js";
import type { Found } from "./found.js";
import { take } from "./found.js";

/** Ends what can belong to a URL's authority at all. */
const OUTSIDE = new Set(Buffer.from(" \t\r\n\"'`<>\\{}|"));
/** A password with an unescaped `/`, `?` or `#` in it is looked for that far. */
const LOOK = 256;
const MOST = 8192;
/** As some encoders of JSON write them, too. */
const SLASHES = ["//", "\\/\\/"];

/** `scheme://user:password@host`; `at` is the colon. */
export function urlUserinfo(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const next = text.charCodeAt(at + 1);
  const mayBeUrl = next === SLASH || next === BACKSLASH;
  const slashes = mayBeUrl ? SLASHES.find((one) => text.startsWith(one, at + 1)) : undefined;
  if (slashes === undefined) return flagUserinfo(text, at, floor, end, found);
  if (at <= floor || !isOf(text.charCodeAt(at - 1), LETTER | DIGIT)) return false;
  const from = at + 1 + slashes.length;
  const most = Math.min(end, from + MOST);
  let colon = -1;
  let sign = -1;
  let to = from;
  for (; to < most; to++) {
    const code = text.charCodeAt(to);
    if (code === SLASH || code === 63 || code === 35 || OUTSIDE.has(code)) break;
    // `sqlserver://host:1433;password=…`
    if (code === SEMICOLON && /^;\w{1,32}=/.test(text.slice(to, to + 34))) break;
    if (code === AT) sign = to;
    else if (code === COLON && colon === -1) colon = to;
  }
  if (sign === -1 && colon !== -1 && !isPort(text, colon + 1, to))
    sign = unescapedSign(text, to, Math.min(end, to + LOOK));
  // Without a password it is a user's name (`git@`), or a token in its place.
  const hasPassword = colon !== -1 && colon + 1 < sign;
  if (!hasPassword && (sign - from < 16 || !hasDigit(text, from, sign))) return false;
  return take(found, from, sign);
}

const ESCAPED_SLASHES = /^%2F%2F/i;

/** The same in a parameter, `https%3A%2F%2Fuser%3Apassword%40host`; `at` is the percent sign of its colon. */
export function escapedUserinfo(text: string, at: number, floor: number, end: number, found: Found): boolean {
  if (at <= floor || !isOf(text.charCodeAt(at - 1), LETTER | DIGIT)) return false;
  if (!ESCAPED_SLASHES.test(text.slice(at + 3, at + 9))) return false;
  const from = at + 9;
  const most = Math.min(end, from + LOOK);
  let hasColon = false;
  let sign = -1;
  for (let to = from; to < most; to++) {
    const code = text.charCodeAt(to);
    if (code === AMPERSAND || code === SLASH || OUTSIDE.has(code)) break;
    if (code !== PERCENT) continue;
    const escaped = text.slice(to + 1, to + 3).toUpperCase();
    if (escaped === "2F" || escaped === "3F" || escaped === "23") break;
    if (escaped === "3A") hasColon ||= sign === -1;
    else if (escaped === "40") sign = to;
  }
  return hasColon && take(found, from, sign);
}

function isPort(text: string, from: number, to: number): boolean {
  return runEnd(text, from, to, DIGIT) === to;
}

function unescapedSign(text: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === AT) return at;
    if (OUTSIDE.has(code) || text.startsWith("://", at)) return -1;
  }
  return -1;
}

function hasDigit(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    if (isOf(text.charCodeAt(at), DIGIT)) return true;
  }
  return false;
}

const LONGEST_USER = 64;
const GLUED_FLAG = /^--(?:proxy-)?user=/;

/** `curl -u user:password`; `at` is the colon. A user and a group by number or by one name (`docker run -u app:app`) stay. */
function flagUserinfo(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const least = Math.max(floor, at - LONGEST_USER);
  let user = at;
  while (user > least && isOf(text.charCodeAt(user - 1), BEARER)) user--;
  const flag = user > floor && isQuote(text.charCodeAt(user - 1)) ? user - 1 : user;
  const glued = text.charCodeAt(user) === DASH ? (GLUED_FLAG.exec(text.slice(user, at))?.[0].length ?? 0) : 0;
  user += glued;
  if (user === at) return false;
  if (glued === 0 && !/ (?:-u|--user|--proxy-user)[ =]$/.test(text.slice(Math.max(floor, flag - 14), flag)))
    return false;
  let to = at + 1;
  while (to < end && text.charCodeAt(to) > SPACE && !isQuote(text.charCodeAt(to))) to++;
  const password = text.slice(at + 1, Math.min(to, at + LONGEST_USER));
  if (/^\d*$/.test(password) || password === text.slice(user, at) || password.startsWith("$")) return false;
  return take(found, at + 1, to);
}
