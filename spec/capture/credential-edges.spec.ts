import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { captureJson, captureSchema } from "../../lib/capture/serialize";

const M = "[redacted]";
const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);
/** Letters and digits of no meaning; put together at run time, as in `fake-credentials`. */
const body = (length: number): string => "Fake0fake1".repeat(9).slice(0, length);

describe("an issuer's prefix", () => {
  it.each([
    ...["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "npm_", "rubygems_", "github_pat_", "glpat-", "gldt-", "glrt-"],
    ...["pypi-", "dckr_pat_", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "shpat_", "shpss_", "shpca_"],
    ...["shppa_", "hf_", "gsk_", "xai-", "pplx-", "r8_", "tgp_v1_", "nvapi-", "pcsk_", "tvly-", "lsv2_pt_", "lsv2_sk_"],
    ...["xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-", "glsa_", "lin_api_"],
    ...["sntrys_", "sntryu_", "sbp_", "figd_", "dop_v1_", "doo_v1_", "dor_v1_", "ya29.", "SG.", "hvs.", "hvb.", "hvr."],
    ...["proj-", "ant-", "svcacct-", "admin-", "or-", "lf-", "None-", "live-", "test-"].map((kind) => `sk-${kind}`),
  ])("%s gives its token away", (prefix) => {
    expect(recordedOf(`It is ${prefix}${body(40)}.`)).toBe(`It is ${M}.`);
  });

  it("is a word like any other where too little follows, or in the middle of a word", () => {
    const kept = ["sk_live_demo", "hf_hub_download", "xoxb-token", "sk-learn-contrib-0.3", "sk-123456", "hvs.read"];
    const inside = ["ghp_", "AIza", "sk-", "AKIA"].map((prefix) => `Fake${prefix}${"0123456789ABCDEF".repeat(2)}000`);
    for (const text of [...kept, ...inside.slice(0, 3)]) expect(recordedOf(text)).toBe(text);
  });
});

describe("shapes without a prefix of letters", () => {
  it("are a Telegram bot's only with as many digits as a bot has, and all of its token", () => {
    for (const id of ["12345678", "123456789", "1234567890"]) expect(recordedOf(`${id}:AA${body(33)}`)).toBe(M);
    for (const other of [`1234567:AA${body(33)}`, `12345678901:AA${body(33)}`, `123456789:AA${body(20)}`]) {
      expect(recordedOf(other)).toBe(other);
    }
  });

  it("are Twilio's only when hexadecimal", () => {
    expect(recordedOf(`SK${"0123456789abcdef".repeat(2)}`)).toBe(M);
    for (const other of [`SK${"0123456789abcdez".repeat(2)}`, `SK${"0123456789abcdef".repeat(3)}`]) {
      expect(recordedOf(other)).toBe(other);
    }
  });

  it("are a certificate's or a public key's where PEM does not say PRIVATE", () => {
    const armour = (kind: string): string => `-----BEGIN ${kind}-----\n${body(60)}\n-----END ${kind}-----`;
    expect(recordedOf(`a ${armour("EC PRIVATE KEY")} b`)).toBe(`a ${M} b`);
    for (const kind of ["CERTIFICATE", "PUBLIC KEY"]) expect(recordedOf(armour(kind))).toBe(armour(kind));
  });
});

describe("what follows Bearer in a sentence", () => {
  it.each(["swordFish", "ab_cd", "my-test-token", "abcdefghijklmnopqrst"])("is a token: %s", (token) => {
    expect(recordedOf(`it sent Bearer ${token} to us`)).toBe(`it sent Bearer ${M} to us`);
  });

  it.each(["Bearer tokens", "bearer shares and bonds", "a Bearer token-based scheme"])("is a word: %s", (text) => {
    expect(recordedOf(`it sent ${text} to us`)).toBe(`it sent ${text} to us`);
  });
});

describe("a value that stands for another", () => {
  it.each([
    "password=%(password)s",
    "password=%PASSWORD%",
    "password=%s",
    "password=${PASSWORD}",
    "password=$PASSWORD",
    "password={{password}}",
    "password={password}",
    "password: ********",
    "password: ••••••••",
    "password: xxxxxxxx",
    "<password> </password>",
    "curl -u app:$PASSWORD https://x.io",
    "docker run -u 1000:1000 image",
  ])("stays: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });

  it.each([
    ["password=%hunter2", `password=${M}`],
    ["password=$ecret-1x", `password=${M}`],
    ["password: ****hunter2", `password: ${M}`],
    ["<password>hunter2</password>", `<password>${M}</password>`],
    ["curl -u app:hunter2$ https://x.io", `curl -u app:${M} https://x.io`],
  ])("is not what only begins or ends like one: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("where a value ends", () => {
  it.each([
    [
      "a setting behind the line end of an old file",
      "user: ann\rpassword: swordfish\rhost: a",
      `user: ann\rpassword: ${M}\rhost: a`,
    ],
    ["an object of single quotes", "{'secret': {'b': 'c}'}, 'd': 1}", `{'secret': '${M}', 'd': 1}`],
    ["a list with a bracket in a text", '{"secret": ["a]", "b"], "d": 1}', `{"secret": "${M}", "d": 1}`],
    [
      "a setting with spaces in it",
      "Server=db;Password=two red words;Encrypt=yes",
      `Server=db;Password=${M};Encrypt=yes`,
    ],
    ["a header before an escaped line feed", "Cookie: sid=abc\\nHost: x", `Cookie: ${M}\\nHost: x`],
    ["a header before an escaped carriage return", "Cookie: sid=abc\\r\\nHost: x", `Cookie: ${M}\\r\\nHost: x`],
    ["a user's password of a URL with a port", "https://ann:hunter2@x.io:8080/a", `https://${M}@x.io:8080/a`],
  ])("%s", (_what, text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    "https://user1@x.io",
    "https://the-user-with-a-long-name@x.io",
    "ssh://git@x.io:22/a",
    "https://x.io:8080/a@b",
  ])("a user's name in a URL is no password: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });
});

describe.each(["password", "token", "secret", "pass"])("a line of settings named %s", (name) => {
  it.each([
    ["indented", `db:\n  ${name}: swordfish\n  host: a`, `db:\n  ${name}: ${M}\n  host: a`],
    ["of a list", `env:\n  - ${name}: swordfish\n`, `env:\n  - ${name}: ${M}\n`],
    ["at the end", `user: ann\n${name}: swordfish`, `user: ann\n${name}: ${M}`],
    ["of an old file", `user: ann\r${name}: swordfish\rhost: a`, `user: ann\r${name}: ${M}\rhost: a`],
    ["in an escaped text", `user: ann\\n${name}: swordfish\\nhost: a`, `user: ann\\n${name}: ${M}\\nhost: a`],
    ["in braces", `{user: ann, ${name}: swordfish, host: a}`, `{user: ann, ${name}: ${M}, host: a}`],
    ["of digits alone", `otp: 0\n${name}: 123456`, `otp: 0\n${name}: ${M}`],
  ])("%s holds a secret of one word", (_what, text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("a name that", () => {
  it.each([
    ["is an access key's id", "accessKeyId=abc123def", `accessKeyId=${M}`],
    ["is an authorization code", "auth_code=abc1234", `auth_code=${M}`],
    ["is said in a sentence", "My password is: hunter2!x", `My password is: ${M}`],
    ["is assigned a word for a type", 'password = "string"', `password = "${M}"`],
    ["is a key's without a kind, of digits", "sk-12345678", M],
  ])("%s has a secret", (_what, text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    "Secret: Garden",
    "the token: swordfish was a film",
    'typeof password === "string"',
    "sig=abcdef",
    "deploy --password $PASSWORD now",
    "sk-ant-demo",
    "ok-1a2b3c4d5e6f7g8h9i0j",
    `Basic ${Buffer.from("hello world").toString("base64")}`,
    `Basic ${Buffer.from([0xff, 0x3a, 0xfe, 0x41, 0xff, 0x42]).toString("base64")}`,
    '{"password": true, "token": null}',
  ])("only looks like one has none: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });
});

describe("a schema", () => {
  it.each(["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"])(
    "has names under %s, and what they hold is masked where the name is secret",
    (keyword) => {
      const schema = (held: string): unknown => ({
        [keyword]: { password: { type: "string", minLength: 8, default: held } },
      });
      expect(captureSchema(schema("hunter2"), DEFAULT_REDACTOR)).toBe(JSON.stringify(schema(M)));
    },
  );

  it.each(["default", "const", "examples", "example", "enum"])("holds values under %s", (keyword) => {
    const schema = (held: string): unknown => ({ properties: { password: { [keyword]: [held] } } });
    expect(captureSchema(schema("hunter2"), DEFAULT_REDACTOR)).toBe(JSON.stringify(schema(M)));
  });
});

describe("a text of characters that JSON escapes", () => {
  it.each(["\b", "\t", "\n", "\f", "\r", '"', "\\"])("keeps as many of %j as there is room for", (character) => {
    const text = character.repeat(500);
    // Two bytes each, and the quotes.
    expect(captureJson(text, DEFAULT_REDACTOR, { maxBytes: 1_002, maxDepth: 10, maxItems: 50 })).toBe(
      JSON.stringify(text),
    );
  });

  it.each(["\b", "\t", "\n", "\f", "\r", '"', "\\"])("is not cut earlier than it must be: %j", (character) => {
    const bounds = { maxBytes: 1_000, maxDepth: 10, maxItems: 50 };
    const recorded = captureJson(character.repeat(5_000), DEFAULT_REDACTOR, bounds) ?? "";
    expect(Buffer.byteLength(recorded)).toBeLessThanOrEqual(1_000);
    expect(Buffer.byteLength(recorded)).toBeGreaterThan(980);
  });
});
