import vm from "node:vm";
import { DEFAULT_REDACTOR } from "../../../lib/capture/masking/redactor";
import { anthropicKey, openAiKey, rsaPrivateKey } from "./fake-credentials";
import { HOSTILE_UNITS, muchOf, risingLevels } from "./hostile-texts";
import { MUST_KEEP } from "./must-keep";
import { CHANGED_SIDES, MUST_MASK } from "./must-mask";

describe("the built-in rules", () => {
  it.each(MUST_MASK)("mask %j", (text, recorded) => {
    expect(DEFAULT_REDACTOR.text(text)).toBe(recorded);
  });

  it.each(MUST_MASK)("leave masked what was %j", (_text, recorded) => {
    expect(DEFAULT_REDACTOR.text(recorded)).toBe(recorded);
  });

  it.each(MUST_KEEP.map((text) => [text]))("keep %j", (text) => {
    expect(DEFAULT_REDACTOR.text(text)).toBe(text);
  });

  it.each(MUST_KEEP.map((text) => [text]))("keep %j between other texts", (text) => {
    expect(DEFAULT_REDACTOR.text(`First.\n${text}\nLast.`)).toBe(`First.\n${text}\nLast.`);
  });
});

it.each(CHANGED_SIDES)("%s is kept: %j", (_reason, text) => {
  expect(DEFAULT_REDACTOR.text(text)).toBe(text);
});

describe("names of keys", () => {
  it.each(["api_key", "X-Api-Key", "dbPassword", "user[password]", "clientSecret", "access_token", "API_KEY_PROD"])(
    "%s holds a secret whatever it is",
    (name) => expect(DEFAULT_REDACTOR.fieldKind(name)).toBe("any"),
  );

  it.each(["token", "authorization", "cookie", "key", "secretary", "password_policy_url", "", "__proto__", "日本語"])(
    "%j does not",
    (name) => expect(DEFAULT_REDACTOR.fieldKind(name)).not.toBe("any"),
  );
});

describe("a bounded text", () => {
  it.each([0, 1, 5, 12, 20, 30, 60])(
    "has no beginning of a credential that the bound cuts, %i characters in",
    (into) => {
      const before = "The key is ";
      const recorded = DEFAULT_REDACTOR.text(`${before}${anthropicKey} and more`, undefined, before.length + into);
      expect([before, `${before}[redacted]`, before + anthropicKey.slice(0, 1), `${before}sk`]).toContain(recorded);
    },
  );

  it("has nothing of a private key whose end lies far behind the bound", () => {
    const text = `a ${rsaPrivateKey.replaceAll("\n", "\n".repeat(50))} b`;
    expect(DEFAULT_REDACTOR.text(text, undefined, 50)).toBe("a [redacted]");
  });

  it("is not filled up with what stands behind the bound when masking made it shorter", () => {
    const text = `${openAiKey} ${openAiKey} end ${"x".repeat(1000)}`;
    expect(DEFAULT_REDACTOR.text(text, undefined, 2 * openAiKey.length + 5)).toBe("[redacted] [redacted] end");
  });
});

it("a credential is masked whole where it begins before the limit, and not read where it begins behind", () => {
  expect(DEFAULT_REDACTOR.text("password=hunter2 and more", undefined, 10)).toBe("password=[redacted]");
  expect(DEFAULT_REDACTOR.text("password=hunter2 and more", undefined, 9)).toBe("password=");
});

describe("a text full of", () => {
  // Each takes milliseconds; whatever takes more than a minute grows faster than the text, and is interrupted.
  const finishes = (run: () => void): void => {
    vm.runInContext("run()", vm.createContext({ run }), { timeout: 60_000 });
  };

  it.each(HOSTILE_UNITS.map((unit) => [unit]))("%j is masked in one pass", (unit) => {
    const text = muchOf(unit);
    finishes(() => expect(typeof DEFAULT_REDACTOR.text(text)).toBe("string"));
  });

  it("strings behind ever more backslashes is masked in one pass", () => {
    const text = risingLevels();
    finishes(() => expect(typeof DEFAULT_REDACTOR.text(text)).toBe("string"));
  });
});

describe("a text that has a keyword everywhere", () => {
  it.each(["X-Api-Key: ", "token: a1b2c3d4 ", "key="])("is masked from where it has too many: %j", (unit) => {
    const text = unit.repeat(50_000);
    const recorded = DEFAULT_REDACTOR.text(text) ?? "";
    expect(recorded).toMatch(/\[redacted\]$/);
    expect(recorded.length).toBeLessThan(text.length / 2);
    expect(DEFAULT_REDACTOR.text(recorded) === recorded).toBe(true);
  });

  it("is kept where it is the size of an answer", () => {
    const pairs = JSON.stringify(Array.from({ length: 2_000 }, () => ({ key: "color", value: "red" })));
    expect(DEFAULT_REDACTOR.text(pairs) === pairs).toBe(true);
    const tokens = JSON.stringify(
      Array.from({ length: 20_000 }, () => ({ token: "Hello", logprob: -0.123, bytes: [72] })),
    );
    expect(DEFAULT_REDACTOR.text(tokens) === tokens).toBe(true);
  });

  it("is kept where one character is all of it, as zeros in base64 are", () => {
    const zeros = "A".repeat(100_000);
    expect(DEFAULT_REDACTOR.text(zeros) === zeros).toBe(true);
  });
});
