import { BASE64, BLANK, DASH, DIGIT, DOT, LETTER, TOKEN, UPPER, isOf, runEnd, wordBegins } from "./characters.js";
import type { Found } from "./found.js";
import { take } from "./found.js";

/** How an issuer's tokens begin, and what must follow for one to be taken for a token. */
interface Shape {
  readonly prefix: string;
  /** Where the first `-`, `_` or `.` of the prefix is. */
  readonly separator: number;
  /** How many characters of `body` must follow. */
  readonly least: number;
  readonly body: number;
}

const WORD = LETTER | DIGIT;
const shape = (least: number, body: number, ...prefixes: string[]): Shape[] =>
  prefixes.map((prefix) => ({ prefix, separator: prefix.search(/[-_.]/), least, body }));

const SHAPES: readonly Shape[] = [
  // GitHub, GitLab, npm, PyPI, RubyGems, Docker
  ...shape(20, WORD, "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_", "rubygems_"),
  ...shape(16, TOKEN, "github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-", "glagent-"),
  ...shape(16, TOKEN, "pypi-", "dckr_pat_", "dckr_oat_"),
  // Stripe, Square, Shopify, SendGrid-like
  ...shape(8, WORD, "sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_org_live_", "sk_org_test_"),
  ...shape(16, BASE64, "whsec_"),
  ...shape(20, TOKEN, "sq0atp-", "sq0csp-", "sq0idp-"),
  ...shape(24, WORD, "shpat_", "shpss_", "shpca_", "shppa_"),
  // Models: Hugging Face, Groq, xAI, Perplexity, Replicate, Together, NVIDIA, Pinecone, Tavily, LangSmith
  ...shape(20, WORD, "hf_", "gsk_", "xai-", "pplx-", "r8_"),
  ...shape(20, TOKEN, "tgp_v1_", "nvapi-", "pcsk_"),
  ...shape(16, TOKEN, "tvly-", "lsv2_pt_", "lsv2_sk_"),
  // Slack, Grafana, Linear, Sentry, Supabase, Figma, DigitalOcean
  ...shape(10, TOKEN, "xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-"),
  ...shape(24, TOKEN, "glsa_", "lin_api_", "sntrys_", "sntryu_", "sbp_", "figd_", "dop_v1_", "doo_v1_", "dor_v1_"),
  // Notion, PlanetScale, Pulumi, Postman, Brevo, New Relic, Heroku, age
  ...shape(40, WORD, "secret_", "ntn_", "pul-"),
  ...shape(24, TOKEN, "pscale_tkn_", "pscale_pw_", "pscale_oauth_", "PMAK-", "xkeysib-", "xsmtpsib-", "HRKU-"),
  ...shape(24, WORD, "NRAK-", "AGE-SECRET-KEY-"),
  // A client secret of Google's
  ...shape(20, TOKEN, "GOCSPX-"),
  // After a dot: Google's OAuth, SendGrid, HashiCorp Vault, Doppler
  ...shape(10, TOKEN, "ya29."),
  ...shape(16, TOKEN, "SG.", "hvs.", "hvb.", "hvr."),
  ...shape(36, WORD, "dp.pt.", "dp.ct.", "dp.sa."),
];

/** The shapes by the pair of characters that ends at the first `-`, `_` or `.` of the prefix. */
const BY_SEPARATOR = new Map<number, Shape[]>();
for (const one of SHAPES) {
  const at = pair(one.prefix.charCodeAt(one.separator - 1), one.prefix.charCodeAt(one.separator));
  const others = BY_SEPARATOR.get(at);
  if (others === undefined) BY_SEPARATOR.set(at, [one]);
  else others.push(one);
}

/** The pairs of characters at which {@link prefixedToken} has something to look for, as {@link pair} tells them. */
export const PREFIX_ENDS: readonly number[] = [...BY_SEPARATOR.keys()];

/** A pair of ASCII characters as one number. */
export function pair(first: number, second: number): number {
  return (first << 7) | second;
}

/** Tokens that their issuer's prefix gives away; `at` is the first `-`, `_` or `.` of it. */
export function prefixedToken(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const candidates = BY_SEPARATOR.get(pair(text.charCodeAt(at - 1), text.charCodeAt(at))) ?? [];
  for (const { prefix, separator, least, body } of candidates) {
    const from = at - separator;
    if (!text.startsWith(prefix, from) || !wordBegins(text, from, floor)) continue;
    const first = from + prefix.length;
    if (runEnd(text, first, Math.min(end, first + least), body) - first < least) continue;
    return take(found, from, dottedEnd(text, runEnd(text, first, end, body | TOKEN), end));
  }
  return false;
}

const KNOWN_KINDS = ["proj-", "ant-", "svcacct-", "admin-", "or-", "lf-", "None-", "live-", "test-"];
/** That much of a key is looked at to tell it from hyphenated words. */
const LOOK = 64;

/** `sk-…`, of OpenAI, Anthropic and those who follow them; `at` is its first hyphen. */
export function secretKey(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const from = at - 2;
  if (!text.startsWith("sk-", from) || !wordBegins(text, from, floor)) return false;
  const first = at + 1;
  const seen = runEnd(text, first, Math.min(end, first + LOOK), TOKEN);
  if (seen - first < 6 || !readsAsKey(text, first, seen)) return false;
  return take(found, from, runEnd(text, seen, end, TOKEN));
}

function readsAsKey(text: string, from: number, to: number): boolean {
  for (const kind of KNOWN_KINDS) {
    if (text.startsWith(kind, from)) return to - from >= kind.length + 6;
  }
  if (text.startsWith("learn", from)) return false;
  let segment = from;
  let digits = 0;
  let letters = 0;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (isOf(code, DIGIT)) digits++;
    else if (isOf(code, LETTER)) letters++;
    else segment = at + 1;
    if (at - segment >= 15) return true;
  }
  return digits > 0 && (letters > 0 || digits >= 8);
}

/** More of a token's header is not followed, so that many beginnings in one run stay cheap. */
const LONGEST_HEADER = 512;

/** A JSON Web Token, signed or encrypted; `at` is the `J` of `eyJ`. */
export function jsonWebToken(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const from = at - 2;
  if (text.charCodeAt(from) !== 101 || !wordBegins(text, from, floor)) return false;
  const header = runEnd(text, from, Math.min(end, from + LONGEST_HEADER), TOKEN);
  if (header - from < 8 || text.charCodeAt(header) !== DOT) return false;
  const payload = runEnd(text, header + 1, end, TOKEN);
  if (payload - header < 9 && payload < end) return false;
  if (payload < end && text.charCodeAt(payload) !== DOT && !text.startsWith("eyJ", header + 1)) return false;
  return take(found, from, dottedEnd(text, payload, end));
}

/** Where `.part.part` ends, full stops of a sentence left outside. */
function dottedEnd(text: string, from: number, end: number): number {
  let to = from;
  while (text.charCodeAt(to) === DOT) {
    const next = runEnd(text, to + 1, end, TOKEN);
    if (next === to + 1) break;
    to = next;
  }
  return to;
}

const KEY_ID_LENGTH = 20;
const ACCESS_KEY_LENGTH = 40;
/** What may stand between the two, and how much of it. */
const BETWEEN = ", \t\r\n:;|/\"'\\";
const MOST_BETWEEN = 6;

/** An AWS key id (`AKIA…`, `ASIA…`) from its third letter on, with the secret key where that stands beside it. */
export function awsKeyId(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const from = text.charCodeAt(at) === 75 ? at - 1 : at - 2;
  if (!(text.startsWith("AKIA", from) || text.startsWith("ASIA", from)) || !wordBegins(text, from, floor)) return false;
  const to = runEnd(text, from, Math.min(end, from + KEY_ID_LENGTH + 1), UPPER | DIGIT);
  if (to - from !== KEY_ID_LENGTH || isOf(text.charCodeAt(to), LETTER)) return false;
  let secret = to;
  while (secret < end && secret - to < MOST_BETWEEN && BETWEEN.includes(text.charAt(secret))) secret++;
  // `\n` of a string inside a string
  if (text.charAt(secret - 1) === "\\" && "nrt".includes(text.charAt(secret))) secret++;
  const secretEnd = runEnd(text, secret, Math.min(end, secret + ACCESS_KEY_LENGTH + 1), BASE64);
  return take(found, from, secret > to && secretEnd - secret === ACCESS_KEY_LENGTH ? secretEnd : to);
}

/** A Google API key; `at` is the `z` of `AIza`. */
export function googleKey(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const from = at - 2;
  if (!text.startsWith("AIza", from) || !wordBegins(text, from, floor)) return false;
  const to = runEnd(text, from, end, TOKEN);
  return to - from >= 30 && take(found, from, to);
}

/** A Twilio API key (`SK` and 32 hexadecimal digits); `at` is its `K`. */
export function twilioKey(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const from = at - 1;
  if (!wordBegins(text, from, floor)) return false;
  const to = runEnd(text, at + 1, Math.min(end, at + 34), LETTER | DIGIT);
  return to - at === 33 && /^[0-9a-f]+$/.test(text.slice(at + 1, to)) && take(found, from, to);
}

/** A Telegram bot's token: `123456789:AA…`; `at` is the colon. */
export function botToken(text: string, at: number, floor: number, end: number, found: Found): boolean {
  if (text.charCodeAt(at + 1) !== 65 || text.charCodeAt(at + 2) !== 65) return false;
  let from = at;
  while (from > floor && isOf(text.charCodeAt(from - 1), DIGIT)) from--;
  if (at - from < 8 || at - from > 10) return false;
  const to = runEnd(text, at + 1, end, TOKEN);
  return to - at === 36 && take(found, from, to);
}

const PEM_BEGIN = "-----BEGIN ";
const PEM_END = "-----END";

/** A private key in PEM armour, to its end or, where that was cut off, as far as it goes; `at` is the first hyphen. */
export function pemPrivateKey(text: string, at: number, _floor: number, end: number, found: Found): boolean {
  if (!text.startsWith(PEM_BEGIN, at)) return false;
  const header = text.slice(at, Math.min(end, at + 80));
  const named = header.indexOf("PRIVATE KEY");
  const closed = named < 0 ? -1 : header.indexOf("-----", named);
  if (closed < 0) return false;
  const body = at + closed + 5;
  // A body has no hyphens: what comes first is its end, or somebody else's beginning.
  const footer = text.slice(body, end).indexOf("-----");
  if (text.startsWith(PEM_END, body + footer)) {
    const dashes = body + footer + PEM_END.length;
    const close = text.slice(dashes, Math.min(end, dashes + 80)).indexOf("-----");
    return take(found, at, close < 0 ? dashes : dashes + close + 5);
  }
  let to = body;
  while (to < end && isPemBody(text, to)) to++;
  // A header without a body is somebody explaining the format.
  const cut = text.slice(body, to);
  return (/[\w+/]{24}/.test(cut) || FIRST_LINE.test(cut)) && take(found, at, to);
}

/** The line after the header, where a key was cut off so early that there is little of it. */
const FIRST_LINE = /^[ \t]*(?:[\r\n]|\\+[nr])+[ \t]*[A-Za-z\d+/]{6,}={0,2}\s*$/;

/** What a body consists of, with the lines `Proc-Type: 4,ENCRYPTED` of one that a pass phrase protects. */
function isPemBody(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === DASH) return isOf(text.charCodeAt(at - 1), WORD) && isOf(text.charCodeAt(at + 1), WORD);
  return isOf(code, BASE64 | BLANK) || code === 10 || code === 13 || code === 92 || code === 58 || code === 44;
}

const PEM_TAIL = /^-----END (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----/;
const LONGEST_TAIL = 8192;

/** The end of a private key whose beginning was cut off; `at` is the first hyphen of its last line. */
export function pemTail(text: string, at: number, floor: number, end: number, found: Found): boolean {
  if (!text.startsWith(PEM_END, at)) return false;
  const footer = PEM_TAIL.exec(text.slice(at, Math.min(end, at + 64)))?.[0];
  if (footer === undefined) return false;
  const least = Math.max(floor, at - LONGEST_TAIL);
  let from = at;
  while (from > least && isTail(text.charCodeAt(from - 1))) from--;
  return /[\w+/]{24}/.test(text.slice(from, at)) && take(found, from, at + footer.length);
}

/** Base64 and the ends of its lines, escaped too; no blank, which words have between them. */
function isTail(code: number): boolean {
  return code !== DASH && (isOf(code, BASE64) || code === 10 || code === 13 || code === 92);
}

const ENCODED_PEM = "LS0tLS1CRUdJTi";

/** A private key in PEM armour that is in base64 once more, as in a kubeconfig; `at` is the `J` of its first letters. */
export function encodedPem(text: string, at: number, floor: number, end: number, found: Found): boolean {
  const from = at - 11;
  if (!text.startsWith(ENCODED_PEM, from) || !wordBegins(text, from, floor)) return false;
  const header = Buffer.from(text.slice(from, Math.min(end, from + 64)), "base64").toString("latin1");
  return header.includes("PRIVATE KEY") && take(found, from, runEnd(text, from, end, BASE64));
}

const HOOKS = [
  "slack.com/services/",
  "slack.com/workflows/",
  "slack.com/triggers/",
  "slack-gov.com/services/",
  "com/api/webhooks/",
  "office.com/webhookb2/",
  "zapier.com/hooks/catch/",
];

/** The path of an incoming webhook is its credential; `at` is a dot in the host. */
export function webhook(text: string, at: number, _floor: number, end: number, found: Found): boolean {
  for (const hook of HOOKS) {
    if (!text.startsWith(hook, at + 1)) continue;
    const from = at + 1 + hook.length;
    let to = from;
    while (to < end && (isOf(text.charCodeAt(to), TOKEN) || "/@".includes(text.charAt(to)))) to++;
    return to - from >= 8 && take(found, from, to);
  }
  return false;
}
