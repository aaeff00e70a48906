import { createRedactor, DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor.js";
import { maskedAcross } from "../../lib/decorators/recorded-items.js";

describe("texts that came one after the other", () => {
  it.each<[string, readonly string[], readonly string[], string | undefined]>([
    ["ordinary text", ["The ", "soup ", "is ready"], [], undefined],
    ["one piece, masked for itself already", ["password: hunter2"], [], undefined],
    ["pieces that are masked each for itself", ["password: hunter2", " and more"], [], undefined],
    ["a credential in two pieces", ["postgres://app:hun", "ter2@db/app"], [], "postgres://[redacted]@db/app"],
    ["one that what follows shows to be one", ["to ghp_a1b2c"], ["3d4e5f6g7h8i9j0k1l2m3"], "to [redacted]"],
    [
      "one that pieces which follow show",
      ["go", " to ghp_a1"],
      ["b2c3d4e5f", "6", "g7h8i9j0k1l2m3"],
      "go to [redacted]",
    ],
    ["nothing that what follows could show", ["to the", " market"], [" and back"], undefined],
    ["one piece, with ordinary text after it", ["to the market"], [" and back"], undefined],
    ["a credential that what follows begins", ["to the market"], [" password: hunter2"], undefined],
  ])("show of a credential what none of them shows: %s", (_, pieces, after, expected) => {
    expect(maskedAcross(pieces, after.join(""), DEFAULT_REDACTOR)).toBe(expected);
  });

  it("are held against a user's keys and patterns", () => {
    const redactor = createRedactor({ patterns: [/\d{4}-\d{4}/] });
    expect(maskedAcross(["card 12", "34-5678"], "", redactor)).toBe("card [redacted]");
    expect(maskedAcross(["card 12", "34-5678"], "", DEFAULT_REDACTOR)).toBeUndefined();
  });

  it("are held against the built-in rules where a user's function rewrites texts, which may tell by their lengths", () => {
    const redactor = createRedactor((text) => `${text.length} characters`);
    expect(maskedAcross(["one ", "two"], "", redactor)).toBeUndefined();
    expect(maskedAcross(["postgres://app:hun", "ter2@db/app"], "", redactor)).toBe("postgres://[redacted]@db/app");
  });
});
