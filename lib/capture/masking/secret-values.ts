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
  if (begun.length < least || /^[a-z]{1,256}$|[^\x21-\x7e]/.test(begun) || standsForSomethingElse(begun)) return false;
  let mixed = 0;
  for (const piece of begun.split(/[^A-Za-z0-9]/)) if (isMixed(piece)) mixed += piece.length;
  return mixed >= Math.min(least, 16) - 2;
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
export function isLogin(value: string): boolean {
  if (!/^[A-Za-z0-9+/_-]{4,4096}={0,2}$/.test(value)) return false;
  const decoded = Buffer.from(value, "base64").toString("utf8");
  return decoded.includes(":") && /^[^\p{Cc}\ufffd]{1,4096}$/u.test(decoded);
}

/** Whether what follows `Bearer` is a token: it has a digit or a sign in it, a capital inside, or is longer than words are. */
export function isBearer(value: string): boolean {
  if (/^(?:[<${%*]|\[redacted)/.test(value)) return false;
  return value.length >= 16 || /\d|[~+/=|_%]|[a-z][A-Z]|^[^-]{1,16}-[^-]{1,16}-/.test(value);
}

/** What a value must be to be masked under the name of a field. */
export type FieldKind = "any" | "path" | "mixed" | "long" | "authorization" | "cookie" | "login" | "jwk";

/** Whether a value under a name of this kind is masked whatever it looks like. */
export function isStrong(kind: FieldKind): boolean {
  return kind === "any" || kind === "path";
}

/** Forms of `Authorization`: a scheme and a credential, or a credential alone. */
const SCHEME =
  /^(?:bearer|basic|digest|token|api-?key|negotiate|ntlm|ssws|key|genie-?key|splunk|hawk|oauth|aws4-[\w-]{1,24}|bot|jwt) {1,4}\S/i;

/** Whether a value under the name of a field of this kind is masked. */
export function isHidden(kind: FieldKind, value: string, isHeader = false): boolean {
  if (value === "" || value.startsWith("[redacted]")) return false;
  switch (kind) {
    case "any":
      return true;
    case "path":
      return !PATH.test(value) && !/^\d{1,3}$/.test(value);
    case "mixed":
      return looksSecret(value, 8);
    case "long":
      return looksSecret(value, 16);
    case "authorization": {
      const scheme = SCHEME.exec(value)?.[0].length ?? 0;
      const credential =
        scheme === 0 ? value.replace(/^[A-Za-z][\w-]{1,23} {1,4}(?=\S{1,8192}$)/, "") : value.slice(scheme - 1);
      return (
        (isHeader || looksSecret(credential, 8) || (scheme > 0 && !isWord(credential))) && !PLACEHOLDER.test(credential)
      );
    }
    case "cookie":
      return isHeader || /^[\w.%-]{1,64}=[^\s;]{1,4096}/.test(value);
    case "login":
      return isLogin(value);
    case "jwk":
      return /^[\w-]{20,4096}$/.test(value);
  }
}
