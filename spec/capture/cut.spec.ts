import fc from "fast-check";
import { SPAN_BYTES } from "../../lib/capture/bounds";
import { byteLength, cutEvenly, cutString, fitContent, fitting } from "../../lib/capture/cut";

/** The longest beginning of a text, of whole code points, that takes no more than `room`. */
function longest(text: string, room: number, bytesOf: (part: string) => number): number {
  let kept = "";
  for (const character of text) {
    if (bytesOf(kept + character) > room) break;
    kept += character;
  }
  return kept.length;
}

const inUtf8 = (part: string): number => Buffer.byteLength(part);
const inJson = (part: string): number => Buffer.byteLength(JSON.stringify(part)) - 2;

const WELL_FORMED = [
  "plain ascii",
  "\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff",
  "aé日😀z",
  "\ud800\udc00\udbff\udfff",
  "\ud83d\ude00\ud83d\ude00\ud83d\ude00",
  "日本語",
  "éa".repeat(8),
];
const ILL_FORMED = ["\ud800a\ud800", "\udc00\udc00", "\ud800\ue000", "\ud800\ud800\udc00", "\ud7ff\udc00", "\udbff"];
const ESCAPED = Array.from({ length: 128 }, (_, code) => `a${String.fromCharCode(code).repeat(4)}`);

const ROOMS = Array.from({ length: 28 }, (_, room) => room);

describe("how much of a text fits", () => {
  it.each([...WELL_FORMED, ...ILL_FORMED])("into a few bytes: %j", (text) => {
    expect(ROOMS.map((room) => fitting(text, room))).toEqual(ROOMS.map((room) => longest(text, room, inUtf8)));
  });

  it.each([...WELL_FORMED, ...ILL_FORMED])("at the end of a payload of more than 16 KiB: %j", (text) => {
    const before = "a".repeat(16_384);
    const rooms = ROOMS.slice(1);
    expect(rooms.map((room) => fitting(before + text, before.length + room) - before.length)).toEqual(
      rooms.map((room) => longest(text, room, inUtf8)),
    );
  });

  it.each([...WELL_FORMED, ...ESCAPED, "\\\\u0041\\\\"])("into a string of JSON: %j", (text) => {
    const json = JSON.stringify(text).slice(1, -1);
    const kept = ROOMS.map((room) => (JSON.parse(`"${cutString(json, room)}"`) as string).length);
    expect(kept).toEqual(ROOMS.map((room) => longest(text, room, inJson)));
  });
});

it.each([...WELL_FORMED, ...ILL_FORMED])("the bytes of a text are those of UTF-8: %j", (text) => {
  expect(byteLength(text)).toBe(new TextEncoder().encode(text).length);
});

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

const kib = (count: number): string => "x".repeat(count * 1_024);
const bytesOf = (...parts: (object | undefined)[]): number =>
  parts.flatMap((part) => Object.values(part ?? {}).flat() as string[]).join("").length;

describe("what one span records", () => {
  it("stays as it is up to 512 KiB", () => {
    const content = { attributes: { input: kib(256), output: kib(200) }, events: [{ answer: kib(56) }, undefined] };
    expect(fitContent(content)).toEqual(content);
  });

  it("has the oldest events give way, as many as are too much", () => {
    const events = [{ list: `[${kib(100)}]` }, { answer: kib(100) }, undefined, { answer: kib(100) }];
    const attributes = { input: kib(150), output: kib(150) };
    expect(fitContent({ attributes, events })).toEqual({
      attributes,
      events: [{ list: '"...[cut]"' }, ...events.slice(1)],
    });
  });

  it("has the longest attributes cut where that is not enough", () => {
    const attributes = { input: kib(400), output: JSON.stringify({ a: kib(400) }), small: "small", list: [kib(1)] };
    const fitted = fitContent({ attributes, events: [{ answer: kib(64) }] });
    expect(fitted.events).toEqual([{ answer: "...[cut]" }]);
    expect(fitted.attributes).toMatchObject({ small: "small", list: [kib(1)] });
    expect(JSON.parse(String(fitted.attributes?.output))).toEqual({
      a: expect.stringMatching(/^x+\.\.\.\[cut\]$/) as string,
    });
    expect(bytesOf(fitted.attributes, ...fitted.events)).toBeLessThanOrEqual(SPAN_BYTES);
    expect(bytesOf(fitted.attributes, ...fitted.events)).toBeGreaterThan(SPAN_BYTES - 64);
  });

  it("does not count tool arguments and schemas", () => {
    const attributes = {
      "gen_ai.prompt.3.tool_calls": kib(900),
      "gen_ai.completion.0.tool_calls": kib(900),
      "llm.request.functions": kib(900),
      "gen_ai.tool.definitions": kib(900),
      input: kib(500),
    };
    expect(fitContent({ attributes, events: [] }).attributes).toEqual(attributes);
  });
});
