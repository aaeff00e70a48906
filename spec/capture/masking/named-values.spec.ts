import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redaction";
import { allMarked } from "../marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);
const prose = "Nothing of it matters to anybody here. ".repeat(6);

/** Where a text may stand: alone, in a long one, beside other scripts, twice. */
const SETTINGS: readonly (readonly [string, (text: string) => string])[] = [
  ["alone", (text) => text],
  ["in a long text", (text) => `${prose}\n${text}\n${prose}`],
  ["at the end of a long text", (text) => `${prose}\n${text}`],
  ["beside another script", (text) => `日本語\n${text}\n日本語`],
  ["twice", (text) => `${text}\n${text}`],
];

describe.each(SETTINGS)("%s, a value under a name", (_where, place) => {
  it.each(
    allMarked([
      "password=>«hunter2x»",
      "password:=«hunter2x»",
      "password:«/x9y8z7»",
      "password=«pass»",
      "password=«word1»",
      "password=«1word»",
      "api_key: «1a»",
      "my secret: «123456»",
      "passcode = «123»",
      `password=«${"aB3x".repeat(100)}»`,
      `password=«${"aB3x".repeat(500)}»`,
      "authorization_code=«abc123» and more",
      "Password=«one1» two three;Encrypt=yes",
      "A=1;Password=«one1» it's;x=1",
      String.raw`password=\"«hunter2»\"`,
      String.raw`password=Some(\"«hunter2»\")`,
      "https://x.io/?x-amz-signature=«abc123»",
      "https://x.io/?a=1&x-amz-credential=«abc123»",
      "https://x.io/?code=«aB3dE5gH7jK9mN1pQ3sT5vW7»",
      "<token>«x1»</token>",
      "<password lang=é>«hunter2»</password>",
      "<password>«[redacted]x»</password>",
      "<password>«x[redacted]»</password>",
      'run --password "«x y»"',
      String.raw`run --password \"«x y»\" -v`,
      "run --password «one1», then wait",
      'run --password "«string»"',
      "run --password «my,x9» now",
      "password:«a/b9x7»",
      `password:${" ".repeat(64)}«hunter2»`,
      `password = ${" ".repeat(40)}"«hunter2»"`,
      "password: «correct horse battery staple»",
      `password: «${Array.from({ length: 8 }, () => "n".repeat(20)).join(" ")}»`,
      "bot_token: «1234»",
      "seed_phrase: «legal winner thank year wave sausage worth useful legal winner thank yellow»",
      "recovery-phrase=«abandon abandon all about abandon abandon abandon abandon abandon abandon any art», it is",
      `SEED_PHRASE: «${"zoo ".repeat(23)}wrong»`,
      "A=1;Password=«one1»\nuser=ann; b",
      "token: «swordfish»",
      "{token: «swordfish»}",
      `${" ".repeat(80)}token: «swordfish»`,
      '{"auth": \n "«YTpi»"}',
      String.raw`{"a":"{\"auth\":\n \"«YTpi»\"}"}`,
      `<password><![CDATA[«${"ab1".repeat(700)}»]]></password>`,
    ]),
  )("is a secret: %s", (text, recorded) => {
    expect(recordedOf(place(text))).toBe(place(recorded));
  });

  it.each([
    "a token: 12345",
    "password\u00bahunter2",
    "password\u00bdhunter2",
    "secrets: 12",
    "secrets: 123",
    "db_password=password",
    "https://x.io/?code=aB3dE5gH7jK9mN1pQ3sT5vW",
    "<password>hunter2</secret>",
    "<password>hunter2<password>",
    "<password>[redacted]</password>",
    "<password><b>x</b></password>",
    "<password><![CDATA[]]></password>",
    "<user>bob</user>",
    "password > <b>bold</b>",
    '{"password":[redacted]}',
    '{"auth":  "oauth"}',
    "run --password  hunter2",
    "run --token $TOKEN now",
    "run --id hunter2",
    "run --password -- hunter2",
    "run --password\nhunter2",
    "Server=db;Password=<your password>;Encrypt=yes",
    "bot_token: 123",
    "seed_phrase: the words that your wallet shows to you when you make one, in their order",
    "a token: a1b",
    "again  token: swordfish",
    "Done?signature: Ann Lee",
    "Done?code: FakeFakeFakeFakeFakeFakeFake1234",
    "password=*** host=db",
    "password =========",
    "password ===>===",
    `password:${" ".repeat(65)}hunter2`,
    '{"auth":[{"YTpi":1}]}',
    '{"auth":12345,"YTpi":1}',
    "the password<>hunter2</password>",
  ])("is none: %s", (text) => {
    expect(recordedOf(place(text))).toBe(place(text));
  });
});
