import fc from "fast-check";
import { AnswerText } from "../../../lib/instructor/stream/answer-text.js";
import { inPieces, jsonText, jsonValue, runs, singly } from "./cuts.js";

function read(pieces: readonly string[]) {
  const answer = new AnswerText();
  const json = pieces.map((piece) => answer.push(piece)).join("");
  return { json, thinking: answer.thinking, hasJson: answer.hasJson };
}

/** What models put around their answer. */
const around = fc.constantFrom<[before: string, after: string, thinking?: string]>(
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
  [
    "<think>\nA {thought}, ```json\n{}\n``` and <b>.\n</think>\n\n```json\n",
    "\n```",
    "A {thought}, ```json\n{}\n``` and <b>.",
  ],
  ["<thinking>one</thinking>", "", "one"],
  ["<THINK></THINK>\n", "", ""],
  ["The prompt opened this.</think>\n", "", "The prompt opened this."],
  ["<th<think>x<</think>\n```json\n", "\n```", "x<"],
);

const documents = jsonValue.filter((value) => typeof value === "object" && value !== null && !Array.isArray(value));

describe("AnswerText", () => {
  it("gives the JSON of an answer, whatever stands around it and wherever it is cut", () => {
    const answers = fc
      .tuple(documents.chain(jsonText), around)
      .chain(([json, [before, after, thinking]]) =>
        inPieces(before + json + after).map((pieces) => ({ json, thinking, pieces })),
      );
    fc.assert(
      fc.property(answers, ({ json, thinking, pieces }) => {
        expect(read(pieces)).toEqual({ json, thinking, hasJson: true });
      }),
      runs(1_000),
    );
  });

  it("gives the JSON piece by piece, as it comes", () => {
    const answer = new AnswerText();
    const pieces = ["<thi", "nk>hm</th", "ink>\n``", "`js", 'on\n{"a"', ': "```"', "}\n``", "`"];
    expect(pieces.map((piece) => answer.push(piece))).toEqual(["", "", "", "", '{"a"', ': "```"', "}", ""]);
    expect(answer.thinking).toBe("hm");
  });

  it("takes a top-level array at the start or in a fence, not in a sentence", () => {
    expect(read(["[1]"]).json).toBe("[1]");
    expect(read(["<think></think>\n[1]"]).json).toBe("[1]");
    expect(read(["[1] is what I found:\n```\n[2]\n```"]).json).toBe("[1]");
    expect(read(["I found\n[1], so:\n```\n[2]\n```"]).json).toBe("[2]");
  });

  it("ends with the fence where the JSON is cut off", () => {
    expect(read(['```json\n{"a": [1\n```\nSorry, {"b": 1}']).json).toBe('{"a": [1\n');
  });

  it.each(["", "I cannot do that.", "<think>for ever", "```json\n", "```yaml\na: 1\n```", "<", "``", "a ```b``` c"])(
    "finds no JSON in %j",
    (text) => {
      expect(read([text])).toMatchObject({ json: "", hasJson: false });
      expect(read(singly(text))).toEqual(read([text]));
    },
  );

  it("collects thoughts that never end", () => {
    expect(read(["<think>for", " ever </th"]).thinking).toBe("for ever");
    expect(read(["no thoughts"]).thinking).toBeUndefined();
  });

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
          expect(read(pieces)).toEqual(read([text]));
        },
      ),
      runs(3_000),
    );
  });
});
