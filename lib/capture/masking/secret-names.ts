import { isOf, DIGIT, LETTER } from "./characters.js";

/**
 * What a name says about the value under it: nothing; that it may be secret, by a word that people also use for other
 * things (`token`, `secret`), so that in running text the value must look the part; or that it is.
 */
export type Secrecy = 0 | 1 | 2;
export const NOT_SECRET = 0;
export const MAYBE_SECRET = 1;
export const SECRET = 2;

/** More of a name is not looked at: its last words decide. */
const LONGEST_NAME = 64;
/** A name of the user's that is longer is not looked for in a longer text. */
const MOST_OF_OWN = 256;
/** In running text a name of the user's has at most that many words. */
const MOST_WORDS = 4;
/** That many digits and signs may follow the last letter of a name: `password_2`, `user[token]`. */
const MOST_AFTER = 8;

const list = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Last words that need no other. */
const SECRETS = list(
  "password passwords passwd pwd passphrase passphrases passcode authorization setcookie proxyauthorization " +
    "apikey apikeys apitoken apisecret accesskey secretkey privatekey authkey clientsecret appsecret " +
    "accesstoken authtoken refreshtoken idtoken sessiontoken bearertoken bottoken usertoken csrftoken xsrftoken " +
    "accountkey sharedaccesskey sharedaccesssignature",
);
/** Last words that people also use for other things. */
const WORDS = list("secret secrets token cookie cookies credential credentials creds pass jwt bearer");
/** What makes a `…_key` secret. A primary, public, cache or sort key is none. */
const KEYS = list(
  "api secret private access account shared signing encryption encrypt decryption master storage subscription consumer " +
    "app application deploy ssh service license webhook admin hmac aes rsa auth security function session " +
    "openai anthropic azure aws gemini groq mistral cohere together stripe github slack sendgrid twilio respan",
);
/** What is secret in the plural too. */
const MANY_KEYS = list("api secret private access encryption signing ssh");
/** What makes an ordinary word before it, written with a space, more than one: `access token`, `client secret`. */
const OWNERS = list(
  "access refresh api auth bearer client app session id security oauth csrf xsrf bot consumer webhook user personal",
);
/** Tokens that are no credential: of a page, a vocabulary, a count. */
const PLAIN_TOKENS = list(
  "page next continuation pagination sync cursor stop eos pad bos unk mask sep cls special first last per by start end " +
    "begin max min prev previous each output input prompt completion single",
);
/** What turns `pass` into a password; alone it is one only as a key of its own. */
const PASSES = list("db database smtp mysql pg postgres redis mongo ftp admin root user auth email mail proxy login");
/** What makes a phrase a secret. */
const PHRASES = list("pass seed recovery secret");
/** What a name may add after the word that decides: `password_hash`, `API_KEY_PROD`. */
const ENDINGS = list(
  "value hash digest header confirmation confirm again repeat plain plaintext pem encrypted prod production " +
    "staging dev live old new current backup primary secondary " +
    // The words of `v2`, `base64` and `b64`, and of Rails' `secret_key_base`.
    "v base b",
);
/** Of a name that is longer than this an engine keeps the whole text that it was taken from. */
const LONGEST_KNOWN = 12;
const MOST_KNOWN = 256;
const PATH = /^(?:\.{0,2}\/|@[\w-]+\/|node_modules\/)/;
const RUN_TOGETHER =
  /(?:password|passwd|passphrase|apikey|secretkey|privatekey|clientsecret|accesstoken|refreshtoken|authtoken)$/;
const OTHER_LETTERS = /[^\0-\x7f]/;
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\0-\x7f]+/g;

/** Says of names of object keys, variables, headers and parameters whether their values are secret. */
export class SecretNames {
  readonly #own: ReadonlySet<string>;
  /** The last three letters of every name that could be secret, so that most names cost one look. */
  readonly #endings = new Uint8Array(32 * 32 * 32);
  /** What was said of names lately: of `content` and the like again and again. */
  readonly #known = new Map<string, Secrecy>();
  /** Whether some name of the user's is too short for that, or written with other letters. */
  #anyEnding = false;
  /** Whether some name of the user's has other letters than ASCII's. */
  readonly hasOtherLetters: boolean;

  /** @param own Names of the user's, in any case and naming style; the whole name has to be the same. */
  constructor(own: readonly string[] = []) {
    this.#own = new Set(own.map(runTogether));
    this.hasOtherLetters = own.some((name) => OTHER_LETTERS.test(name));
    for (const words of [SECRETS, WORDS, ENDINGS]) {
      for (const word of words) this.#markEnding(word);
    }
    for (const word of [
      "accesskeyid",
      "tokens",
      "sig",
      "auth",
      // What stands before a short last word: access_key_id, api_key_v2, token-v1, apiKeyB64.
      "_id",
      "-id",
      ...["rd", "en", "et", "ey"].flatMap((end) => ["_v", "-v", "v", "_b", "-b", "b"].map((last) => end + last)),
    ])
      this.#markEnding(word);
    for (const name of this.#own) {
      const letters = name.replace(/\d+$/, "");
      if (/[a-z]{3}$/.test(letters)) this.#markEnding(letters);
      else this.#anyEnding = true;
    }
  }

  secrecy(name: string): Secrecy {
    if (!this.mayEnd(name, name.length)) return NOT_SECRET;
    if (name.length > LONGEST_KNOWN) return this.#judged(name);
    let secrecy = this.#known.get(name);
    if (secrecy === undefined) {
      if (this.#known.size === MOST_KNOWN) this.#known.clear();
      this.#known.set(name, (secrecy = this.#judged(name)));
    }
    return secrecy;
  }

  #judged(name: string): Secrecy {
    if (this.#own.size > 0 && this.isOwn(name)) return SECRET;
    if (name.endsWith("_auth") && !/[a-z]_auth$/i.test(name)) return SECRET;
    // A route (`/api/token`), a package (`@scope/password`), the outcome of a test (`PASS`).
    if (PATH.test(name) || name === "PASS") return NOT_SECRET;
    // Of "the access token" the words before the last space are only its owners.
    const tail = name.slice(-LONGEST_NAME);
    const space = tail.trimEnd().lastIndexOf(" ");
    const words = wordsOf(tail.slice(space + 1));
    let last = words.length - 1;
    while (isEnding(words[last] ?? "")) last--;
    const before = last > 0 ? words[last - 1] : space < 0 ? undefined : wordsOf(tail.slice(0, space)).at(-1);
    return secrecyOf(words[last] ?? "", before ?? "", last > 0, words[last - 2]);
  }

  /** Whether a name that ends before `to` could be secret at all; most cannot, by their last three letters. */
  mayEnd(text: string, to: number): boolean {
    if (this.#anyEnding) return true;
    let at = to;
    while (to - at < MOST_AFTER && !isOf(text.charCodeAt(at - 1), LETTER)) at--;
    const third = text.charCodeAt(at - 1);
    const second = text.charCodeAt(at - 2);
    const first = text.charCodeAt(at - 3);
    return this.#endings[((first & 31) << 10) | ((second & 31) << 5) | (third & 31)] === 1;
  }

  #markEnding(word: string): void {
    const [first = 0, second = 0, third = 0] = Buffer.from(word.slice(-3));
    this.#endings[((first & 31) << 10) | ((second & 31) << 5) | (third & 31)] = 1;
  }

  /** Whether the name, or of "her card number" the last words of it, is one of the user's. */
  isOwn(name: string): boolean {
    if (name.length > MOST_OF_OWN) return false;
    const words = name.split(" ");
    for (let first = Math.max(0, words.length - MOST_WORDS); first < words.length; first++) {
      if (this.#own.has(runTogether(words.slice(first).join("")))) return true;
    }
    return this.#own.has(runTogether(name));
  }
}

/**
 * @param word The word that decides.
 * @param before The word before it, or nothing.
 * @param isJoined Whether that belongs to the same name (`client_secret`), not just to the same sentence (`a secret`).
 * @param third The word before that.
 */
function secrecyOf(word: string, before: string, isJoined: boolean, third: string | undefined): Secrecy {
  if (SECRETS.has(word) || RUN_TOGETHER.test(word)) return SECRET;
  switch (word) {
    case "key":
      return KEYS.has(before) ? SECRET : NOT_SECRET;
    case "phrase":
      return PHRASES.has(before) && isJoined ? SECRET : NOT_SECRET;
    case "keys":
      return MANY_KEYS.has(before) ? SECRET : NOT_SECRET;
    case "auth":
      return before === "basic" || before === "http" || before === "proxy" ? SECRET : NOT_SECRET;
    case "id":
      return before === "key" && third === "access" ? SECRET : NOT_SECRET;
    case "code":
      return before === "authorization" || (isJoined && (before === "auth" || before === "pass")) ? SECRET : NOT_SECRET;
    case "signature":
      return before === "amz" || (before === "access" && third === "shared") ? SECRET : NOT_SECRET;
    case "tokens":
      return OWNERS.has(before) ? SECRET : NOT_SECRET;
    case "token":
      if (PLAIN_TOKENS.has(before)) return NOT_SECRET;
      break;
    case "pass":
      return before === "" ? MAYBE_SECRET : PASSES.has(before) ? SECRET : NOT_SECRET;
  }
  if (!WORDS.has(word)) return NOT_SECRET;
  return isJoined || OWNERS.has(before) ? SECRET : MAYBE_SECRET;
}

function isEnding(word: string): boolean {
  // `token_2`, but not `Unexpected_token_1012`.
  return (isOf(word.charCodeAt(0), DIGIT) && word.length <= 3) || ENDINGS.has(word);
}

function wordsOf(name: string): string[] {
  return name.match(WORD)?.map((word) => word.toLowerCase()) ?? [];
}

function runTogether(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9\x80-\uffff]/g, "");
}
