import { DIGIT, LETTER, UPPER, isOf } from "./characters.js";

const list = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** What stands after `password:` in code, in schemas and in forms without being one. */
const NO_VALUES = list(
  "true false null none nil undefined nan void never string str text number int int32 int64 integer float double decimal " +
    "bool boolean bytes byte object array list dict map any unknown date char varchar uuid optional required readonly " +
    "nullable secretstr field column await new function async return typeof keyof unique yes no on off enabled disabled empty missing " +
    "invalid valid expired redacted masked hidden include omit same-origin default bearer basic digest",
);

/** Words that sentences are made of: where one follows, `password: …` was the subject of a sentence. */
const SENTENCE_WORDS = list(
  "a an the this that these those it its he she we you i they your our my their his her is are was were be been being am " +
    "must should shall can could may might will would cannot do does did not to of in on at by for from with without " +
    "about into over under as if when where which who what why how and or but than then so because please click enter " +
    "type choose use see set keep change reset forgot provide create make sure only at least minimum maximum up any some " +
    "all each every more less most there here no never always also too very has have had required optional",
);

/** How many words of a value are looked at. */
const LONGEST_NO_VALUE = 11;
const MOST_WORDS = 8;
const LONGEST_WORD = 32;

/** Whether a value is a type, a literal, a placeholder or an expression of a program. */
export function isOrdinaryValue(text: string, from: number, to: number): boolean {
  const first = text.charCodeAt(from);
  if (isNoValue(text, from, to)) return true;
  // A function's parameters
  if (first === 40) return PARAMETERS.test(text.slice(from, from + LONGEST_PATH));
  if (first === 42 || first === 8226 || ((first | 32) === 120 && to - from >= 3))
    return isRepeated(text, from, to, first);
  // $NAME, ${NAME}, {{name}}, <name>, %NAME%, %(name)s
  if (first === 36) return text.charCodeAt(from + 1) === 123 || isRun(text, from + 1, to, UPPER | DIGIT, "_");
  if (first === 123)
    return text.charCodeAt(from + 1) === 123 || /^\{[A-Za-z_.]*\}?$/.test(text.slice(from, Math.min(to, from + 64)));
  if (first === 37)
    return text.charCodeAt(from + 1) === 40 || to - from <= 2 || isRun(text, from + 1, to - 1, UPPER | DIGIT, "_");
  return isExpression(text, from, to);
}

export function isNoValue(text: string, from: number, to: number): boolean {
  return to - from <= LONGEST_NO_VALUE && NO_VALUES.has(text.slice(from, to).toLowerCase());
}

function isRepeated(text: string, from: number, to: number, code: number): boolean {
  for (let at = from; at < to; at++) {
    if (text.charCodeAt(at) !== code) return false;
  }
  return true;
}

function isRun(text: string, from: number, to: number, classes: number, others: string): boolean {
  for (let at = from; at < to; at++) {
    if (!isOf(text.charCodeAt(at), classes) && !others.includes(text.charAt(at))) return false;
  }
  return true;
}

const ROOTS = list(
  "process env os self this config settings options opts props params args req request ctx context import secrets vault conf cfg getpass sys app z t Type types",
);

/** `process.env.KEY`, `os.environ["KEY"]`, `vault.read(name)`, `user.password`: a path from a known root or to a secret, a call. */
function isExpression(text: string, from: number, to: number): boolean {
  const path = PATH.exec(text.slice(from, Math.min(to, from + LONGEST_PATH)))?.[0];
  if (path === undefined) return false;
  const at = from + path.length;
  if (at < to && "([".includes(text.charAt(at))) return !isOf(text.charCodeAt(at + 1), DIGIT);
  if (!/[.?]/.test(path)) return false;
  return ROOTS.has(path.slice(0, path.search(/\W/))) || (at === to && TO_SECRET.test(path));
}

const LONGEST_PATH = 96;
const PARAMETERS = /^\(\(?(?:\)|\w+\??[:,]|\w+\) =>|(?:await|typeof|new)\b|\s|$)/;
const PATH = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)*/;
/** Where a secret is, not what it is. */
const TO_SECRET = /(?:password|token|secret|key|pwd|cookies?|creds|credentials?|authorization)$/i;
/** A type or a variable: letters, in parts. */
const IDENTIFIER = /^[A-Za-z_$]+(?:\.[A-Za-z_$]+)*$/;

/**
 * Whether what follows shows that a value of letters is a type (`key: KeyObject;`, `token: ts.Node | …`) or a variable
 * (`key = provider ? …`, `token = found;`) of a program.
 */
export function isCode(text: string, from: number, to: number, isAssigned: boolean): boolean {
  if (to - from > LONGEST_PATH || !IDENTIFIER.test(text.slice(from, to))) return false;
  if (!isAssigned && !/(?:^|\.)[A-Z]\w*[a-z]/.test(text.slice(from, to))) return false;
  const after = text.slice(to, to + 4);
  return isAssigned ? /^(?:[;)]| [?|&] ?| \?\?| \|\|| &&)/.test(after) : /^(?:[;)<[]| \| | = )/.test(after);
}

/** The end of the words that begin at `from`, each of letters (a hyphen or an apostrophe inside), one space apart. */
export function wordsEnd(text: string, from: number, end: number): number {
  let to = from;
  for (let count = 0; count < MOST_WORDS; count++) {
    const begin = count === 0 ? from : to + 1;
    if (count > 0 && text.charCodeAt(to) !== 32) break;
    const word = wordEnd(text, begin, end);
    if (word === begin) break;
    to = word;
  }
  return to;
}

/** The end of a word of letters, or `from` where none stands or something else than the end of a word follows. */
function wordEnd(text: string, from: number, end: number): number {
  const most = Math.min(end, from + LONGEST_WORD);
  let at = from;
  for (; at < most; at++) {
    const code = text.charCodeAt(at);
    if (isOf(code, LETTER) || code > 191) continue;
    if ((code === 45 || code === 39 || code === 8217) && at > from && isOf(text.charCodeAt(at + 1), LETTER)) continue;
    break;
  }
  if (at === end || " \t\r\n.,;:!?)]}\"'`\\<|".includes(text.charAt(at))) return at;
  return from;
}

/** Whether the words from `from` to `to` are part of a sentence rather than a pass phrase. */
export function isSentence(text: string, from: number, to: number): boolean {
  return text
    .slice(from, to)
    .toLowerCase()
    .split(" ")
    .some((word) => SENTENCE_WORDS.has(word));
}
