import { KeywordIndex, bytesOf } from "../../../lib/capture/masking/masker";
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

/** Where a keyword may begin next. */
const next = (text: string, from: number, stop = text.length): number => index.next(bytesOf(text, stop), stop, from);
const findersAt = (text: string, at: number): readonly Finder[] => index.at(text, bytesOf(text, text.length), at);

/** Where keywords stand. */
function places(text: string, stop = text.length): number[] {
  const found: number[] = [];
  for (let at = next(text, 0, stop); at >= 0; at = next(text, at + 1, stop)) {
    if (findersAt(text, at).length > 0) found.push(at);
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
    expect([next("xyz-", 0), next("xyzz", 0), next("abcz", 0)]).toEqual([0, -1, 0]);
  });

  it("names each finder once for each keyword", () => {
    expect([findersAt("KÖLN", 0).length, findersAt("ŞTZ", 0).length, findersAt("xyz-long", 0).length]).toEqual([
      1, 1, 1,
    ]);
  });

  it("goes on where it is told", () => {
    const text = "abcabc--abc";
    expect([next(text, 0), next(text, 1), next(text, 4), next(text, 9)]).toEqual([0, 3, 8, -1]);
  });

  it("asks those first that were given first", () => {
    expect([findersAt("abc", 0), findersAt("Abc", 0)].map((found) => found.map(({ keywords }) => keywords[0]))).toEqual(
      [["abc", "Köln"], ["Köln"]],
    );
  });
});
