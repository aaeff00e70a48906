import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { basic } from "./fake-credentials";
import { allMarked } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);
const base64 = (bytes: string | readonly number[]): string => Buffer.from(bytes as string).toString("base64");

describe("what follows Bearer", () => {
  it.each(
    allMarked([
      "a Bearer «x7» in a sentence",
      "a Bearer «a_bc» in a sentence",
      "a Bearer «toKen» in a sentence",
      "a Bearer «abcdefghijklmnop» in a sentence",
      "a Bearer «my-other-token» in a sentence",
      "a Bearer «a1~b2|c3%20d» in a sentence",
      "Bearer «abc»",
      "say 'Bearer «abc»' to them",
      "Bearer «bonded»",
      "Bearer «myformat»",
      "Bearer «typewriter»",
      "%22Bearer%20«a1b2c3»",
      "Bearer        «a1b2c3»",
      `Bearer «${"a1".repeat(100)}».`,
    ]),
  )("is a token: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    "Bearer 7 of the list",
    "a Bearer a_b in a sentence",
    "a Bearer abcdefghijklmno in a sentence",
    "a Bearer Word in a sentence",
    "a Bearer HTTP in a sentence",
    "a Bearer Token-Based scheme",
    "Bearer ab",
    "Bearer Abc",
    "a Bearer abc",
    "Bearer abc, said he",
    "'Bearer abc, said he",
    "Bearer ...",
    "bearer1a2b3c4d",
    "forbearer a1b2c3d4",
    "Bearer         a1b2c3",
  ])("is a word: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });

  it.each([
    ...["of", "token", "tokens", "auth", "authentication", "authorization", "scheme", "schemes", "header", "headers"],
    ...["bond", "bonds", "share", "shares", "check", "checks", "cheque", "cheques", "only", "or", "and", "is"],
    ...["format", "type"],
  ])("is a title: Bearer %s", (word) => {
    expect(recordedOf(`Bearer ${word}`)).toBe(`Bearer ${word}`);
  });
});

describe("what follows Basic", () => {
  it.each([
    ["a user without a password", base64("ann:")],
    ["nothing but the colon between both", base64(":")],
    ["a password with a space in it", base64("ann:hun ter2")],
    ["a long password in another script, of which only the beginning is looked at", base64(`u:p${"ü".repeat(600)}`)],
  ])("is a login: %s", (_what, login) => {
    expect(recordedOf(`It sent Basic ${login}`)).toBe("It sent Basic [redacted]");
    expect(recordedOf(`It sent Basic ${login} to them`)).toBe("It sent Basic [redacted] to them");
  });

  it.each([
    ["too short for one", "Ojo"],
    ["of control characters", base64("ann:a\u0001b")],
    ["with a character that deletes", base64("ann:a\u007fb")],
    ["of bytes that are no text", base64([0x61, 0x3a, 0x80])],
  ])("is none: %s", (_what, word) => {
    expect(recordedOf(`It sent Basic ${word}`)).toBe(`It sent Basic ${word}`);
  });

  it.each([`beach ${basic}`, `ultrabasic ${basic}`, `basic${basic}`])("is one only behind that word: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });
});
