import { isValidSpanId, isValidTraceId } from "@opentelemetry/api";
import { RandomTraceId, randomSpanId } from "../../../lib/telemetry/provider/random-ids.js";
import { AdoptingIdGenerator } from "../../../lib/telemetry/provider/trace-id-adoption.js";

afterEach(() => jest.restoreAllMocks());

describe("ids", () => {
  it("are made of all that chance gives, digit for digit", () => {
    const chances = [0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210];
    let at = 0;
    jest.spyOn(Math, "random").mockImplementation(() => chances[at++ % 4]! / 2 ** 32);
    expect(randomSpanId()).toBe("0123456789abcdef");
    at = 0;
    expect(new RandomTraceId().text).toBe("0123456789abcdeffedcba9876543210");
  });

  it("are valid whatever chance says", () => {
    for (const chance of [0, 2 ** -53, 0.5, 1 - 2 ** -53]) {
      jest.spyOn(Math, "random").mockReturnValue(chance);
      expect(isValidSpanId(randomSpanId())).toBe(true);
      expect(isValidTraceId(new RandomTraceId().text)).toBe(true);
    }
  });

  it("are each its own", () => {
    expect(new Set(Array.from({ length: 1_000 }, randomSpanId)).size).toBe(1_000);
  });
});

describe("a trace id that is adopted", () => {
  const ids = new AdoptingIdGenerator();
  const adopted = "a".repeat(32);

  it("is that of what starts within, and of nothing after it", () => {
    expect(ids.within(adopted, () => ids.generateTraceId())).toBe(adopted);
    expect(ids.generateTraceId()).not.toBe(adopted);
    const boom = (): never => {
      throw new Error("boom");
    };
    expect(() => ids.within(adopted, boom)).toThrow("boom");
    expect(ids.generateTraceId()).not.toBe(adopted);
  });

  it.each(["", "0".repeat(32), "no id"])("is none where it is not valid: %s", (traceId) => {
    const made = ids.within(traceId, () => ids.generateTraceId());
    expect(isValidTraceId(made)).toBe(true);
    expect(made).not.toBe(traceId);
  });
});
