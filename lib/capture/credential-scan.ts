import { authScheme } from "./auth-schemes.js";
import type { Found } from "./found.js";
import { NamedValues, elementValue, flagValue } from "./named-values.js";
import type { SecretNames } from "./secret-names.js";
import {
  awsKeyId,
  botToken,
  googleKey,
  jsonWebToken,
  pemPrivateKey,
  prefixedToken,
  secretKey,
  twilioKey,
  webhook,
} from "./token-shapes.js";
import { urlUserinfo } from "./url-userinfo.js";

/** How far behind the wanted part of a text a credential is followed that begins within it. */
const BEYOND = 16_384;

/** The characters at which something may be found, each with what to look for. A text without any of them has no credential. */
export const TRIGGERS: Readonly<Uint8Array> = triggers(":=%-_.>JKIzBb");

function triggers(characters: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let at = 0; at < characters.length; at++) table[characters.charCodeAt(at)] = 1;
  return table;
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
    const stop = Math.min(text.length, limit);
    const end = Math.min(text.length, stop + BEYOND);
    const found = this.#found;
    let masked = "";
    let done = 0;
    for (let at = 0; at < stop; at++) {
      const code = text.charCodeAt(at);
      if (code >= 128 || TRIGGERS[code] === 0) continue;
      if (!this.#look(code, text, at, done, end)) continue;
      if (found.from >= stop) break;
      masked += text.slice(done, found.from) + found.mask;
      done = found.to;
      at = done - 1;
    }
    if (done === 0) return stop === text.length ? text : text.slice(0, stop);
    return done < stop ? masked + text.slice(done, stop) : masked;
  }

  #look(code: number, text: string, at: number, floor: number, end: number): boolean {
    const found = this.#found;
    switch (code) {
      case 58: // :
        return (
          urlUserinfo(text, at, floor, end, found) ||
          botToken(text, at, floor, end, found) ||
          this.#named.find(text, at, floor, end, found)
        );
      case 61: // =
        return this.#named.find(text, at, floor, end, found);
      case 37: // %3D, %3A
        return (
          text.charCodeAt(at + 1) === 51 &&
          "DdAa".includes(text.charAt(at + 2)) &&
          this.#named.find(text, at, floor, end, found)
        );
      case 45: // -
        return (
          secretKey(text, at, floor, end, found) ||
          prefixedToken(text, at, floor, end, found) ||
          pemPrivateKey(text, at, floor, end, found) ||
          flagValue(text, at, floor, end, this.#names, found)
        );
      case 95: // _
        return prefixedToken(text, at, floor, end, found);
      case 46: // .
        return prefixedToken(text, at, floor, end, found) || webhook(text, at, floor, end, found);
      case 62: // >
        return elementValue(text, at, floor, end, this.#names, found);
      case 74: // J
        return jsonWebToken(text, at, floor, end, found);
      case 75: // K
        return awsKeyId(text, at, floor, end, found) || twilioKey(text, at, floor, end, found);
      case 73: // I
        return awsKeyId(text, at, floor, end, found);
      case 122: // z
        return googleKey(text, at, floor, end, found);
      default:
        return authScheme(text, at, floor, end, found);
    }
  }
}
