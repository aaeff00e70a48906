import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redaction";
import { allMarked } from "./marked";

const recordedOf = (text: string): string | undefined => DEFAULT_REDACTOR.text(text);

describe("a value without quotes ends", () => {
  it.each(
    allMarked([
      "password=«hunter2»\u00a0and more",
      "password=«a26bc»",
      "password=«9a[b1c]d» and more",
      "password=«9a[b1»&user=ann",
      "password=«hunter2!»<br>",
      "Use password=«hunter2».",
      "[password=«hunter2»]",
      "[password=«hunter2», user=ann]",
      "<login password=«hunter2»>",
      "{password:«hunter2»,user:ann}",
      "login?a=1&password=«hunter2»&verbose",
      "Password=«P@ss»;Integrated Security=true",
      "password: «hun;ter2» user=ann",
      "password=«hun;ter2» and x,y=1",
      "password=«hunter2»%26user=ann",
      `password=«hunter,${"a1".repeat(150)}» user=ann`,
    ]),
  )("where it should: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });

  it.each([
    ["password=9bc[redacted]def", "password=[redacted]"],
    ["password=x[redacted]&user=ann", "password=[redacted]&user=ann"],
  ])("behind what was masked in it: %s", (text, recorded) => {
    expect(recordedOf(text)).toBe(recorded);
  });
});
