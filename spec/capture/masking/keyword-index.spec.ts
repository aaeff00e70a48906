import { KeywordIndex } from "../../../lib/capture/masking/keyword-index";
import type { Finder } from "../../../lib/capture/masking/rule";

/** Finds three characters at each of its keywords. */
const finder = (keywords: readonly string[], ignoresCase: boolean): Finder => ({
  keywords,
  ignoresCase,
  find: (_text, at) => ({ from: at, to: at + 3, mask: keywords[0] ?? "" }),
});
const index = new KeywordIndex([finder(["abc", "xyz-long"], false), finder(["Köln", "Ştz", "abc", "ssn"], true)]);

/** Where keywords stand. */
function places(text: string, stop = text.length): number[] {
  const found: number[] = [];
  for (let at = index.next(text, 0, stop); at >= 0; at = index.next(text, at + 1, stop)) {
    if (index.find(text, at, 0) !== undefined) found.push(at);
  }
  return found;
}

describe("the index of keywords", () => {
  it.each([
    ["abc", [0]],
    [" abc xyz xyz-long ABC", [1, 9, 18]],
    ["köln KÖLN ştz ŞTZ", [0, 5, 10, 14]],
    ["my SSN, !bc", [3]],
    ["aabbcc", []],
    ["", []],
    ["ab", []],
  ])("finds where they begin: %j", (text, wanted) => {
    expect(places(text)).toEqual(wanted);
  });

  it("looks no further than it is told", () => {
    expect([places("--abc", 5), places("--abc", 4)]).toEqual([[2], []]);
  });

  it("goes on where it is told", () => {
    const text = "abcabc--abc";
    expect([
      index.next(text, 0, 11),
      index.next(text, 1, 11),
      index.next(text, 4, 11),
      index.next(text, 9, 11),
    ]).toEqual([0, 3, 8, -1]);
  });

  it("asks those first that were given first", () => {
    expect([index.find("abc", 0, 0)?.mask, index.find("Abc", 0, 0)?.mask]).toEqual(["abc", "Köln"]);
  });
});
