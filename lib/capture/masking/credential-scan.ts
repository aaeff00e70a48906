import { byteSet, lowBytes, nextOf } from "./low-bytes.js";
import { authScheme } from "./auth-schemes.js";
import { commandFlag } from "./command-flags.js";
import type { Found } from "./found.js";
import { NamedValues, elementValue, flagValue } from "./named-values.js";
import type { SecretNames } from "./secret-names.js";
import {
  PREFIX_ENDS,
  awsKeyId,
  botToken,
  encodedPem,
  googleKey,
  jsonWebToken,
  pair,
  pemPrivateKey,
  pemTail,
  prefixedToken,
  secretKey,
  twilioKey,
  webhook,
} from "./token-shapes.js";
import { sqlPassword } from "./sql-passwords.js";
import { escapedUserinfo, urlUserinfo } from "./url-userinfo.js";

/** How far behind the wanted part of a text a credential is followed that begins within it. */
const BEYOND = 16_384;

/** How often a text in which something was masked is looked through again at most. */
const MOST_PASSES = 4;

/** A text without any of these characters has no credential. */
export const TRIGGERS: Readonly<Uint8Array> = characters(":=%-_.>JKIzBbW");

function characters(all: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let at = 0; at < all.length; at++) table[all.charCodeAt(at)] = 1;
  return table;
}

const COLON = 1;
const EQUALS = 2;
const ESCAPED = 3;
const HYPHENS = 4;
const SECRET_KEY = 5;
const PREFIX = 6;
const HOOK = 7;
const JSON_TOKEN = 8;
const KEY_ID = 9;
const TWILIO = 10;
const GOOGLE = 11;
const SCHEME = 12;
const TAG = 13;
const ENCODED_PEM = 14;
const FLAG = 15;
const SQL = 16;

/** What to look for where one character follows another: for almost all of the 16,384 pairs, nothing. */
const PAIRS = pairs();

function pairs(): Uint8Array {
  const table = new Uint8Array(128 * 128);
  const behindAll = (second: string, what: number): void => {
    const code = second.charCodeAt(0);
    for (let first = 0; first < 128; first++) table[pair(first, code)] = what;
  };
  behindAll(":", COLON);
  behindAll("=", EQUALS);
  behindAll(">", TAG);
  for (const at of PREFIX_ENDS) table[at] = PREFIX;
  const set = (first: string, second: string, what: number): void => {
    table[pair(first.charCodeAt(0), second.charCodeAt(0))] = what;
  };
  set("%", "3", ESCAPED);
  set("-", "-", HYPHENS);
  set(" ", "-", FLAG);
  set("k", "-", SECRET_KEY);
  set(".", "s", HOOK);
  set(".", "c", HOOK);
  set(".", "o", HOOK);
  set(".", "z", HOOK);
  set("y", "J", JSON_TOKEN);
  set("d", "J", ENCODED_PEM);
  set("S", "W", SQL);
  set("B", "Y", SQL);
  set("A", "K", KEY_ID);
  set("S", "I", KEY_ID);
  set("S", "K", TWILIO);
  set("I", "z", GOOGLE);
  for (const first of "Bb") {
    for (const second of "AaEe") set(first, second, SCHEME);
  }
  return table;
}

const TRIGGER_BYTES = byteSet(TRIGGERS);

/** The third letter of `bearer` and of `basic`. */
const AFTER_SCHEME = "aAsS";

/**
 * The first position from `from` on where a pair that means something may end, `stop` where there is none. Pairs are
 * told by their bytes: for almost every trigger in ordinary text there is nothing more to be asked.
 */
function nextPair(bytes: Readonly<Uint8Array>, from: number, stop: number): number {
  if (isPair(bytes, from)) return from;
  let at = from;
  while ((at = nextOf(TRIGGER_BYTES, bytes, at, stop)) < stop) {
    if (isPair(bytes, at)) return at;
    at++;
    if (isPair(bytes, at)) return at;
  }
  return stop;
}

/** Whether the pair that ends at `at` means something, were its characters ASCII. */
function isPair(bytes: Readonly<Uint8Array>, at: number): boolean {
  return at > 0 && PAIRS[pair((bytes[at - 1] ?? 0) & 127, (bytes[at] ?? 0) & 127)] !== 0;
}

/** Finds and masks credentials in a text in one pass; what it costs grows with the text's length and nothing else. */
export class CredentialScan {
  readonly #names: SecretNames;
  readonly #named: NamedValues;
  readonly #found: Found = { from: 0, to: 0, mask: "" };

  constructor(names: SecretNames) {
    this.#names = names;
    this.#named = new NamedValues(names);
  }

  /** The first `limit` characters of `text` with the credentials that begin within them masked. */
  mask(text: string, limit: number): string {
    let masked = this.#pass(text, limit);
    if (masked === undefined) return limit < text.length ? text.slice(0, limit) : text;
    // A mask in the middle of something can be what shows that something for a credential too.
    for (let more = 0; more < MOST_PASSES; more++) {
      const again = this.#pass(masked, masked.length);
      if (again === undefined || again === masked) break;
      masked = again;
    }
    return masked;
  }

  /** @returns `undefined` where there is nothing to be masked */
  #pass(text: string, limit: number): string | undefined {
    const stop = Math.min(text.length, limit);
    const end = Math.min(text.length, stop + BEYOND);
    const found = this.#found;
    const bytes = lowBytes(text, stop);
    let masked: string | undefined;
    let done = 0;
    let before = 0;
    for (let at = 0; at < stop; at++) {
      if (bytes !== undefined) {
        at = nextPair(bytes, at, stop);
        if (at === stop) break;
        before = at > done ? text.charCodeAt(at - 1) : 0;
      }
      const code = text.charCodeAt(at);
      const what = code < 128 ? PAIRS[pair(before < 128 ? before : 0, code)] : 0;
      before = code;
      if (what === 0 || !this.#look(what, text, at, done, end)) continue;
      if (found.from >= stop) break;
      masked = (masked ?? "") + text.slice(done, found.from) + found.mask;
      done = found.to;
      at = done - 1;
      before = 0;
    }
    return masked === undefined || done >= stop ? masked : masked + text.slice(done, stop);
  }

  /** Looks around the pair of characters that ends at `at`. */
  #look(what: number | undefined, text: string, at: number, floor: number, end: number): boolean {
    const found = this.#found;
    switch (what) {
      case COLON:
        return (
          urlUserinfo(text, at, floor, end, found) ||
          botToken(text, at, floor, end, found) ||
          this.#named.find(text, at, floor, end, found)
        );
      case EQUALS:
        return this.#named.find(text, at, floor, end, found);
      case ESCAPED:
        return (
          "DdAa".includes(text.charAt(at + 1)) &&
          (escapedUserinfo(text, at - 1, floor, end, found) || this.#named.find(text, at - 1, floor, end, found))
        );
      case HYPHENS:
        return (
          pemPrivateKey(text, at - 1, floor, end, found) ||
          pemTail(text, at - 1, floor, end, found) ||
          flagValue(text, at - 1, floor, end, this.#names, found)
        );
      case FLAG:
        return commandFlag(text, at, floor, end, found);
      case SQL:
        return sqlPassword(text, at, floor, end, found);
      case ENCODED_PEM:
        return encodedPem(text, at, floor, end, found);
      case SECRET_KEY:
        return secretKey(text, at, floor, end, found);
      case PREFIX:
        return prefixedToken(text, at, floor, end, found);
      case HOOK:
        return webhook(text, at - 1, floor, end, found);
      case JSON_TOKEN:
        return jsonWebToken(text, at, floor, end, found);
      case KEY_ID:
        return awsKeyId(text, at, floor, end, found);
      case TWILIO:
        return twilioKey(text, at, floor, end, found);
      case GOOGLE:
        return googleKey(text, at, floor, end, found);
      case TAG:
        return elementValue(text, at, floor, end, this.#names, found);
      default:
        // "be" and "ba" are in every sentence, "bea" and "bas" are not.
        return AFTER_SCHEME.includes(text.charAt(at + 1)) && authScheme(text, at - 1, floor, end, found);
    }
  }
}
