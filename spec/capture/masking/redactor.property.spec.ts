import vm from "node:vm";
import fc from "fast-check";
import { DEFAULT_REDACTOR, createRedactor } from "../../../lib/capture/masking/redactor";
import { standsForSomethingElse } from "../../../lib/capture/masking/secret-values";
import { captureJson, captureText } from "../../../lib/capture/serialize";
import { RUNS, SECRETS, hostileUnit, temptingText } from "./arbitraries";

const redactors = [
  ["the built-in rules", DEFAULT_REDACTOR],
  ["rules with keys and patterns", createRedactor({ keys: ["ssn"], patterns: [/\d{3}/, /e/i] })],
  ["rules with a function", createRedactor((text) => text.replaceAll("horse", "[animal]"))],
] as const;

describe.each(redactors)("masking by %s", (_what, redactor) => {
  it("changes nothing when done twice", () => {
    fc.assert(
      fc.property(temptingText, (text) => {
        const once = redactor.text(text) ?? "";
        expect(redactor.text(once)).toBe(once);
      }),
      RUNS,
    );
  });

  it("reads a text that is not longer than its limit as if there were none", () => {
    fc.assert(
      fc.property(temptingText, fc.nat(100), (text, more) => {
        expect(redactor.text(text, undefined, text.length + more)).toBe(redactor.text(text));
      }),
      RUNS,
    );
  });

  it("records nothing of what stands behind the limit", () => {
    fc.assert(
      fc.property(temptingText, fc.nat(1000), temptingText, (before, share, after) => {
        const limit = Math.floor((before.length * share) / 1000);
        expect(redactor.text(`${before} 犬 ${after}`, undefined, limit)).not.toContain("犬");
      }),
      RUNS,
    );
  });

  it("lets no credential through that stands on a line of its own, and no half of one at the limit", () => {
    fc.assert(
      fc.property(
        temptingText,
        fc.constantFrom(...SECRETS),
        temptingText,
        fc.nat(400),
        (before, secret, after, limit) => {
          // The first line of a private key is not secret.
          const recognizable = /^(?:-{5}|LS0t)/.test(secret) ? secret.slice(64, 96) : secret.slice(0, 24);
          fc.pre(!before.includes(recognizable) && !after.includes(recognizable));
          const text = `${before.replaceAll(/["'`\\]/g, "")}\n${secret}\n${after}`;
          expect(redactor.text(text)).not.toContain(recognizable);
          expect(redactor.text(text, undefined, limit)).not.toContain(recognizable);
        },
      ),
      RUNS,
    );
  });
});

describe.each(redactors.slice(0, 2))("masking by %s", (_what, redactor) => {
  it("adds nothing of its own but the mask and its quotes: what is left stands in the text, in the same order", () => {
    fc.assert(
      fc.property(temptingText, fc.nat(1000), (text, share) => {
        const masked = redactor.text(text, undefined, Math.ceil((text.length * share) / 1000)) ?? "";
        // A mask brings quotes where it has to keep JSON what it is.
        const unquoted = (part: string): string => part.replaceAll(/["'`\\]/g, "");
        const whole = unquoted(text);
        let at = 0;
        for (const piece of masked.split("[redacted]").map(unquoted)) {
          const found = whole.indexOf(piece, at);
          expect({ piece, isThere: found >= 0 }).toEqual({ piece, isThere: true });
          at = found + piece.length;
        }
      }),
      RUNS,
    );
  });
});

describe("masking", () => {
  it("leaves JSON inside a string JSON, whatever its strings hold", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("password", "api_key", "clientSecret", "a", "authToken"),
          fc.jsonValue({ maxDepth: 2 }),
        ),
        fc.nat(2),
        (value, level) => {
          let text = JSON.stringify(value);
          for (let more = 0; more < level; more++) text = JSON.stringify({ text });
          let read: unknown = JSON.parse(DEFAULT_REDACTOR.text(text) ?? "");
          for (let more = 0; more < level; more++) read = JSON.parse((read as { text: string }).text);
          for (const [key, member] of Object.entries(read as Record<string, unknown>)) {
            const plain = value[key];
            // In a text, what is a placeholder or a reference is kept: `{}`, `process.env.X`.
            const isTemplate = typeof plain === "string" && (standsForSomethingElse(plain) || /^[\s,);+]/.test(plain));
            const isNothing =
              isTemplate ||
              plain === null ||
              typeof plain === "boolean" ||
              plain === "" ||
              /^[[\]{},]*$/.test(JSON.stringify(plain));
            if (key !== "a" && !isNothing) expect(member).toBe("[redacted]");
          }
        },
      ),
      RUNS,
    );
  });
});

describe.each(redactors)("a recorded text, masked by %s", (_what, redactor) => {
  it("is never longer than its bound, though masks may be longer than what they stand for", () => {
    fc.assert(
      fc.property(temptingText, fc.integer({ min: 64, max: 400 }), (text, maxBytes) => {
        const bounds = { maxBytes, maxItems: 50, maxDepth: 8 };
        expect(Buffer.byteLength(captureText(text, redactor, bounds) ?? "")).toBeLessThanOrEqual(maxBytes);
        const json = captureJson({ a: text, password: text }, redactor, bounds) ?? "null";
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(maxBytes);
        expect(() => JSON.parse(json) as unknown).not.toThrow();
      }),
      RUNS,
    );
  });
});

describe("a text of the same characters again and again", () => {
  it("is masked in one pass: its masks grow with its length, and what takes more than seconds is interrupted", () => {
    fc.assert(
      fc.property(hostileUnit, (unit) => {
        const text = unit.repeat(Math.ceil(100_000 / unit.length));
        const run = (): string => DEFAULT_REDACTOR.text(text) ?? "";
        const masked: unknown = vm.runInContext("run()", vm.createContext({ run }), { timeout: 20_000 });
        const masks = String(masked).split("[redacted]").length - text.split("[redacted]").length;
        expect(masks).toBeLessThanOrEqual(4_096 + text.length / 48);
      }),
      { numRuns: Math.min(RUNS.numRuns, 2_000) },
    );
  });

  it("changes nothing when masked twice", () => {
    fc.assert(
      fc.property(hostileUnit, fc.integer({ min: 1, max: 60 }), (unit, times) => {
        const once = DEFAULT_REDACTOR.text(unit.repeat(times)) ?? "";
        expect(DEFAULT_REDACTOR.text(once)).toBe(once);
      }),
      RUNS,
    );
  });
});
