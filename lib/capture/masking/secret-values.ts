import { MASK } from "../bounds.js";

/** What stands after `password:` in code, schemas and forms without being one. */
const NO_VALUES = new Set(
  (
    "true false null none nil undefined nan void never string str text number int integer float double boolean bool " +
    "bytes object array list dict map any unknown date char varchar uuid optional required readonly nullable secretstr " +
    "field column await new function async return typeof keyof unique yes no on off enabled disabled empty missing " +
    "invalid valid expired redacted masked hidden include omit same-origin default bearer basic digest n/a tbd"
  ).split(" "),
);
/** A placeholder: `<name>`, `${NAME}`, `{{name}}`, `$NAME`, `%NAME%`, `***`, `xxxx`, `...`, `sk-...`, `your-key`. */
const PLACEHOLDER =
  /^(?:<|\$\{|\$\(|\$[a-z_]{1,64}(?:$|\W)|\{\{|\{[\w.]{0,64}\}?$|%[\w(]|%$|[*\u2022.\u2026_-]{3,}$|x{3,64}$|(?:your|my|the|insert|paste|enter|example)[-_ ]?[a-z]{0,16}[-_ ]|[a-z]{1,8}[-_](?:$|\.{2,3}$|\u2026)|\[redacted)/i;
/** A reference: `process.env.KEY`, `config.apiKey`, `user.password`, `getToken(…)`, `os.environ[…]`, `await …`. */
const REFERENCE =
  /^(?:[a-z_$]{1,40}(?:(?:\?\.|\.|->|::)[a-z_$]{1,40}){1,8}(?:[([,;?|&)]|$)|[a-z_$][\w$.]{0,64}[[(](?!\d)|\(\(?(?:[)\w]|\s|$)|&[a-z])/i;
const PATH = /^(?:\.{0,2}\/|~\/?|[a-z]:\\|[a-z][a-z+.-]{1,12}:\/\/)/i;
const SMALL_NUMBER = /^(?:[\d.,:%/+-]{1,3}$|\d{1,3}[-.,:/%]\d{0,4}$)/;
const SOMETHING_ELSE = new RegExp(
  [PLACEHOLDER, REFERENCE, PATH, SMALL_NUMBER].map(({ source }) => source).join("|"),
  "i",
);
/** A word, with a hyphen or an apostrophe inside, and signs of a sentence behind it. */
const WORD =
  /^(?:\p{Lu}?[\p{Ll}\p{Lo}]{0,64}|\p{Lu}{1,64})(?:[-'\u2019/](?:\p{L}?[\p{Ll}\p{Lo}]{1,64}|\p{Lu}{1,64})){0,4}[.,;:!?)\]\u2026]{0,3}$/u;

/** Whether a value is no secret but says what one is, or where: a type, a placeholder, a reference, a path, a count. */
export function standsForSomethingElse(value: string): boolean {
  if (value.length <= 12 && NO_VALUES.has(value.toLowerCase())) return true;
  return SOMETHING_ELSE.test(value);
}

/** Whether a value is a word as sentences and programs have them. */
export function isWord(value: string): boolean {
  return value.length <= 40 && (WORD.test(value) || (/^[A-Za-z]{1,40}$/.test(value) && !isRandomCase(value)));
}

/** What a value looks like shows in so many characters. */
const JUDGED = 256;
/** Where letters and digits take turns; where a part begins as within `camelCase`. */
const TURNS = /(?<=\d)[A-Za-z]|(?<=[A-Za-z])\d/g;
const HUMPS = /(?<=[a-z])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/**
 * Whether a value looks like a secret: no blanks, and enough of it in pieces that no word, number or version has, where
 * letters and digits or small and capital letters take turns.
 */
export function looksSecret(value: string, least: number): boolean {
  const begun = value.slice(0, JUDGED);
  if (begun.length < least || !/[A-Z0-9]/.test(begun) || /[^\x21-\x7e]/.test(begun)) return false;
  let mixed = 0;
  for (const piece of begun.split(/[^A-Za-z0-9]/)) if (isMixed(piece)) mixed += piece.length;
  return mixed >= Math.min(least, 16) - 2 && !standsForSomethingElse(begun);
}

function isMixed(piece: string): boolean {
  if (piece.length < 4) return false;
  const turns = count(piece, TURNS);
  if (turns >= 2) return true;
  const humps = piece.length < 8 ? 0 : count(piece, HUMPS);
  return humps >= 2 && (humps + 2 * turns) * 5 >= piece.length;
}

/** Small and capital letters without the order of `camelCase`. */
function isRandomCase(piece: string): boolean {
  return piece.length >= 8 && count(piece, HUMPS) * 5 >= piece.length;
}

/** Whether this is `user:password` in base64. */
function isLogin(value: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{4,4096}={0,2}$/.test(value)) return false;
  const decoded = Buffer.from(value, "base64").toString("utf8");
  return decoded.includes(":") && /^[^\p{Cc}\ufffd]{1,4096}$/u.test(decoded);
}

/** The forms of `Authorization`: a scheme and a credential, or a credential alone. */
const SCHEME =
  /^(?:bearer|basic|digest|token|api-?key|negotiate|ntlm|ssws|key|genie-?key|splunk|hawk|oauth|aws4-[\w-]{1,24}|bot|jwt) {1,4}(?=\S)/i;
const OTHER_SCHEME = /^[A-Za-z][\w-]{1,23} {1,4}(?=\S{1,8192}$)/;

function isAuthorization(value: string): boolean {
  const credential = value.replace(SCHEME, "");
  if (PLACEHOLDER.test(credential)) return false;
  return credential === value ? looksSecret(value.replace(OTHER_SCHEME, ""), 8) : !isWord(credential);
}

/** What a value must be to be masked, for all rules. A mask is masked by none of them. */
export const CHECKS = {
  any: () => true,
  /** No folder, no exit code. */
  path: (value) => !PATH.test(value) && !/^\d{1,3}$/.test(value),
  /** What looks like a secret: no word, no name, no path. */
  mixed: (value) => looksSecret(value, 8),
  long: (value) => looksSecret(value, 16),
  /** What looks random: ten characters that do, or twenty without a sign of which one is a digit. */
  random: (value) => looksSecret(value, 12) || /(?=[A-Za-z]{0,64}\d)[A-Za-z0-9]{20}/.test(value),
  /** No word of a sentence, and nothing that stands for something else. */
  nonword: (value) => !isWord(value) && !standsForSomethingElse(value),
  /** An item of a list behind a secret name: no word, no other name. */
  listed: (value) =>
    /^(?=\S{0,8192}\d)(?=[\d.,-]{0,8192}[^\d.,-])\S{4,8192}$/.test(value) && !standsForSomethingElse(value),
  /** What follows "the password is" and is no word of a sentence. */
  sentence: (value) => /\d|[!@#%^&*+=]/.test(value) && /[A-Za-z]/.test(value) && !standsForSomethingElse(value),
  /** What follows `Bearer` and is a token: longer than words are, or with a digit, a sign or a capital inside. */
  bearer: (value) =>
    !/^[<${%*]/.test(value) && (value.length >= 16 || /\d|[~+/=|_%]|[a-z][A-Z]|^[^-]{1,16}-[^-]{1,16}-/.test(value)),
  authorization: isAuthorization,
  cookie: (value) => /^[\w.%-]{1,64}=[^\s;]{1,4096}/.test(value),
  login: isLogin,
  /** A private part of a JSON Web Key. */
  jwk: (value) => /^[\w-]{20,4096}$/.test(value),
} as const satisfies Record<string, (value: string) => boolean>;

export type Check = keyof typeof CHECKS;

/** Whether a value is masked where it must be of this kind. Headers hold nothing but what their name says. */
export function isSecret(check: Check, value: string, isHeader = false): boolean {
  if (value === "" || value.startsWith(MASK)) return false;
  if (isHeader && check === "cookie") return true;
  if (isHeader && check === "authorization") return !PLACEHOLDER.test(value.replace(SCHEME, ""));
  return CHECKS[check](value);
}

/** Whether a value under a name of this kind is masked whatever it looks like. */
export function isStrong(check: Check): boolean {
  return check === "any" || check === "path";
}
