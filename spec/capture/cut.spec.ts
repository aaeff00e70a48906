import { byteLength, cutString, fitting } from "../../lib/capture/cut";

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
