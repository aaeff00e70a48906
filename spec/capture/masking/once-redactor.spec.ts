import { createRedactor, DEFAULT_REDACTOR } from "../../../lib/capture/masking/redactor.js";
import { captureJson, captureText, lookingOnce } from "../../../lib/capture/serialize.js";

const SECRET = "sk-proj-abcdefghijklmnop0123456789";
const LONG = `${"An ordinary sentence of a prompt. ".repeat(100)}${SECRET}${" And more of it.".repeat(2_000)}`;

describe("a text that is recorded in several places", () => {
  it("is looked through once", () => {
    let asked = 0;
    const once = lookingOnce({
      ignoresKeys: true,
      text: (value) => {
        asked++;
        return value;
      },
      fieldKind: () => undefined,
      seesNumbers: false,
    });
    captureText(LONG, once);
    captureJson({ messages: [{ role: "user", content: LONG }] }, once);
    captureText(`${LONG} `, once);
    expect(asked).toBe(2 + "messages role user content".split(" ").length);
    // Nothing more is wanted of a text that was seen to its end.
    const [short, bounds] = ["short ".repeat(200), { maxBytes: 100_000, maxItems: 50, maxDepth: 8 }];
    captureText(short, once);
    captureText(short, once, bounds);
    expect(asked).toBe(3 + "messages role user content".split(" ").length);
  });

  it("is, whatever the user masks by keys and patterns, but a function is asked with each key", () => {
    for (const redactor of [DEFAULT_REDACTOR, createRedactor({ keys: ["ssn"], patterns: [/x/] })]) {
      expect(lookingOnce(redactor)).not.toBe(redactor);
    }
    const asked = createRedactor((text) => text);
    expect(lookingOnce(asked)).toBe(asked);
  });

  it.each([16_384, 4_096, 3_420, 3_400, 1_000])("is masked wherever it ends: after %d bytes", (maxBytes) => {
    const bounds = { maxBytes, maxItems: 50, maxDepth: 8 };
    const once = lookingOnce(DEFAULT_REDACTOR);
    captureText(LONG, once);
    for (const redactor of [once, DEFAULT_REDACTOR]) {
      const text = captureText(LONG, redactor, bounds);
      const json = captureJson({ content: LONG }, redactor, bounds);
      expect(`${text} ${json}`).not.toContain("sk-proj");
      expect(text).toMatch(/\.\.\.\[cut\]$/);
      expect((JSON.parse(json ?? "") as { content: string }).content).toMatch(/\.\.\.\[cut\]$/);
    }
  });

  it("is looked through again where more of it is wanted", () => {
    const once = lookingOnce(DEFAULT_REDACTOR);
    expect(captureText(LONG, once, { maxBytes: 1_000, maxItems: 50, maxDepth: 8 })).not.toContain("[redacted]");
    expect(captureText(LONG, once)).toContain("[redacted]");
  });

  it("keeps names that are secret from being shown", () => {
    expect(captureJson({ password: "x", name: "y" }, lookingOnce(DEFAULT_REDACTOR))).toBe(
      '{"password":"[redacted]","name":"y"}',
    );
  });

  it("is shown to a function of the user's under each key", () => {
    const keys: (string | undefined)[] = [];
    const redactor = createRedactor((value, key) => {
      if (value.length > 600) keys.push(key);
      return value;
    });
    const once = lookingOnce(redactor);
    expect(once).toBe(redactor);
    captureText(LONG, once);
    captureJson({ content: LONG }, once);
    expect(keys).toEqual([undefined, "content"]);
  });
});
