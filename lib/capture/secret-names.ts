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

const list = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** Last words that need no other. */
const SECRETS = list(
  "password passwords passwd pwd passphrase passphrases passcode authorization setcookie proxyauthorization " +
    "apikey apikeys apitoken apisecret accesskey secretkey privatekey authkey clientsecret appsecret " +
    "accesstoken authtoken refreshtoken idtoken sessiontoken bearertoken bottoken usertoken csrftoken xsrftoken " +
    "accountkey sharedaccesskey sharedaccesssignature",
);
/** Last words that people also use for other things. */
const WORDS = list("secret secrets token cookie cookies credential credentials creds pass jwt");
/** What makes a `…_key` secret. A primary, public, cache or sort key is none. */
const KEYS = list(
  "api secret private access account shared signing encryption encrypt decryption master storage subscription consumer " +
    "app application deploy ssh service license webhook admin hmac aes rsa auth security function session " +
    "openai anthropic azure aws gemini groq mistral cohere together stripe github slack sendgrid twilio respan",
);
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
/** What a name may add after the word that decides: `password_hash`, `API_KEY_PROD`. */
const ENDINGS = list(
  "value hash header confirmation confirm plain plaintext base64 b64 encrypted prod production staging dev live old new current backup primary secondary",
);
const RUN_TOGETHER =
  /(?:password|passwd|passphrase|apikey|secretkey|privatekey|clientsecret|accesstoken|refreshtoken|authtoken)$/;
const WORD = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\0-\x7f]+/g;

/** Says of names of object keys, variables, headers and parameters whether their values are secret. */
export class SecretNames {
  readonly #own: ReadonlySet<string>;
  /** The last two letters of every name that could be secret, so that most names cost one look. */
  readonly #endings = new Uint8Array(32 * 32);

  /** @param own Names of the user's, in any case and naming style; the whole name has to be the same. */
  constructor(own: readonly string[] = []) {
    this.#own = new Set(own.map(runTogether));
    for (const words of [SECRETS, WORDS, ENDINGS, this.#own]) {
      for (const word of words) this.#markEnding(word);
    }
    for (const ending of ["key", "keys", "accesskeyid", "authcode", "tokens", "signature", "sig"])
      this.#markEnding(ending);
  }

  secrecy(name: string): Secrecy {
    const length = name.length;
    if (length < 3 && this.#own.size === 0) return NOT_SECRET;
    if (!this.mayEnd(name.charCodeAt(length - 2), name.charCodeAt(length - 1))) return NOT_SECRET;
    const tail = length > LONGEST_NAME ? name.slice(-LONGEST_NAME) : name;
    if (this.#own.size > 0 && length <= LONGEST_NAME && this.#own.has(runTogether(name))) return SECRET;
    // Of "the access token" the words before the last space are only its owners.
    const space = tail.lastIndexOf(" ");
    const words = wordsOf(tail.slice(space + 1));
    let last = words.length - 1;
    while (last > 0 && (isNumber(words[last]) || ENDINGS.has(words[last] ?? "") || (words[last] === "v" && last > 1)))
      last--;
    const word = words[last] ?? "";
    const before = last > 0 ? words[last - 1] : space < 0 ? undefined : wordsOf(tail.slice(0, space)).at(-1);
    if (SECRETS.has(word) || RUN_TOGETHER.test(word)) return SECRET;
    if (word === "key" || word === "keys") return before !== undefined && KEYS.has(before) ? SECRET : NOT_SECRET;
    if (word === "id") return before === "key" && words[last - 2] === "access" ? SECRET : NOT_SECRET;
    if (word === "code") return before === "authorization" || (before === "auth" && last > 0) ? SECRET : NOT_SECRET;
    if (word === "signature") return before === "amz" ? SECRET : NOT_SECRET;
    if (word === "tokens") return before !== undefined && OWNERS.has(before) ? SECRET : NOT_SECRET;
    if (!WORDS.has(word)) return NOT_SECRET;
    if (word === "token" && before !== undefined && PLAIN_TOKENS.has(before)) return NOT_SECRET;
    if (word === "pass")
      return last === 0 && space < 0 ? MAYBE_SECRET : before !== undefined && PASSES.has(before) ? SECRET : NOT_SECRET;
    return last > 0 || (before !== undefined && OWNERS.has(before)) ? SECRET : MAYBE_SECRET;
  }

  /** Whether a name that ends in these two characters could be secret at all. */
  mayEnd(secondLast: number, last: number): boolean {
    if (!isOf(last, LETTER)) return isOf(last, DIGIT) || last >= 128 || this.#own.size > 0;
    return this.#endings[(secondLast & 31) * 32 + (last & 31)] === 1;
  }

  #markEnding(word: string): void {
    this.#endings[(word.charCodeAt(word.length - 2) & 31) * 32 + (word.charCodeAt(word.length - 1) & 31)] = 1;
  }
}

function wordsOf(name: string): string[] {
  return name.match(WORD)?.map((word) => word.toLowerCase()) ?? [];
}

function runTogether(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9\x80-\uffff]/g, "");
}

function isNumber(word: string | undefined): boolean {
  return word !== undefined && isOf(word.charCodeAt(0), DIGIT);
}
