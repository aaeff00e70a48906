import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redaction";
import { inEverySetting } from "../marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("what stands behind the name of a secret", () => {
  it.each([
    ...["true", "null", "string", "number", "boolean", "bytes", "uuid", "optional", "required", "SecretStr", "field"],
    ...["await", "unique", "disabled", "missing", "invalid", "expired", "hidden", "same-origin", "basic", "digest"],
  ])("is a type, a literal or a placeholder: %s", (word) => {
    expect(recordedOf(`password=${word}`)).toBe(`password=${word}`);
  });

  it.each([
    "password: must contain a digit",
    "password: your mother's name",
    "password: which nobody knows",
    "password: click here",
    "password: reset by mail",
    "password: every other one",
    "password: should be changed",
  ])("goes on as a sentence: %s", (text) => {
    expect(recordedOf(text)).toBe(text);
  });

  it.each(
    inEverySetting([
      "password=xxx",
      "password={password}",
      "password={settings.password",
      "password=%DB_PASSWORD%",
      "password=%s",
      "password=user.password",
      "password=user.credentials",
      "password=jar.cookies",
      "password=jar.cookie",
      "password=$",
      "token: URLPattern;",
      "password=options.value",
      "password=config?.value",
      "password=read(name)",
      "password=values[name]",
      "password=(name: string) => 1",
      "token: ts.Token;",
      "token = found ?? other",
      "token = found && other",
    ]),
  )("is an expression of a program: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each(
    inEverySetting([
      "password=«xx»",
      "password=«xxxy»",
      "password=«{pass1»}",
      "password=«a{pass»}",
      "password=«hunter.two»",
      "password=«user.password1»",
      "password=«9.password»",
      "password=«process»",
      "password=«user(9a»)",
      "password=«trueish1»",
      "password=«{9x{pass»",
      "password=«my.secret+x9»",
      "password=«9process.env»",
    ]),
  )("only looks like one: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});
