import {
  costText,
  countText,
  durationText,
  plural,
  shareText,
  tokensText,
  usdText,
  words,
} from "../../../lib/viewer/page/model/format.js";
import { jsonOf, numberOf, pathText, sameJson, textOf, valueAt } from "../../../lib/viewer/page/model/json.js";

it.each([
  [0, "0 ms"],
  [0.42, "0.42 ms"],
  [9.96, "10 ms"],
  [312.4, "312 ms"],
  [999.6, "1 s"],
  [1_240, "1.24 s"],
  [9_996, "10 s"],
  [59_960, "1 m 0 s"],
  [125_000, "2 m 5 s"],
  [3_725_000, "1 h 2 m"],
  [Number.NaN, "0 ms"],
])("%d milliseconds are written as %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it("an unknown count is a dash, never 0", () => {
  expect([countText(undefined), countText(0), countText(12_345)]).toEqual(["–", "0", "12,345"]);
  expect([tokensText({}), tokensText({ input: 2 }), tokensText({ input: 2, output: 3 })]).toEqual(["–", "2", "5"]);
  expect([plural(1, "span"), plural(2, "span"), words("validation_error")]).toEqual([
    "1 span",
    "2 spans",
    "validation error",
  ]);
});

describe("JSON", () => {
  it("is read from text or taken as it is; a number's text and torn text are none", () => {
    expect([jsonOf('{"a":1}'), jsonOf([1]), jsonOf("12"), jsonOf('{"a":')]).toEqual([
      { a: 1 },
      [1],
      undefined,
      undefined,
    ]);
    expect([textOf(""), textOf(null), textOf({ a: 1 }), textOf(0)]).toEqual([undefined, undefined, '{"a":1}', "0"]);
    expect([numberOf("3"), numberOf(""), numberOf("x"), numberOf(2)]).toEqual([3, undefined, undefined, 2]);
  });

  it("has paths that are written as in code", () => {
    expect(pathText(["lines", 0, "amount"])).toBe("lines[0].amount");
    expect(pathText(["odd key", 1])).toBe('["odd key"][1]');
    expect(valueAt({ lines: [{ amount: 3 }] }, ["lines", 0, "amount"])).toBe(3);
    expect(valueAt({}, ["toString"])).toBeUndefined();
  });

  it("is the same whatever the order of its keys", () => {
    expect(sameJson({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true);
    expect(sameJson({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(sameJson([1], { 0: 1 })).toBe(false);
  });
});

it("a cost has the digits that say something, and an unknown one is a dash, never $0", () => {
  expect([undefined, null, 0, 0.00056123, 0.5, 1_234.5].map(usdText)).toEqual([
    "–",
    "–",
    "$0",
    "$0.000561",
    "$0.5",
    "$1,234.50",
  ]);
  expect([costText({ unknownCalls: 2 }), costText({ usd: 0.25, unknownCalls: 2 })]).toEqual(["–", "$0.25 + 2 unknown"]);
  expect([shareText(1, 8), shareText(0, 0)]).toEqual(["12.5 %", "–"]);
});
