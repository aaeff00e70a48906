import type { Check } from "./secret-values.js";

/**
 * A rule for the values of fields: id, what it is, which kind of value is masked, under which names (their last words, run
 * together, in lower case), an example that is masked and one that is kept, in JSON.
 */
export type FieldRule = readonly [id: string, what: string, kind: Check, names: string, masked: string, kept: string];

/** Names as members of objects, headers, parameters, variables and in texts have them. */
// prettier-ignore
export const FIELD_RULES: readonly FieldRule[] = [
  ["password", "password, pass phrase, pass code, in several languages", "any", "password passwd passphrase passcode userpass dbpass databasepass smtppass mysqlpass pgpass postgrespass redispass mongopass ftppass adminpass rootpass authpass emailpass mailpass proxypass loginpass storepass keypass sshpass passwort kennwort contraseña contrasena senha motdepasse wachtwoord lösenord losenord passord adgangskode salasana hasło haslo heslo parola şifre sifre jelszó jelszo пароль", '{"userPassword":"hunter2"}', '{"password_min_length":12}'],
  ["pwd", "pwd, unless it is a folder", "path", "pwd", '{"pwd":"hunter2"}', '{"PWD":"/home/user"}'],
  ["api-key", "API key, token or secret", "any", "apikey apitoken apisecret apikeysecret apipassword appkey applicationkey consumerkey subscriptionkey functionskey functionkey xhoneycombteam", '{"xApiKey":"abc"}', '{"api_keys_allowed":3}'],
  ["client-secret", "secret of a client, an application, a signature", "any", "clientsecret appsecret applicationsecret consumersecret sharedsecret signingsecret webhooksecret jwtsecret sessionsecret cookiesecret oauthsecret secretaccesskey secretkey accesskey accesskeyid secretkeybase accountkey sharedaccesskey sharedaccesssignature storagekey totpsecret otpsecret", '{"client_secret":"abc"}', '{"client_secret_expires_at":0}'],
  ["private-key", "private and symmetric key", "any", "privatekey signingkey encryptionkey decryptionkey masterkey hmackey aeskey rsakey sshkey deploykey authkey servicekey serviceaccountkey presharedkey", '{"privateKey":"abc"}', '{"private_key":null}'],
  ["access-token", "token of an access, a session, a form", "any", "accesstoken refreshtoken authtoken authorizationtoken idtoken sessiontoken bearertoken bottoken usertoken csrftoken csrfmiddlewaretoken xsrftoken oauthtoken securitytoken personalaccesstoken deploytoken registrationtoken resettoken magiclinktoken vaulttoken authorizationcode", '{"ACCESS_TOKEN_2":"abc"}', '{"access_token_ttl":60}'],
  ["vendor-key", "key of a known service", "any", "openaikey anthropickey azurekey awskey geminikey groqkey mistralkey coherekey togetherkey stripekey githubkey githubtoken gitlabtoken npmtoken slacktoken sendgridkey twiliokey respankey", '{"OPENAI_KEY":"abc"}', '{"openai_key_name":"ci"}'],
  ["token", "token, secret or credential that looks like one", "mixed", "token tokens secret secrets credential credentials cred creds pass pw jwt bearer csrf xsrf sessionid sessid sid pin otp passkey", '{"token":"tok_1a2b3c4d5e"}', '{"token":"USDC"}'],
  ["key", "key that looks like one", "long", "key keys license licensekey seed mnemonic signature auth session", '{"key":"[a:32]7x7y"}', '{"key":"C# minor"}'],
  ["authorization", "value of an Authorization header", "authorization", "authorization proxyauthorization", '{"authorization":"Token [a:32]7x7y"}', '{"authorization":"approved"}'],
  ["cookie", "value of a Cookie header", "cookie", "cookie setcookie cookies", '{"cookie":"sid=abc123"}', '{"cookies":"oatmeal"}'],
  ["login", "user and password in base64", "login", "auth", '{"auth":"YWxhZGRpbjpvcGVuc2VzYW1l"}', '{"auth":"oauth2"}'],
];

const list = (words: string): ReadonlySet<string> => new Set(words.split(" "));

/** What a name may add to the name of a secret: `password_hash`, `userPasswordField`, `API_KEY_PROD`, `token_v2`. */
const NEUTRAL = list(
  "value values val text field input box hash digest confirmation confirm again repeat retype plain plaintext clear pem raw " +
    "encrypted enc prod production staging stage dev test live sandbox old new current previous backup primary secondary " +
    "default header str string data content env var main temp tmp initial base64 base b64 b v local remote admin user ref key",
);
/** What makes it the name of a property of the secret: `password_min_length`, `token_type`, `SharedAccessKeyName`. */
const PROPERTIES = list(
  "min max length size count policy rules rule strength hint reset required expired expires expiry expire expiration age ttl type " +
    "name id ids url uri endpoint path file format label placeholder help error message changed updated created date time at " +
    "status state enabled disabled allowed limit limits attempts used usage budget index version algorithm alg bits prefix suffix " +
    "provider source location note description insight ring economics manager rotation scope scopes lifetime timeout valid is " +
    "has verified forgotten lost question owner kind category level",
);
/** What makes a token or a key an ordinary one. */
const PLAIN = list(
  "page next continuation pagination sync cursor stop eos pad bos unk mask sep cls special first last per by start end begin " +
    "max min prev each output input prompt completion single total cached reasoning audio public primary foreign cache gpg pgp " +
    "idempotency partition sort object row routing dedup dedupe group map answer turn registry site translation shortcut",
);
const MOST_WORDS = 6;
const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 64;
const SHORTEST_ENDING = 6;

/** Says of the names of members, headers, variables and parameters which kind of value is masked under them. */
export class FieldNames {
  readonly #kinds = new Map<string, Check>();
  readonly #own: ReadonlySet<string>;
  /** What was said of names lately: the same come again and again. */
  readonly #known = new Map<string, Check | undefined>();

  /** @param own Names that the user added, in any case and naming style; the whole name has to be the same. */
  constructor(
    rules: readonly FieldRule[],
    readonly own: readonly string[],
  ) {
    for (const [, , kind, names] of rules) for (const name of names.split(" ")) this.#kinds.set(name, kind);
    this.#own = new Set(own.map(runTogether));
  }

  kindOf(name: string): Check | undefined {
    if (name.length > LONGEST_KNOWN) return this.#judge(name);
    let kind = this.#known.get(name);
    if (kind === undefined && !this.#known.has(name)) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      kind = this.#judge(name);
      this.#known.set(Buffer.from(name).toString(), kind);
    }
    return kind;
  }

  /** Whether the user added the name; of "her card number" the last words may be. */
  #isOwn(name: string): boolean {
    if (this.#own.size === 0) return false;
    // In a script without spaces a name of ASCII letters begins where those do.
    if (this.#own.has(runTogether(/\p{ASCII}{0,256}$/u.exec(name)?.[0] ?? ""))) return true;
    const words = name.slice(-256).split(" ");
    return words.some((_, at) => this.#own.has(runTogether(words.slice(at).join(""))));
  }

  #judge(name: string): Check | undefined {
    if (this.#isOwn(name)) return "any";
    if (/^[./@]/.test(name)) return undefined;
    const words = wordsOf(name.slice(-LONGEST_KNOWN)).slice(-MOST_WORDS);
    for (let to = words.length; to > 0; to--) {
      const kind = this.#endingAt(words, to);
      if (kind === undefined) continue;
      const added = words.slice(to);
      if (added.some((word) => PROPERTIES.has(word))) return undefined;
      return added.every((word) => NEUTRAL.has(word) || /^\d{1,4}$/.test(word)) ? kind : "long";
    }
    return undefined;
  }

  /** The kind of the secret that the words before `to` name: the longest name that they end with. */
  #endingAt(words: readonly string[], to: number): Check | undefined {
    let weak: Check | undefined;
    for (let from = 0; from < to && weak === undefined; from++) {
      const joined = words.slice(from, to).join("");
      const kind = this.#kinds.get(joined);
      if (kind === "any") return kind;
      if (kind !== undefined) {
        if (PLAIN.has(words[from - 1] ?? "")) return undefined;
        weak = kind;
      }
      if (joined.endsWith("s") && this.#kinds.get(joined.slice(0, -1)) === "any") return "mixed";
    }
    const joined = words.slice(0, to).join("").slice(-LONGEST_KNOWN);
    for (let from = 0; from <= joined.length - SHORTEST_ENDING; from++) {
      if (this.#kinds.get(joined.slice(from)) === "any") return "any";
    }
    return weak ?? (/[a-z]pwd$/.test(joined) ? this.#kinds.get("pwd") : undefined);
  }
}

/** `userPassword`, `USER_PASSWORD`, `user-password2` as lower-case words. */
export function wordsOf(name: string): string[] {
  const words = name.match(/\p{Lu}{1,64}(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}\p{M}]{1,64}|\p{Lu}|\d{1,64}/gu) ?? [];
  return words.map((word) => word.toLowerCase());
}

function runTogether(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9\x80-\uffff]/g, "");
}

const FIELD = /^[\w$.-]*$/;
const LONGEST = 64;

/** Whether this is what names of fields look like. Other keys are data that is used as a name: an address, a sentence. */
export function isFieldName(key: string): boolean {
  return key.length <= LONGEST && FIELD.test(key);
}
