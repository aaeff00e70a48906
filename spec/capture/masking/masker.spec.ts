import { KeywordIndex } from "../../../lib/capture/masking/masker";
import type { Finder } from "../../../lib/capture/masking/rule";

const finder = (keywords: readonly string[], ignoresCase: boolean): Finder => ({
  keywords,
  ignoresCase,
  find: () => undefined,
});
const index = new KeywordIndex([
  finder(["abc", "xyz-long", "zzzz1", " -u"], false),
  finder(["Köln", "Ştz", "abc", "ssn"], true),
]);

/** Where keywords stand. */
function places(text: string, stop = text.length): number[] {
  const found: number[] = [];
  for (let at = index.next(text, 0, stop); at >= 0; at = index.next(text, at + 1, stop)) {
    if (index.at(text, at).length > 0) found.push(at);
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
    // Keywords that begin with a run stand where the run begins.
    ["zzzz1 zzzzz1", [0]],
    ["zzzzz1", []],
    ["azzzz1", [1]],
    // The beginning of a text is not taken for a blank.
    ["-ux abc -ux", [4, 7]],
    ["", []],
    ["ab", []],
  ])("finds where they begin: %j", (text, wanted) => {
    expect(places(text)).toEqual(wanted);
  });

  it("looks no further than it is told", () => {
    expect([places("--abc", 5), places("--abc", 4)]).toEqual([[2], []]);
  });

  it("passes over what goes on otherwise after three characters", () => {
    expect([index.next("xyz-", 0, 4), index.next("xyzz", 0, 4), index.next("abcz", 0, 4)]).toEqual([0, -1, 0]);
  });

  it("names each finder once for each keyword", () => {
    expect([index.at("KÖLN", 0).length, index.at("ŞTZ", 0).length, index.at("xyz-long", 0).length]).toEqual([1, 1, 1]);
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
    expect([index.at("abc", 0), index.at("Abc", 0)].map((found) => found.map(({ keywords }) => keywords[0]))).toEqual([
      ["abc", "Köln"],
      ["Köln"],
    ]);
  });
});
