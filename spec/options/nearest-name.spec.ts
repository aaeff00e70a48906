import { nearestName } from "../../lib/options/nearest-name.js";

describe("the name that was probably meant", () => {
  it.each<[string, string, readonly string[], string | undefined]>([
    ["spelled in another case", "APIKEY", ["baseUrl", "apiKey", "appKeys"], "apiKey"],
    ["with underscores", "api_key", ["apiKeys", "apiKey"], "apiKey"],
    ["with hyphens", "x-api-key", ["apiKey", "xApiKey"], "xApiKey"],
    ["candidates with underscores", "traceloopPath", ["traceloop_pat", "traceloop_path"], "traceloop_path"],
    ["a letter too few", "nam", ["version", "name"], "name"],
    ["a letter too many", "namee", ["version", "name"], "name"],
    ["a letter too many at the front", "xname", ["xx", "name"], "name"],
    ["a letter too few at the front", "ame", ["axx", "name"], "name"],
    ["a wrong letter", "nome", ["nope!", "version", "name"], "name"],
    ["letters in the wrong place", "mnae", ["version", "name"], "name"],
    // One to replace, against two to take out.
    ["one change against two", "cat", ["c", "cut"], "cut"],
    ["two changes against three", "cart", ["c", "cat s", "port"], "port"],
    ["all of it against some of it", "metdata", ["data", "metadata", "met"], "metadata"],
    ["half of it wrong", "abzz", ["axcd", "abcd"], "abcd"],
    ["more than half of it wrong", "azz", ["abcd", "abc", "ab"], undefined],
    ["nothing in common", "zzz", ["abcd", "abc", "ab"], undefined],
    ["nothing at all", "", ["abc", "ab", "abcd"], undefined],
    ["of two equally near ones the first", "tap", ["map", "cap"], "map"],
    ["no candidates", "name", [], undefined],
  ])("is the candidate that is most like it: %s", (_, name, candidates, nearest) => {
    expect(nearestName(name, candidates)).toBe(nearest);
  });

  it("is judged by the first 64 characters, however long a name somebody sends", () => {
    const sent = "a".repeat(64) + "b".repeat(1_000);
    expect(nearestName(sent, ["b".repeat(600), "a".repeat(64)])).toBe("a".repeat(64));
    expect(nearestName("a".repeat(64), [`${"a".repeat(62)}cc`, sent])).toBe(sent);
  });
});
