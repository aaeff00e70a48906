import fc from "fast-check";
import type { AnswerPiece } from "../../../lib/instructor/streaming/accumulator.js";
import { AnswerText, ItemList, PartialObject } from "../../../lib/instructor/streaming/structured-answer.js";
import { inPieces, jsonText, jsonValue, runs, singly } from "./cuts.js";

const tool = (text: string, at = 0): AnswerPiece => ({ tool: at, text });
const said = (text: string): AnswerPiece => ({ tool: undefined, text });

describe("the list in a streamed answer", () => {
  const read = (pieces: AnswerPiece[]) => {
    const list = new ItemList();
    return { items: pieces.flatMap((piece) => list.push(piece)), problem: list.problem };
  };

  it.each<[what: string, pieces: AnswerPiece[], items: unknown[]]>([
    ["in what a tool is called with", [tool('{"items": [1'), tool(", 2]}")], [1, 2]],
    ["in the content", [said('Here: \n{"items": [1'), said(", 2]}")], [1, 2]],
    ["in several calls, in turns", [tool('{"items": [1', 0), tool("[2", 1), tool(", 3]}", 0), tool("]", 1)], [1, 3, 2]],
    ["in a call beside words", [said("I call a tool. "), tool('{"items": [1]}')], [1]],
    ["an empty one", [tool('{"items": []}')], []],
  ])("is found: %s", (_, pieces, items) => {
    expect(read(pieces)).toEqual({ items, problem: undefined });
  });

  it.each<[what: string, pieces: AnswerPiece[], problem: string]>([
    ["no answer", [], "it holds no JSON"],
    ["words", [said("I cannot.")], "it holds no JSON"],
    ["a list that is cut off", [tool('{"items": [1')], "it ends too early"],
    ["a list in words that is cut off", [said('{"items": [1')], "it ends too early"],
    ["no list", [tool('{"item": 1}')], "it has no items"],
    ["something else", [tool("items: 1")], "it is not JSON"],
    ["one whole list and one that is cut off", [tool("[1]", 0), tool("[1", 1)], "it ends too early"],
    ["a whole list in words and one in a call that is cut off", [said("[1]"), tool("[1", 1)], "it ends too early"],
  ])("is missed where there is %s", (_, pieces, problem) => {
    expect(read(pieces).problem).toBe(problem);
  });
});

describe("the object in a streamed answer", () => {
  const read = (pieces: AnswerPiece[]) => {
    const object = new PartialObject();
    const changes = pieces.map((piece) => object.push(piece));
    return { object, changes };
  };

  it.each<[what: string, pieces: AnswerPiece[], value: object | undefined, changes: boolean[]]>([
    ["in what a tool is called with", [tool('{"a": '), tool("1}")], { a: 1 }, [true, true]],
    ["in the content", [said("```json\n"), said('{"a": 1}\n```')], { a: 1 }, [false, true]],
    ["in the first of two calls", [tool('{"a": 1}', 0), tool('{"b": 2}', 1)], { a: 1 }, [true, false]],
    ["in a call, whatever is said beside it", [tool('{"a": 1}'), said('{"b": 2}')], { a: 1 }, [true, false]],
    ["in a call, whatever was said before it", [said('{"b": 2}'), tool('{"a": 1}')], { a: 1 }, [true, true]],
    [
      "in the content, whatever a second tool is called with",
      [tool('{"b": 2}', 1), said('{"a": 1}')],
      { a: 1 },
      [false, true],
    ],
  ])("is found: %s", (_, pieces, value, changes) => {
    const { object, changes: changed } = read(pieces);
    expect([object.value, object.problem, changed]).toEqual([value, undefined, changes]);
  });

  it.each<[what: string, pieces: AnswerPiece[], value: object | undefined, problem: string]>([
    ["no answer", [], undefined, "it holds no JSON"],
    ["words", [said("I cannot.")], undefined, "it holds no JSON"],
    ["an object that is cut off", [tool('{"a": "x')], { a: "x" }, "it ends too early"],
    ["a list", [tool("[1]")], undefined, "it is something else"],
    ["a list that is cut off", [tool("[1")], undefined, "it ends too early"],
    ["a text", [tool('"a"')], undefined, "it is something else"],
    ["null", [tool("null ")], undefined, "it is something else"],
    ["something else", [tool('{"a": 1, b')], { a: 1 }, "it is not JSON"],
  ])("is missed where there is %s", (_, pieces, value, problem) => {
    const { object } = read(pieces);
    expect([object.value, object.problem]).toEqual([value, problem]);
  });
});

describe("the items of a list", () => {
  const scan = (text: string) => {
    const list = new ItemList();
    return { items: list.push(tool(text)), problem: list.problem };
  };

  it.each<[what: string, text: string, items: unknown[]]>([
    [
      "of every kind",
      '[1, -2.5e3, "a]", true, null, {"b": [1]}, [2, {}]]',
      [1, -2_500, "a]", true, null, { b: [1] }, [2, {}]],
    ],
    ["with space of every kind around", ' \r\n\t{ "items" : [ 1 ,\n2\t, 3\r] } ', [1, 2, 3]],
    ["with no space", '{"items":[1,2,"a",{}]}', [1, 2, "a", {}]],
    ["with quotes and backslashes in texts", String.raw`["a\"]", "\\", "\\\""]`, ['a"]', "\\", '\\"']],
    ["under a name that is spelled with escapes", String.raw`{"it\u0065ms": [1]}`, [1]],
    ["behind other values", '{"a": "items", "b": {"items": [9]}, "c": [8, [7]], "d": 6 , "items": [1]}', [1]],
    ["before other values", '{"items": [1], "a": [2], "b": {"c": "}"}}', [1]],
    ["in the first of two lists of the name", '{"items": [1], "items": [2]}', [1]],
    ["behind a value of the name that is no list", '{"items": {"a": [9]}, "items": [1]}', [1]],
    ["with line breaks in texts, which models write", '["a\nb"]', ["a\nb"]],
    ["which are none", "[ ]", []],
  ])("are found, %s", (_, text, items) => {
    expect(scan(text)).toEqual({ items, problem: undefined });
  });

  it.each<[text: string, problem: string]>([
    ["", "it holds no JSON"],
    [" \n", "it holds no JSON"],
    ["1", "it holds no JSON"],
    ['"items"', "it has no items"],
    ["{", "it ends too early"],
    ["{}", "it has no items"],
    ['{"items', "it ends too early"],
    ['{"items" [', "it is not JSON"],
    ['{"items": 1', "it ends too early"],
    ['{"items": 1}', "it has no items"],
    ['{"items": "[1]"}', "it has no items"],
    ['{"item": [1]}', "it has no items"],
    ["[1", "it ends too early"],
    ["[1,]", "it is not JSON"],
    ["[1]]", "it is not JSON"],
    ["[1] {}", "it is not JSON"],
    ['{"items": [1]', "it ends too early"],
    ['{"items": [1]]', "it is not JSON"],
    ['{"a": nope, "items": [1]}', "it is not JSON"],
    [String.raw`{"\x": [9], "items": [1]}`, "it is not JSON"],
    ['{"items": [1]} and more', "it is not JSON"],
    ['{"items": [1]}}', "it is not JSON"],
    ['["a', "it ends too early"],
    ['[{"a": "b', "it ends too early"],
    ['[{"a": [1}', "it is not JSON"],
  ])("are missed in %j: %s", (text, problem) => {
    expect(scan(text).problem).toBe(problem);
  });

  it("are found in what comes before an error, and no longer after it", () => {
    const list = new ItemList();
    expect(list.push(tool('{"items": [1, 2} 3, 4]'))).toEqual([1, 2]);
    expect(list.hasFailed).toBe(true);
    expect(list.push(tool("[5]"))).toEqual([]);
  });

  it("may be followed by prose in content", () => {
    const list = new ItemList();
    expect(list.push(said('```json\n{"items": [1]}\n```\nThat {is} all.'))).toEqual([1]);
    expect([list.hasFailed, list.problem]).toEqual([false, undefined]);
  });
});

function read(pieces: readonly string[]): string {
  const answer = new AnswerText();
  return pieces.map((piece) => answer.push(piece)).join("");
}

/** What models put around their answer. */
const AROUND: readonly [before: string, after: string][] = [
  ["", ""],
  ["\n ", "\n"],
  ["```json\n", "\n```"],
  ["```JSON\r\n", "\r\n```\nThat is all."],
  ["```\n", "\n```"],
  ["```json ", "```"],
  ["```", "```"],
  ["Here is the `JSON` you [the user] asked for:\n\n```json\n", "\n```\nAnything {else}?"],
  ["Here you are:\n", ""],
  ["In Python:\n```python\nprint({})\n```\nAnd so:\n```json\n", "\n```"],
  ["<think>\nA {thought}, ```json\n{}\n``` and <b>.\n</think>\n\n```json\n", "\n```"],
  ["<thinking>one</thinking>", ""],
  ["<THINK></THINK>\n", ""],
  ["The prompt opened this.</think>\n", ""],
  ["<th<think>x<</think>\n```json\n", "\n```"],
  ["<think>1 << 2</think>", ""],
  ["One.</think> Two.</think>\n", ""],
  ["Set ```name``` to {this}:\n", ""],
  ["Where `{name}` is the customer's:\n", ""],
  ["`{name}` is the customer's:\n", ""],
  ["In Python:\n```python\n{1: 2}\n```\n", ""],
  ["```sh\necho `date`\n{ ls; }\n```\n", ""],
  ["```python\nprint()\n```\n[1] says how:\n", ""],
  ["```\nname: {x}\n{y}\n```\n", ""],
  ["```json\n\n \t", "\n\n```"],
  ["``` json\n", "\n```"],
  ["````json\n", "\n````"],
  ...["json5", "jsonc", "jsonl", "JSON5"].map((label): [string, string] => ["```" + label + "\n", "\n```"]),
];
const around = fc.constantFrom(...AROUND);

const documents = jsonValue.filter((value) => typeof value === "object" && value !== null && !Array.isArray(value));

describe("AnswerText", () => {
  it("gives an answer from its JSON on, whatever stands before it and wherever it is cut", () => {
    const answers = fc
      .tuple(documents.chain(jsonText), around)
      .chain(([json, [before, after]]) =>
        inPieces(before + json + after).map((pieces) => ({ rest: json + after, pieces })),
      );
    fc.assert(
      fc.property(answers, ({ rest, pieces }) => {
        expect(read(pieces)).toBe(rest);
      }),
      runs(1_000),
    );
  });

  it.each(AROUND)("gives what stands between %j and %j", (before, after) => {
    const json = JSON.stringify({ a: ["{", '"}', { b: "\\" }], c: "```" });
    for (const pieces of [[before, json, after], [before + json + after], singly(before + json + after)]) {
      expect(read(pieces)).toBe(json + after);
    }
  });

  it("gives the JSON piece by piece, as it comes", () => {
    const answer = new AnswerText();
    const pieces = ["<thi", "nk>hm</th", "ink>\n``", "`js", 'on\n{"a"', ': "```"', "}\n``", "`"];
    expect(pieces.map((piece) => answer.push(piece))).toEqual(["", "", "", "", '{"a"', ': "```"', "}\n``", "`"]);
  });

  it("takes a top-level array at the start or in a fence, not in a sentence", () => {
    for (const fenced of ["```[2]```", "```json [2]```", "```json\n[2]\n```", "````\n[2]\n````"]) {
      expect(read([fenced])).toMatch(/^\[2\]/);
    }
    expect(read(["[1]"])).toBe("[1]");
    expect(read(["<think></think>\n[1]"])).toBe("[1]");
    expect(read(["[1] is what I found:\n```\n[2]\n```"])).toMatch(/^\[1\]/);
    expect(read(["I found\n[1], so:\n```\n[2]\n```"])).toBe("[2]\n```");
  });

  it.each(["", "I cannot do that.", "<think>for ever", "```json\n", "```yaml\na: 1\n```", "<", "``", "a ```b``` c"])(
    "finds no JSON in %j",
    (text) => {
      expect(read([text])).toBe("");
      expect(read(singly(text))).toBe("");
    },
  );

  it("does not depend on where any text is cut", () => {
    const texts = fc.string({
      unit: fc.constantFrom(
        "<think>",
        "</think>",
        "<thinking>",
        "</thinking>",
        "`",
        "```json\n",
        "\n",
        "{",
        "}",
        "[",
        "]",
        '"',
        "\\",
        "<",
        "x",
        " ",
      ),
    });
    fc.assert(
      fc.property(
        texts.chain((text) => fc.tuple(fc.constant(text), inPieces(text))),
        ([text, pieces]) => {
          expect(read(pieces)).toBe(read([text]));
        },
      ),
      runs(3_000),
    );
  });
});
