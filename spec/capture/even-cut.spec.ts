import fc from "fast-check";
import { cutEvenly } from "../../lib/capture/cut.js";

const bytes = (text: string | undefined): number => Buffer.byteLength(text ?? "");

describe("a JSON text that is too long", () => {
  it("keeps its short texts, and has the longest cut", () => {
    const value = { before: "a".repeat(90), long: "b".repeat(5_000), last: "the question" };
    const cut = cutEvenly(JSON.stringify(value), 1_000);
    expect(bytes(cut)).toBeLessThanOrEqual(1_000);
    expect(bytes(cut)).toBeGreaterThan(990);
    expect(JSON.parse(cut ?? "")).toEqual({
      ...value,
      long: expect.stringMatching(/^b{800,}\.\.\.\[cut\]$/) as string,
    });
  });

  it("has several long ones cut at the same length", () => {
    const cut = JSON.parse(
      cutEvenly(JSON.stringify(["a".repeat(700), "b", "c".repeat(9_000)]), 1_000) ?? "",
    ) as string[];
    expect(cut.map((text) => text.length)).toEqual([cut[2]?.length, 1, cut[0]?.length]);
    expect(cut[0]?.length).toBeGreaterThan(480);
  });

  it("is left alone where it fits, and given up where its texts are not what is long", () => {
    expect(cutEvenly('{"a":1}', 7)).toBe('{"a":1}');
    expect(cutEvenly(JSON.stringify(Array.from({ length: 500 }, (_, index) => index)), 1_000)).toBeUndefined();
  });

  it("is JSON that fits, whatever its texts are", () => {
    const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 400 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 600, max: 2_000 }), (list, most) => {
        const json = JSON.stringify(list);
        const cut = cutEvenly(json, most);
        expect(bytes(cut)).toBeLessThanOrEqual(most);
        expect(JSON.parse(cut ?? "")).toHaveLength(list.length);
      }),
    );
  });
});

describe("any other text that is too long", () => {
  it.each(["", "{ no JSON ", "[", '"'])("is cut at its end, after %j", (start) => {
    const cut = cutEvenly(start + "日".repeat(1_000), 200);
    expect(cut).toMatch(/日\.\.\.\[cut\]$/);
    expect(bytes(cut)).toBeLessThanOrEqual(200);
    expect(bytes(cut)).toBeGreaterThan(196);
  });
});
