import fc from "fast-check";
import { PartialParser } from "../../../lib/instructor/streaming/partial-parser.js";
import { inPieces, jsonText, jsonValue, runs, singly } from "./cuts.js";

/** Every value that a consumer sees. */
function valuesOf(pieces: readonly string[]): unknown[] {
  const parser = new PartialParser();
  return pieces.map((piece) => {
    parser.push(piece);
    return parser.value;
  });
}

const cutTexts = jsonValue.chain(jsonText).chain((text) => fc.tuple(fc.constant(text), inPieces(text)));

describe("PartialParser", () => {
  it("ends with what JSON.parse gives, wherever the text is cut", () => {
    fc.assert(
      fc.property(cutTexts, ([text, pieces]) => {
        const parser = new PartialParser();
        // A number is complete only where something follows.
        for (const piece of [...pieces, " "]) parser.push(piece);
        expect(parser.isComplete).toBe(true);
        expect(parser.value).toEqual(JSON.parse(text));
        expect(JSON.stringify(parser.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      runs(500),
    );
  });

  it("never changes a value that it has handed out", () => {
    fc.assert(
      fc.property(cutTexts, ([, pieces]) => {
        const parser = new PartialParser();
        const kept: { value: unknown; text: string }[] = [];
        for (const piece of pieces) {
          parser.push(piece);
          kept.push({ value: parser.value, text: JSON.stringify(parser.value) });
        }
        for (const { value, text } of kept) expect(JSON.stringify(value)).toBe(text);
      }),
      runs(100),
    );
  });

  it("makes a new object of each container that changed, and keeps all others", () => {
    fc.assert(
      fc.property(cutTexts, ([, pieces]) => {
        const values = valuesOf(pieces);
        for (const [index, value] of values.entries()) if (index > 0) expectSharing(values[index - 1], value);
      }),
      runs(300),
    );
  });

  it.each<[what: string, first: string, second: string, same: string[], changed: string[]]>([
    ["an array ends", '{"a": {"b": [1, 2', " ]", [], ["", "a", "a.b"]],
    ["an array ends that had all its elements", '{"a": {"b": ["x"', "]", ["", "a", "a.b"], []],
    ["an object ends", '{"a": {"b": {}', "}", ["", "a", "a.b"], []],
    ["a string ends", '{"a": {"b": "x', '"}', ["", "a"], []],
    ["a key begins", '{"a": {"b": {}', ', "c', ["", "a", "a.b"], []],
    ["a value begins", '{"a": {"b": {}, "c": ', '"', ["a.b"], ["", "a"]],
    ["a string grows", '{"a": [{}, {"b": "x', "y", ["a.0"], ["", "a", "a.1"]],
    ["a number ends beside what is complete", '{"a": [1], "b": {"c": 1', "}", ["a"], ["", "b"]],
    ["one container ends and the next one grows", '[{"a": {}', "}, {", ["0", "0.a"], [""]],
    ["half a character comes", '["x', "\ud83d", [""], []],
    ["the same value comes once more", '{"a": 1, "a": ', "1 ", [""], []],
  ])("where %s", (_, first, second, same, changed) => {
    const [before, after] = valuesOf([first, second]);
    for (const path of same) expect([path, at(after, path) === at(before, path)]).toEqual([path, true]);
    for (const path of changed) expect([path, at(after, path) === at(before, path)]).toEqual([path, false]);
  });

  it("shows keys, strings and arrays as they begin, numbers and words when they are whole", () => {
    const pieces = [
      '{"na',
      'me": "',
      "AC",
      'ME", "tags": ',
      '["a',
      '", 1',
      "2, tr",
      "ue",
      "], ",
      '"open": {',
      '"n": nul',
      "l}",
      "}",
    ];
    expect(valuesOf(pieces)).toEqual([
      {},
      { name: "" },
      { name: "AC" },
      { name: "ACME" },
      { name: "ACME", tags: ["a"] },
      { name: "ACME", tags: ["a"] },
      { name: "ACME", tags: ["a", 12] },
      { name: "ACME", tags: ["a", 12] },
      { name: "ACME", tags: ["a", 12, true] },
      { name: "ACME", tags: ["a", 12, true], open: {} },
      { name: "ACME", tags: ["a", 12, true], open: {} },
      { name: "ACME", tags: ["a", 12, true], open: { n: null } },
      { name: "ACME", tags: ["a", 12, true], open: { n: null } },
    ]);
  });

  it("shows no half of a character", () => {
    expect(valuesOf(['["', "\ud83d", "\ude00", "x"])).toEqual([[""], [""], ["😀"], ["😀x"]]);
    for (const whole of ["\u{10000}", "\u{10ffff}"]) {
      expect(valuesOf(['["', ...whole.split("")])).toEqual([[""], [""], [whole]]);
    }
    expect(valuesOf([String.raw`["\ud83d`, String.raw`\ud`, "e00"])).toEqual([[""], [""], ["😀"]]);
  });

  it("makes a property like any other of one that is named __proto__", () => {
    const [value] = valuesOf(['{"__proto__": 1}']);
    expect(Object.getOwnPropertyDescriptors(value)).toEqual(
      Object.getOwnPropertyDescriptors(JSON.parse('{"__proto__": 1}')),
    );
  });

  it("takes line breaks within strings, as models write them", () => {
    expect(valuesOf(['["a\nb\t"]'])).toEqual([["a\nb\t"]]);
  });

  it.each([
    "{}",
    "[[], {}, [[1], {}]]",
    '{"a": [], "b": {"c": {}}}',
    String.raw`["\"\\\/\b\f\n\r\t", "\u00e9\uABCD\uabcd", "\ud83d\ude00", "\ud83d", "\ude00!"]`,
    String.raw`{"\u0041\n": 1, "\ud83d\ude00": 2}`,
    '[0, -1.5e+3, 1E2, true, false, null, ""]',
    '\r\n\t {\r\n\t "a" \r\n\t: \r\n\t1\r\n\t, "b": true\r\n\t }',
    '"text"',
    '{"__proto__": {"a": 1}, "b": [{"__proto__": []}]}',
    '{"a": 1, "a": [2]}',
  ])("makes of %s what JSON.parse does, in one piece and in many", (text) => {
    for (const pieces of [[text], singly(text)]) {
      const parser = new PartialParser();
      for (const piece of pieces) {
        expect(parser.isComplete).toBe(false);
        parser.push(piece);
        expect(parser.value).toBe(parser.value);
      }
      expect([parser.isComplete, parser.hasFailed]).toEqual([true, false]);
      expect(JSON.stringify(parser.value)).toBe(JSON.stringify(JSON.parse(text)));
    }
  });

  it("says of each piece whether it changes the value or completes it", () => {
    const parser = new PartialParser();
    const pieces: [piece: string, isChanging: boolean][] = [
      [" ", false],
      ["{", true],
      ['"k', false],
      [String.raw`\n`, false],
      ['ey"', false],
      [" : ", false],
      ['"', true],
      ["a", true],
      ["\\", false],
      ["u00", false],
      ["e9", true],
      ["\ud83d", false],
      ["\ude00", true],
      ['"', false],
      [" , ", false],
      ['"n":', false],
      ["1", false],
      ["2", false],
      [" ", true],
      [", ", false],
      ['"list":', false],
      ["[", true],
      ["]", false],
      ["}", true],
      [" {", false],
    ];
    for (const [piece, isChanging] of pieces) {
      const before = parser.value;
      expect([piece, parser.push(piece)]).toEqual([piece, isChanging]);
      if (!isChanging) expect(parser.value).toBe(before);
    }
    expect(parser.value).toEqual({ "k\ney": "aé😀", n: 12, list: [] });
  });

  it.each(['{"a": 1} That is {all}, [x]', '{"a": 1}\n```', '{"a": 1}}', '{"a": 1},', '{"a": 1}"'])(
    "does not read what follows the value in %j",
    (text) => {
      for (const pieces of [[text], singly(text)]) {
        const parser = new PartialParser();
        for (const piece of pieces) parser.push(piece);
        expect([parser.isComplete, parser.hasFailed, parser.hasTrailingText]).toEqual([true, false, true]);
        expect(parser.value).toEqual({ a: 1 });
      }
    },
  );

  it.each(["", "{", '{"a', '{"a":', '{"a": "b', '{"a": "b\\', '{"a": 1', "[1, ", "[[]"])(
    "takes %j, which is cut off, for neither whole nor faulty",
    (text) => {
      const parser = new PartialParser();
      parser.push(text);
      expect([parser.isComplete, parser.hasFailed, parser.hasTrailingText]).toEqual([false, false, false]);
      expect(parser.value === undefined).toBe(text === "");
    },
  );

  it.each([
    "[1,]",
    "[,1]",
    "[:1]",
    "[1}",
    '{"a"; 1}',
    '{"a": }',
    '{"a": 1]',
    '{"a",',
    String.raw`["\u00e:"]`,
    String.raw`["\u+123"]`,
    '{"a": 1 "b": 2}',
    "nul,",
    '{"a": 1,}',
    "{,}",
    '{"a" 1}',
    '{"a": nope}',
    "[}",
    "nope ",
    String.raw`["\x"]`,
    String.raw`["\u00zz"]`,
    "{1: 2}",
    "[1 2]",
    "]",
  ])("says that %j is no JSON, and keeps what came before", (text) => {
    const parser = new PartialParser();
    parser.push(text);
    const { value } = parser;
    expect(parser.hasFailed).toBe(true);
    expect(parser.isComplete).toBe(false);
    expect(parser.push('{"a": 1}')).toBe(false);
    expect(parser.value).toBe(value);
  });

  it("is complete exactly where JSON.parse takes the text", () => {
    const texts = fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"a"', ":", ",", "1", "-", "null", " ") });
    fc.assert(
      fc.property(texts, (text) => {
        const parser = new PartialParser();
        for (const unit of singly(`${text} `)) parser.push(unit);
        const { isComplete } = parser;
        let isJson = true;
        try {
          expect(parser.value).toEqual(JSON.parse(text));
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
          isJson = false;
        }
        // What follows the value is not looked at.
        if (isJson) expect(isComplete).toBe(true);
        else if (isComplete) expect(isPrefixJson(text)).toBe(true);
      }),
      runs(3_000),
    );
  });

  it("does not parse again what it has parsed: its work grows with the text", () => {
    // With every chunk parsed from the start this would be 10^10 characters.
    const chunk = `"${"x".repeat(98)}",`;
    const parser = new PartialParser();
    parser.push("[");
    for (let count = 0; count < 20_000; count++) parser.push(chunk);
    parser.push("0]");
    expect(parser.value).toHaveLength(20_001);
  });
});

describe("a list that is read element by element", () => {
  const read = (pieces: readonly string[]) => {
    const parser = new PartialParser("items");
    const items = pieces.flatMap((piece) => {
      parser.push(piece);
      return parser.takeItems();
    });
    return { items, parser };
  };

  it("gives the elements of a bare array, and of a list among other properties, wherever the text is cut", () => {
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
        const { items: read_, parser } = read(pieces);
        expect([parser.isComplete, parser.hasList]).toEqual([true, true]);
        expect(read_).toEqual(JSON.parse(JSON.stringify(items)));
      }),
      runs(200),
    );
  });

  it("gives each element as soon as its last character is there, and keeps none", () => {
    const parser = new PartialParser("items");
    const steps: [piece: string, items: unknown[]][] = [
      ['{"items": [{"a": [1, "]}"', []],
      ["]}", [{ a: [1, "]}"] }]],
      [', {"b": 2}, "c', [{ b: 2 }]],
      ['"', ["c"]],
      [", 4", []],
      ["2]", [42]],
      [', "more": 1}', []],
    ];
    for (const [piece, items] of steps) {
      parser.push(piece);
      expect([piece, parser.takeItems()]).toEqual([piece, items]);
      expect(parser.takeItems()).toEqual([]);
    }
    expect(parser.value).toEqual({ items: [], more: 1 });
  });

  it("does not depend on where any text is cut", () => {
    const texts = fc.string({ unit: fc.constantFrom("{", "}", "[", "]", '"', ":", ",", "\\", "items", "1", " ") });
    const told = (pieces: readonly string[]) => {
      const { items, parser } = read(pieces);
      return [items, parser.isComplete, parser.hasFailed, parser.hasTrailingText, parser.hasList];
    };
    fc.assert(
      fc.property(
        texts.chain((text) => fc.tuple(fc.constant(text), inPieces(text))),
        ([text, pieces]) => {
          expect(told(pieces)).toEqual(told([text]));
        },
      ),
      runs(500),
    );
  });
});

/** The container at a path such as `a.0`; the root at the empty path. */
function at(value: unknown, path: string): unknown {
  const keys = path === "" ? [] : path.split(".");
  return keys.reduce((inner, key) => (inner as Record<string, unknown>)[key], value);
}

/** Expects each container of `after` to be the one of `before` exactly where they are equal. */
function expectSharing(before: unknown, after: unknown): void {
  if (typeof before !== "object" || before === null) return;
  expect(after === before).toBe(JSON.stringify(after) === JSON.stringify(before));
  for (const key of Object.keys(before)) {
    expectSharing(
      Object.getOwnPropertyDescriptor(before, key)?.value,
      Object.getOwnPropertyDescriptor(after, key)?.value,
    );
  }
}

function isPrefixJson(text: string): boolean {
  for (let end = 1; end <= text.length; end++) {
    try {
      JSON.parse(text.slice(0, end));
      return true;
    } catch {
      // A longer beginning may be JSON.
    }
  }
  return false;
}
