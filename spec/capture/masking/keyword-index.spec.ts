import { KeywordIndex } from "../../../lib/capture/masking/keyword-index";
import { textRule } from "../../../lib/capture/masking/rule";

const rules = [
  textRule({ id: "a", keywords: ["abc", "xyz-long"], pattern: /abc/ }),
  textRule({ id: "b", keywords: ["Köln"], pattern: /Köln/i }),
];
const index = new KeywordIndex(rules, ["ssn"]);

/** Where keywords may begin. */
function places(text: string, stop = text.length): number[] {
  const found: number[] = [];
  index.scan(text, stop, (at) => {
    found.push(at);
    return at;
  });
  return found;
}

describe("the index of keywords", () => {
  it.each([
    ["abc", [0]],
    [" abc xyz ABC", [1, 5]],
    ["köln KÖLN", [0, 5]],
    ["my SSN, a password", [3, 10]],
    ["aabbcc", []],
    ["", []],
    ["ab", []],
  ])("finds where they begin: %j", (text, wanted) => {
    expect(places(text)).toEqual(wanted);
    // Long texts are read in another way.
    expect(places(`${"-".repeat(100)}${text}`)).toEqual(wanted.map((at) => at + 100));
  });

  it.each([32_764, 32_765, 32_766, 32_767, 32_768, 65_530, 65_534, 70_000])("finds one across chunks, at %d", (at) => {
    expect(places(`${"-".repeat(at)}abc${"-".repeat(100)}`)).toEqual([at]);
  });

  it("looks no further than it is told", () => {
    expect([places("--abc", 5), places("--abc", 4)]).toEqual([[2], []]);
    expect(places(`${"-".repeat(100)}abc`, 102)).toEqual([]);
  });

  it("goes on where it is told", () => {
    const seen: number[] = [];
    const text = `abcabcabc${"-".repeat(100)}abc`;
    index.scan(text, text.length, (at) => {
      seen.push(at);
      return at + 6;
    });
    expect(seen).toEqual([0, 6, 109]);
  });
});
