import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { allMarked, inEverySetting } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("the name before a value", () => {
  it.each(
    inEverySetting([
      "password            = «hunter2»",
      "password\t\t\t\t= «hunter2»",
      `host${" ".repeat(28)}= db\npassword${" ".repeat(24)}= «hunter2»`,
      `api_key${" ".repeat(32)}: «abc123»`,
      "***password***: «hunter2»",
      "its password is: «hunter2!x»",
      String.raw`{\\\"password\\\": \\\"«hunter2»\\\"}`,
      '{"ann@x.io/a:b$c#d*e+f&g!h~i|j,k?password":"«hunter2»"}',
      "{'my [first] password': '«hunter2»'}",
      `{"${"n".repeat(55)}/password":"«hunter2»"}`,
      `{"${"n".repeat(90)}/password":"«hunter2»"}`,
      `${"n".repeat(90)}_password: «hunter2»`,
      "a.b.c.password=«hunter2»",
      "  api key: «abc123»",
      String.raw`a\npwd=«hunter2»`,
      String.raw`a\rtoken=«hunter2»`,
      "a%3Fpwd=«hunter2»",
      "a%20pwd=«hunter2»",
      "- - .pwd=«hunter2»",
      "password: «hunter2», password: «hunter2»",
      'password: «hunter2»; password": "hunter2"',
    ]),
  )("is a secret's wherever it stands: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      `password${" ".repeat(40)}= hunter2`,
      "****password****: hunter2!x",
      "passwordxis: hunter2",
      "a password was: hunter2",
      "=:==::=",
      "is: hunter2",
      ' is: "hunter2"',
      'password" is what it said: "hunter2"',
      '"a"; password": "hunter2"',
    ]),
  )("is not a secret's: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    allMarked([
      "password?: «hunter2!x»",
      "**password**: «hunter2»",
      "***password***: «hunter2»",
      "password   = «hunter2»",
      "user[password]=«hunter2»",
      "The password is: «hunter2!x»",
      String.raw`a\tpassword=«hunter2»`,
      String.raw`a\rpassword=«hunter2»`,
      "%3Fpassword=«hunter2»",
      "--- password: «hunter2»",
      '{"a/b:password":"«hunter2»"}',
      "https://x.io/?X-Goog-Signature=«abc123»",
      "https://x.io/?a=1&X-Amz-Credential=«abc123»",
      "run --api-key «abc123»",
      "run --password '«hunter 2»'",
      "run --pwd «hunter2»",
      "passcode: «12»",
      "pwd: «123»",
      "Server=db;Password=«one two»;Encrypt=yes",
    ]),
  )("is a secret's: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    "passwordis: hunter",
    "run --password -v",
    "run --password --verbose",
    "run --password",
    "run --id abc123",
    "a--password hunter2",
    "run --password [redacted]",
    "run --password must be given",
    "secret://vault/name",
    "password::hunter2",
    "secrets: 2",
    "token: 512",
    "api_key: apiKey",
    "token: abc def",
    "a token: sword",
    "https://x.io/?barcode=FakeFakeFakeFakeFakeFakeFake1234",
    "code=FakeFakeFakeFakeFakeFakeFake1234",
    '{"oauth":"dXNlcjpwYXNzd29yZA=="}',
  ])("says nothing secret: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });
});
