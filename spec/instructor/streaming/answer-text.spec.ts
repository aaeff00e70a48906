import fc from "fast-check";
import { AnswerText } from "../../../lib/instructor/streaming/structured-answer.js";
import { inPieces, jsonText, jsonValue, runs, singly } from "./cuts.js";

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
