import { DEFAULT_REDACTOR, createRedactor } from "../../../lib/capture/masking/redaction";
import { allMarked } from "../marked";

const inEveryStyle = (words: string): readonly string[] => {
  const parts = words.split(" ");
  const capital = (part: string): string => part.charAt(0).toUpperCase() + part.slice(1);
  return [
    parts.join("_"),
    parts.join("-"),
    parts.join("_").toUpperCase(),
    parts.map(capital).join("-"),
    parts.map((part, at) => (at === 0 ? part : capital(part))).join(""),
    `my_${parts.join("_")}`,
  ];
};

describe("the name of a key", () => {
  it.each(
    [
      ...["api", "secret", "private", "access", "account", "shared", "signing", "encryption", "encrypt", "decryption"],
      ...["master", "storage", "subscription", "consumer", "app", "application", "deploy", "ssh", "service", "license"],
      ...["webhook", "admin", "hmac", "aes", "rsa", "auth", "security", "function", "session", "openai", "anthropic"],
      ...["azure", "aws", "gemini", "groq", "mistral", "cohere", "together", "stripe", "github", "slack", "sendgrid"],
      ...["twilio", "respan"],
    ]
      .map((kind) => `${kind} key`)
      .concat(["api keys", "secret keys", "private keys", "access keys", "encryption keys", "signing keys", "ssh keys"])
      .concat(["pass phrase", "seed phrase", "recovery phrase", "secret phrase", "pass code", "auth code"])
      .concat(["authorization code", "basic auth", "http auth", "proxy auth", "access key id", "secret key base"])
      .concat([
        "amz signature",
        "password v2",
        "secret v2",
        "token b64",
        "refresh tokens",
        "user tokens",
        "access token",
        "session cookie",
        "db pass",
      ])
      .concat(["mail pass", "redis pass", "bearer", "jwt", "shared access signature"])
      .concat(
        ["value", "hash", "digest", "header", "confirmation", "confirm", "again", "repeat", "plain", "plaintext"]
          .concat(["base64", "b64", "pem", "encrypted", "prod", "production", "staging", "dev", "live", "old", "new"])
          .concat(["current", "backup", "primary", "secondary", "v2", "12", "123"])
          .map((ending) => `api key ${ending}`),
      )
      .flatMap(inEveryStyle),
  )("%s holds a secret", (name) => {
    expect(DEFAULT_REDACTOR.isSecretKey(name)).toBe(true);
  });

  it.each([
    ...["apikey", "apikeys", "apitoken", "apisecret", "accesskey", "secretkey", "privatekey", "authkey", "appsecret"],
    ...["clientsecret", "accesstoken", "authtoken", "refreshtoken", "idtoken", "sessiontoken", "bearertoken"],
    ...["bottoken", "usertoken", "csrftoken", "xsrftoken", "accountkey", "sharedaccesskey", "sharedaccesssignature"],
    ...["password", "passwords", "passwd", "pwd", "passphrase", "passphrases", "passcode", "setcookie"],
    ...["proxyauthorization", "dbpassword", "myapikey", "password_1_2_3", "password_123", "token_2"],
    ...["_auth", "//registry.npmjs.org/:_auth", "user[password]", "access_key_id", "creds"],
    `${"a".repeat(60)}_api_key`,
    `api_key_${"a".repeat(60)}_token`,
  ])("%s holds a secret, run together or not", (name) => {
    expect(DEFAULT_REDACTOR.isSecretKey(name)).toBe(true);
  });

  it.each([
    ...["public_key", "public_keys", "sort_keys", "phrase", "search_phrase", "search phrase", "seed phrase of"],
    ...["base", "public_key_base", "secret_data_base", "key_base", "database", "auth", "use_auth", "needs auth"],
    ...["public_key_id", "access_user_id", "access_id", "key_id", "area_code", "zip_code", "pass code", "auth code"],
    ...[
      "signature",
      "email_signature",
      "access_signature",
      "shared_signature",
      "shared_mail_signature",
      "signature_version",
      "page_token",
      "input tokens",
      "max_tokens",
    ],
    ...["Unexpected_token_1012", "password_1_2_3_4_5", "PASS", "/api/token", "./token", "../token", "@scope/password"],
    ...[
      "passwordarchive",
      "node_modules/token",
      "value",
      "base64",
      "prod",
      "v2",
      "2",
      "boarding_pass",
      "use_auth_",
      "x_author",
    ],
  ])("%s holds none", (name) => {
    expect(DEFAULT_REDACTOR.isSecretKey(name)).toBe(false);
  });
});

describe("a code to pass a door", () => {
  it.each(allMarked(["passcode: «1234»", "pass_code=«1234»", "pass-code: «1234»", '{"passCode":"«1234»","a":1}']))(
    "is masked: %s",
    (text, recorded) => {
      expect(DEFAULT_REDACTOR.text(text)).toBe(recorded);
    },
  );

  it.each(["pass code: review it", "boarding_pass: 12A", "code: 1234"])("is not every code: %s", (text) => {
    expect(DEFAULT_REDACTOR.text(text)).toBe(text);
  });
});

describe("names of one's own", () => {
  const own = createRedactor({ keys: ["ssn", "card number", "ab1c", "pin4", "x1", "Straße", "n".repeat(256)] });

  it.each([
    ...["ssn", "SSN", "s_s_n", "cardNumber", "CARD_NUMBER", "card-number", "her card number", "the new card number"],
    ...["ab1c", "Ab1C", "pin4", "pin_4", "x1", "X1", "straße", "n".repeat(256)],
  ])("say that %s holds a secret, beside the names that are built in", (name) => {
    expect(own.isSecretKey(name)).toBe(true);
    expect(own.isSecretKey("api_key")).toBe(true);
  });

  it.each([
    "ssns",
    "card",
    "number",
    "cardnumbers",
    "her card number of old",
    "ab1",
    "pin",
    "x",
    "__",
    "",
    "1",
    "n",
    `${"a ".repeat(150)}ssn`,
  ])("say nothing of %j", (name) => {
    expect(own.isSecretKey(name)).toBe(false);
  });

  it("do without the three letters by which most names are told", () => {
    expect(createRedactor({ keys: ["ssn"] }).isSecretKey("ssn")).toBe(true);
    expect(createRedactor({ keys: ["ab1c"] }).isSecretKey("ab1c")).toBe(true);
    expect(createRedactor({ keys: ["pin4"] }).isSecretKey("pin4")).toBe(true);
    expect(createRedactor({ keys: ["名前"] }).isSecretKey("名前")).toBe(true);
    expect(createRedactor({ keys: ["x"] }).text("x: 12345, y: 12345")).toBe("x: [redacted], y: 12345");
  });
});

it("names are judged the same again, however many others came between", () => {
  const redactor = createRedactor();
  const judged = (): boolean[] =>
    Array.from({ length: 400 }, (_, at) => [redactor.isSecretKey(`n${at}_api_key`), redactor.isSecretKey(`n${at}_key`)])
      .concat(
        Array.from({ length: 400 }, (_, at) => [
          redactor.isSecretKey(`k${at}token`),
          redactor.isSecretKey(`k${at}ment`),
        ]),
      )
      .flat();
  const first = judged();
  expect(judged()).toEqual(first);
  expect(first.filter(Boolean)).toHaveLength(800);
});
