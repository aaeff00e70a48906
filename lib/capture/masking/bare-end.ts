import {
  AMPERSAND,
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  EQUALS,
  GREATER,
  LESS,
  NAME,
  OPEN_BRACKET,
  PERCENT,
  SEMICOLON,
  SPACE,
  isQuote,
  runEnd,
} from "./characters.js";
import { MASK } from "./marks.js";
import { LONGEST_NAME } from "./name-before.js";

/** The end of a value without quotes. */
export function bareEnd(text: string, from: number, end: number, isAssigned: boolean): number {
  let at = from;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code <= SPACE || isQuote(code) || code === LESS || code === 0xa0) break;
    if (code === BACKSLASH && `nrtu"'\\`.includes(text.charAt(at + 1))) break;
    if (code === PERCENT && text.startsWith("26", at + 1)) break;
    if (code === OPEN_BRACKET && text.startsWith(MASK, at)) at += MASK.length - 1;
    else if (isDelimiter(code) && endsHere(text, at, end, isAssigned)) break;
  }
  // What ends a sentence is not part of the value.
  if (at >= end || text.charCodeAt(at) <= SPACE || isQuote(text.charCodeAt(at))) {
    while (at > from && ".!?:".includes(text.charAt(at - 1))) at--;
  }
  return at;
}

function isDelimiter(code: number): boolean {
  return (
    code === COMMA ||
    code === SEMICOLON ||
    code === AMPERSAND ||
    code === 41 ||
    code === CLOSE_BRACKET ||
    code === CLOSE_BRACE ||
    code === GREATER
  );
}

/**
 * Whether a `,`, `;`, `&` or bracket ends the value: it does where nothing follows, or another `name=`; inside a
 * password it is followed by the rest of it.
 */
function endsHere(text: string, at: number, end: number, isAssigned: boolean): boolean {
  const next = at + 1;
  const name = runEnd(text, next, Math.min(end, next + LONGEST_NAME), NAME);
  if (name === next) return true;
  const code = text.charCodeAt(name);
  if (code === EQUALS || code === COLON || name >= end) return true;
  // `Shared Access Key=`
  return isAssigned && /^ [\w .-]{0,40}=/.test(text.slice(name, name + 48));
}
