import fc from "fast-check";
import { ItemScanner } from "../../../lib/instructor/stream/item-scanner.js";
import { inPieces, jsonText, jsonValue, runs, singly } from "./cuts.js";

function scan(pieces: readonly string[]) {
  const scanner = new ItemScanner();
  const items = pieces.flatMap((piece) => scanner.push(piece));
  return { items, problem: scanner.end(), isComplete: scanner.isComplete };
}

describe("ItemScanner", () => {
  it("gives the items of any list, wherever its text is cut", () => {
    const lists = fc
      .array(jsonValue)
      .chain((items) => jsonText({ items }).chain((text) => fc.tuple(fc.constant(text), inPieces(text))));
    fc.assert(
      fc.property(lists, ([text, pieces]) => {
        const { items, problem } = scan(pieces);
        expect(problem).toBeUndefined();
        expect(items.map((item) => JSON.parse(item) as unknown)).toEqual(
          (JSON.parse(text) as { items: unknown }).items,
        );
      }),
      runs(100),
    );
  });

  it("gives the items of a bare array, and of a list among other properties", () => {
    const roots = fc
      .tuple(fc.array(jsonValue), fc.dictionary(fc.string(), jsonValue), fc.dictionary(fc.string(), jsonValue))
      .chain(([items, before, after]) => {
        delete before.items;
        delete after.items;
        return fc
          .constantFrom(items, { ...before, items, ...after })
          .chain(jsonText)
          .chain(inPieces)
          .map((pieces) => ({ items, pieces }));
      });
    fc.assert(
      fc.property(roots, ({ items, pieces }) => {
        const scanned = scan(pieces);
        expect(scanned.isComplete).toBe(true);
        expect(scanned.items.map((item) => JSON.parse(item) as unknown)).toEqual(JSON.parse(JSON.stringify(items)));
      }),
      runs(100),
    );
  });

  it("gives each item as soon as its last character is there", () => {
    const scanner = new ItemScanner();
    expect(scanner.push('{"items": [{"a": [1, "]}"')).toEqual([]);
    expect(scanner.push("]}")).toEqual(['{"a": [1, "]}"]}']);
    expect(scanner.push(', {"b": 2}, "c')).toEqual(['{"b": 2}']);
    expect(scanner.push('"')).toEqual(['"c"']);
    expect(scanner.isComplete).toBe(false);
    expect(scanner.push(", 4")).toEqual([]);
    expect(scanner.push("2]}")).toEqual(["42"]);
    expect(scanner.isComplete).toBe(true);
  });

  it("knows the list by its key, however that is spelled, and at the root alone", () => {
    const text = String.raw`{"list": {"items": [1]}, "itemsx": [2], "\u0069tems": [3]}`;
    expect(scan(singly(text)).items).toEqual(["3"]);
    expect(scan(['{"items": [1], "items": [2]}'])).toEqual({ items: ["1"], problem: undefined, isComplete: true });
  });

  it.each([
    ["", "empty"],
    ["  \n", "empty"],
    ["{", "truncated"],
    ['{"items": [{"a": 1}', "truncated"],
    ['{"items": [{"a": 1}, {"a"', "truncated"],
    ['{"items": [1]', "truncated"],
    ['{"items": [12', "truncated"],
    ['{"items": "none', "truncated"],
    ["{}", "no_items"],
    ['{"items": null}', "no_items"],
    ['{"item": [1]}', "no_items"],
    ["Sorry, I cannot.", "junk"],
    ["{items: [1]}", "junk"],
    ['{"items": [1}', "junk"],
    ['{"items": [,1]}', "junk"],
    ['{"items": [1,]}', "junk"],
    ['{"items" [1]}', "junk"],
    ['{"items": [1]} and more', "junk"],
    ["[1] [2]", "junk"],
  ] as const)("says of %j that it is %s", (text, problem) => {
    expect(scan([text])).toMatchObject({ problem, isComplete: false });
    expect(scan(singly(text))).toEqual(scan([text]));
  });

  it("keeps the items before the place where the text is cut off or turns into something else", () => {
    expect(scan(['{"items": [{"a": 1}, {"a": 2}, {"a'])).toMatchObject({ items: ['{"a": 1}', '{"a": 2}'] });
    expect(scan(['{"items": [{"a": 1} Sorry'])).toMatchObject({ items: ['{"a": 1}'] });
  });

  it("never throws, whatever the text, and does not depend on where it is cut", () => {
    const texts = fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", "items", "1", " ") });
    fc.assert(
      fc.property(
        texts.chain((text) => fc.tuple(fc.constant(text), inPieces(text))),
        ([text, pieces]) => {
          expect(scan(pieces)).toEqual(scan([text]));
        },
      ),
      runs(500),
    );
  });

  it("agrees with JSON.parse on what is complete", () => {
    const texts = fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"items"', ":", ",", "1", " ") });
    fc.assert(
      fc.property(texts, (text) => {
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          value = undefined;
        }
        const list = Array.isArray(value) ? value : (value as { items?: unknown } | null | undefined)?.items;
        if (Array.isArray(list)) expect(scan([text]).items.map((item) => JSON.parse(item) as unknown)).toEqual(list);
      }),
      runs(2_000),
    );
  });
});
