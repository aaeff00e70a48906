import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { allMarked } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("words behind the name of a secret", () => {
  it.each([
    "password: rock’n’roll must go on",
    "password: rock'n'roll must go on",
    "password: self-made ones should do",
    "password: großes must be used",
    "password: one two three four five six seven must",
    "password: does not work",
    "password: keep calm",
    "Authorization: self-made ones should do",
    "api_key = found ? yes",
    "token = found || other",
    "token: KeyObject[]",
    "token: ts.KeyObject | none",
    "password=await",
    "password=(",
    "password=(value: string)",
    "password=(a) => 1",
    "password=(await it)",
    'typeof password === "object"',
    'typeof password === "number"',
    'typeof password === "boolean"',
    'typeof password === "symbol"',
    'typeof password === "bigint"',
  ])("are a sentence's or a program's: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
    expect(recordedOf(`First.\n${text}`)).toBe(`First.\n${text}`);
  });

  it.each(
    allMarked([
      "password: «correct horse battery staple»",
      "password: «rock-n-roll red»",
      "password=«-dash-»",
      "password: «-must» not be",
      "password=«(9x»)",
      "password=«(9x+» and (a, b)",
      "password = «9abc»;",
      "password = «swordfish x»; y",
      "password: «Swordfish x»; y",
      "password: «swordfish-» to log in",
      'password = "«9 {password}»"',
      'password = "«{password} x»"',
      'password = "«x {{password}}»"',
      'password = "«{{password}} x»"',
      'password = "«my bearer »"',
      'password = "«bearer x»"',
      'password = "«!!!!!»"',
      "Authorization: Tokens «a1 b=2»",
      "Authorization: mybot «a1 b=2»",
      "Authorization: genie-key «abc-123»",
      "Authorization: Bearer «a1b2c3» and more",
      "Authorization: «word»",
    ]),
  )("are a secret: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});
