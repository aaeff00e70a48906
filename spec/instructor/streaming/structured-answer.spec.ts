import type { AnswerPiece } from "../../../lib/instructor/streaming/accumulator.js";
import { ItemList, PartialObject } from "../../../lib/instructor/streaming/structured-answer.js";

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
    expect([object.value, object.isComplete, changed]).toEqual([value, true, changes]);
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
    expect([object.value, object.isComplete, object.problem]).toEqual([value, false, problem]);
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
    ["]", "it is not JSON"],
    ['"items"', "it has no items"],
    ["{", "it ends too early"],
    ["{]", "it is not JSON"],
    ["{1: 2}", "it is not JSON"],
    ["{}", "it has no items"],
    ['{"items', "it ends too early"],
    ['{"items"', "it ends too early"],
    ['{"items" [', "it is not JSON"],
    ['{"items":', "it ends too early"],
    ['{"items": }', "it is not JSON"],
    ['{"items": ]', "it is not JSON"],
    ['{"items": ,', "it is not JSON"],
    ['{"items": : ', "it is not JSON"],
    ['{"items": 1', "it ends too early"],
    ['{"items": 1}', "it has no items"],
    ['{"items": "[1]"}', "it has no items"],
    ['{"item": [1]}', "it has no items"],
    ['{"a": 1]', "it is not JSON"],
    ['{"a": 1 "b"', "it is not JSON"],
    ['{"a": 1,}', "it is not JSON"],
    ["[", "it ends too early"],
    ["[,", "it is not JSON"],
    ["[}", "it is not JSON"],
    ["[: ", "it is not JSON"],
    ["[1", "it ends too early"],
    ["[1,", "it ends too early"],
    ["[1,]", "it is not JSON"],
    ["[1,}", "it is not JSON"],
    ["[1 2]", "it is not JSON"],
    ["[1}", "it is not JSON"],
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
