import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { awsKeyId, awsSecretKey, jwt, pkcs8PrivateKey, rsaPrivateKey } from "./fake-credentials";
import { allMarked, inEverySetting } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);
/** Letters and digits of no meaning; put together at run time, as in `fake-credentials`. */
const body = (length: number): string => "Fake0fake1".repeat(9).slice(0, length);
const hex = (length: number): string => "0123456789abcdef".repeat(3).slice(0, length);
const KEY = ["s", "k-"].join("");
const GOOGLE = ["AI", "za"].join("");
const TWILIO = ["S", "K"].join("");
const GITHUB = ["gh", "p_"].join("");
const JSON_TOKEN = ["ey", "J"].join("");

describe("a secret key", () => {
  it.each(
    inEverySetting([
      `«${KEY}abcdefghijklmnop»`,
      `«${KEY}a1b2c3»`,
      `«${KEY}12345678»`,
      ...["proj-", "ant-", "svcacct-", "admin-", "or-", "lf-", "None-", "live-", "test-"].map(
        (kind) => `«${KEY}${kind}abcdef»`,
      ),
    ]),
  )("is masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `${KEY}abcdefghijklmno`,
      `${KEY}hi-abcdefghijklmno`,
      `${KEY}hello-world-again`,
      `${KEY}a1b2c`,
      `${KEY}1234567`,
      `${KEY}12-34-56`,
      `${KEY}proj-abcde`,
      `${KEY}learnabcdefghijklmnopq1`,
      `${KEY}${"word-".repeat(12)}word1`,
      `ri${KEY}a1b2c3d4e5`,
    ]),
  )("is not what only begins like one: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("a JSON Web Token", () => {
  it.each(
    inEverySetting([
      `«${JSON_TOKEN}hbGci.${JSON_TOKEN}zdWI6.c2ln»`,
      `«${JSON_TOKEN}hbGci.abcdefgh.c2ln»`,
      `«${JSON_TOKEN}hbGci.${JSON_TOKEN}zdWI6MX0» and more`,
      `«${JSON_TOKEN}hbGci.abcdefgh.c2ln.c2ln.c2ln». It ends here.`,
      `«${JSON_TOKEN}hbGci.abcdefgh.c2ln»... and so on`,
    ]),
  )("is masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    allMarked([`It was «${JSON_TOKEN}hbGci.${JSON_TOKEN}z»`, `It was «${JSON_TOKEN}hbGci.»`, `«${jwt.slice(0, 60)}»`]),
  )("is masked where the text was cut off in it: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `${JSON_TOKEN}hbGc.abcdefgh.c2ln`,
      `${JSON_TOKEN}hbGci.abcdefg.c2ln`,
      `${JSON_TOKEN}hbGciOiJIUzI1NiJ9, abcdefgh.c2ln`,
      `${JSON_TOKEN}hbGci.abcdefgh and more`,
      `${JSON_TOKEN}pZCI6MTIzfQ/abcdefgh.json`,
      `x${JSON_TOKEN}hbGciOi.abcdefgh.c2ln`,
      "ayJhbGciOi.abcdefgh.c2ln",
    ]),
  )("is not what only looks like one: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("an AWS key", () => {
  it.each(
    inEverySetting([
      `«${awsKeyId}»`,
      `«${awsKeyId}      ${awsSecretKey}»`,
      `«${awsKeyId}, n${awsSecretKey.slice(1)}»`,
      `«${awsKeyId}\\n${awsSecretKey}»`,
      `«${awsKeyId}\\r${awsSecretKey}»`,
      `«${awsKeyId}\\t${awsSecretKey}»`,
      `«${awsKeyId}\\${awsSecretKey}»`,
      `«${awsKeyId}»       ${awsSecretKey}`,
      `«${awsKeyId}»+${awsSecretKey.slice(1)}`,
      `«${awsKeyId}», ${awsSecretKey}1`,
      `«${awsKeyId}», ${awsSecretKey.slice(1)}`,
    ]),
  )("is masked, with what stands beside it: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `X${awsKeyId.slice(0, 19)}`,
      `x${awsKeyId}`,
      `${awsKeyId}0`,
      `${awsKeyId}x`,
      awsKeyId.slice(0, 19),
      awsKeyId.replace("AKIA", "AKIB"),
      awsKeyId.replace("AKIA", "USIA"),
    ]),
  )("is not what only looks like one: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("keys of a fixed length", () => {
  it.each(
    inEverySetting([
      `«${GOOGLE}${body(26)}»`,
      `«${TWILIO}${hex(32)}»`,
      `«12345678:AA${body(33)}»`,
      `«1234567890:AA${body(33)}»`,
    ]),
  )("are masked: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `${GOOGLE}${body(25)}`,
      `BI${GOOGLE.slice(2)}${body(35)}`,
      `x${GOOGLE}${body(35)}`,
      `${TWILIO}${hex(31)}`,
      `${TWILIO}${hex(33)}`,
      `${TWILIO}z${hex(31)}`,
      `${TWILIO}${hex(31)}z`,
      `x${TWILIO}${hex(32)}`,
      `1234567:AA${body(33)}`,
      `12345678901:AA${body(33)}`,
      `1234567890123:AA${body(33)}`,
      `123456789:AA${body(32)}`,
      `123456789:AA${body(34)}`,
      `123456789:AB${body(33)}`,
      `123456789:BA${body(33)}`,
    ]),
  )("are not what is longer, shorter or of other letters: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("an issuer's token", () => {
  it.each(
    inEverySetting([
      `«${GITHUB}${body(20)}»`,
      `a\\u003d«${GITHUB}${body(20)}»`,
      `a%3D«${GITHUB}${body(20)}»`,
      ..."nrtbf".split("").map((escape) => `\\${escape}«${GITHUB}${body(20)}»`),
    ]),
  )("is masked wherever a word begins: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `${GITHUB}${body(19)}`,
      `\\x${GITHUB}${body(20)}`,
      `\\v003d${GITHUB}${body(20)}`,
      `u003d${GITHUB}${body(20)}`,
      `x${GITHUB}${body(20)}`,
    ]),
  )("is none where too little follows, or within a word: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    ["dp.pt.", 36],
    ["secret_", 40],
    ["lsv2_sk_", 16],
    ["gldt-", 16],
    ["glrt-", 16],
    ["glptt-", 16],
    ["glft-", 16],
    ["glsoat-", 16],
    ["glagent-", 16],
    ["dckr_oat_", 16],
    ["sk_org_test_", 8],
    ["sq0csp-", 20],
    ["sq0idp-", 20],
    ["xoxr-", 10],
    ["xsmtpsib-", 24],
    ["HRKU-", 24],
    ["pscale_tkn_", 24],
    ["pscale_oauth_", 24],
    ["dp.ct.", 36],
    ["dp.sa.", 36],
  ] as const)("%s takes no fewer than %i characters", (prefix, least) => {
    expect(recordedOf(`It was ${prefix}${body(least)}, now.`)).toBe("It was [redacted], now.");
    expect(recordedOf(`It was ${prefix}${body(least - 1)}, now.`)).toBe(`It was ${prefix}${body(least - 1)}, now.`);
  });
});

describe("a private key", () => {
  const BEGIN = pkcs8PrivateKey.slice(0, pkcs8PrivateKey.indexOf("\n"));
  const END = pkcs8PrivateKey.slice(pkcs8PrivateKey.lastIndexOf("\n") + 1);

  it.each(
    allMarked([
      `a «${BEGIN}\nFakeFa»`,
      `a «${BEGIN}\nFakeFa\n»`,
      `a «${BEGIN}\\nFakeFa»`,
      `a «${BEGIN}\\\\nFakeFa==»`,
      `a «${BEGIN} \r\n FakeFa=»`,
      `a «${BEGIN}\\r\\n\tFakeFa»`,
      `a «${BEGIN}\r\n${body(30)}\r\n»`,
      `a «${BEGIN}\r${body(30)}\r»!`,
      `a «${BEGIN}\\n${body(30)}\\n»!`,
      `a «${BEGIN}${END}» b`,
      `a «${BEGIN}\n${body(64)}\n-----END-----» b`,
      `a «${BEGIN}\n${body(64)}\n-----END»`,
      `a «${BEGIN}\n${body(64)}\n-----END» ${"x".repeat(90)}-----`,
      `${BEGIN.replace("PRIVATE", `PUBLIC ${"x".repeat(80)} PRIVATE`)}\n${body(64)}\n`,
      `a «${BEGIN}\n${body(30)}»!${body(30)}`,
      `a «${BEGIN}\nKey-Id: 1,2\n${body(30)}»!`,
    ]),
  )("is masked as far as it goes: %j", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `${BEGIN}\nFakeF`,
      `${BEGIN}\nexample:`,
      `${BEGIN} FakeFake`,
      `${BEGIN}\n${body(12)}\n${body(8)}: words`,
      "-----BEGIN PRIVATE thing-----",
      "-----BEGIN PRIVATE KEY",
      "-----BEGIN",
      `------ ${body(64)} ------`,
    ]),
  )("is not what only speaks of its format: %j", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `x «${body(24)}\n${END}» y`,
      `x «${body(24)}\r\n${END}» y`,
      `x «${body(24)}\\r\\n${END}» y`,
      `words-«${body(30)}\n${END}» y`,
      `x «${body(30)}\n${END.replace("PRIVATE", "RSA PRIVATE")}» y`,
      `x «${body(30)}\n${END.replace("PRIVATE KEY", "PGP PRIVATE KEY BLOCK")}» y`,
    ]),
  )("is masked to its end where the beginning is missing: %j", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `x ${body(23)}\n${END} y`,
      `${body(30)} is what stands before ${END}`,
      `x ${body(30)}\n${END.replace("PRIVATE", "PUBLIC")} y`,
      `x ${body(30)}\n-----END of it-----`,
    ]),
  )("is not what stands before another end: %j", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it("is not taken for the end of a key behind one that was masked", () => {
    expect(recordedOf(`${rsaPrivateKey}\n${END}`)).toBe(`[redacted]\n${END}`);
  });

  it.each(
    inEverySetting([
      ...["PRIVATE KEY", "RSA PRIVATE KEY"].map(
        (kind) => `«${Buffer.from(`-----BEGIN ${kind}-----\n${body(60)}`).toString("base64")}»`,
      ),
      Buffer.from(`-----BEGIN PUBLIC KEY-----\n${body(60)}`).toString("base64"),
      `x${Buffer.from(`-----BEGIN PRIVATE KEY-----\n${body(60)}`).toString("base64")}`,
      Buffer.from(`-----BEGIN NOTE-----\nabout ${body(60)} PRIVATE KEY`).toString("base64"),
      `NT0tLS1CRUdJTi${Buffer.from(`BEGIN PRIVATE KEY-----\n${body(60)}`).toString("base64")}`,
    ]),
  )("is masked in base64 where that says so at its beginning: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});

describe("a webhook", () => {
  it.each(
    inEverySetting([
      "https://hooks.slack.com/services/«abcdefgh»",
      "https://hooks.slack.com/workflows/«T0/A0/1/x»",
      "https://hooks.slack.com/triggers/«T0/A0/1/x», it is.",
      "https://discordapp.com/api/webhooks/«1/abcdef»?wait=true",
      "https://x.webhook.office.com/webhookb2/«a@b/IncomingWebhook/c»",
      "https://hooks.slack.com/services/abcdefg",
      "https://hooks.slack.com/services/abcdefg?x=abcdefgh",
      "https://hooks.slack.com/services/ and more of it",
    ]),
  )("has its path for a credential: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});
