import { byteSet, lowBytes, nextOf } from "../../lib/capture/low-bytes";

const sample = (length: number): string =>
  Array.from({ length }, (_, at) => String.fromCharCode(32 + ((at * 7) % 90))).join("");

describe("the low bytes of a text", () => {
  it.each([128, 129, 1_000, 32_767, 32_768])("are those of its first characters: %d", (length) => {
    const text = sample(length);
    for (const given of [text, `${text}and more é日`]) {
      expect(Buffer.from(lowBytes(given, length)?.subarray(0, length) ?? []).toString("latin1")).toBe(text);
    }
  });

  it("leave what a character has above them out", () => {
    const bytes = lowBytes("\u013a\u00e9\u65e5:".repeat(50), 200);
    expect([...(bytes?.subarray(0, 8) ?? [])]).toEqual([0x3a, 0xe9, 0xe5, 0x3a, 0x3a, 0xe9, 0xe5, 0x3a]);
  });

  it.each([0, 1, 127, 32_769, 100_000])("are of no use for a text too short or too long: %d", (length) => {
    expect(lowBytes(sample(length), length)).toBeUndefined();
  });
});

describe("the next byte of a set", () => {
  const marks = new Uint8Array(128);
  for (const character of ":=") marks[character.charCodeAt(0)] = 1;
  const set = byteSet(marks);
  const text = "a".repeat(60);
  const next = (of: string, from: number, stop: number): number => nextOf(set, Buffer.from(of, "latin1"), from, stop);

  it("is found wherever it stands, from wherever the search begins", () => {
    const all = Array.from({ length: text.length }, (_, at) => at);
    for (const at of all) {
      const marked = `${text.slice(0, at)}:${text.slice(at + 1)}`;
      expect(all.map((from) => next(marked, from, text.length))).toEqual(
        all.map((from) => (at < from ? text.length : at)),
      );
    }
  });

  it("is the first of several", () => {
    expect(next("aaaaaaaaaa=aaa:aa:", 3, 18)).toBe(10);
    expect(next("aaaaaaaaaa=aaa:aa:", 11, 18)).toBe(14);
  });

  it("is not looked for behind the end", () => {
    for (let stop = 0; stop <= text.length; stop++)
      expect(next(`${text.slice(0, stop)}${":".repeat(40)}`, 0, stop)).toBe(stop);
  });

  it("is none above ASCII", () => {
    expect(next("é\u00ba\u00bd\u00ff:", 0, 5)).toBe(4);
  });
});
