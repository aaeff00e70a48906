import { JsonNames } from "../../lib/capture/json-writer";
import { DEFAULT_REDACTOR, createRedactor } from "../../lib/capture/masking/redactor";
import type { Redactor } from "../../lib/capture/masking/redactor";
import { captureJson } from "../../lib/capture/serialize";

/** Notes down what it is asked, and changes nothing. */
function noting(more: Partial<Redactor> = {}): { redactor: Redactor; texts: string[]; names: string[] } {
  const texts: string[] = [];
  const names: string[] = [];
  const redactor: Redactor = {
    text: (value) => {
      texts.push(value);
      return value;
    },
    fieldKind: (key) => {
      names.push(key);
      return undefined;
    },
    seesNumbers: true,
    ...more,
  };
  return { redactor, texts, names };
}

describe("the name of a member", () => {
  it("is judged once for all the objects of its kind", () => {
    const { redactor, names } = noting();
    for (const id of [1, 2, 3]) captureJson([{ id, name: id }], redactor);
    captureJson({ other: 1 }, DEFAULT_REDACTOR);
    captureJson({ id: 4, name: 4 }, redactor);
    expect(names).toEqual(["id", "name"]);
  });

  it("is judged anew each time where it is data", () => {
    const { redactor, names } = noting();
    for (const text of ["x", "y"]) captureJson({ "ann lee": text }, redactor);
    expect(names).toEqual(["ann lee", "ann lee"]);
  });

  it("is judged anew where it was left out", () => {
    const { redactor, texts } = noting();
    const leaving = new JsonNames({ ...redactor, text: (value) => void redactor.text(value) });
    expect([leaving.of("id"), leaving.of("id")]).toEqual([undefined, undefined]);
    expect(texts).toEqual(["id", "id"]);
  });

  it("is forgotten with all others where there are more than a thousand", () => {
    const { redactor, names } = noting();
    const kept = new JsonNames(redactor);
    for (let index = 0; index < 1_000; index++) kept.of(`key_${index}`);
    names.length = 0;
    kept.of("key_0");
    kept.of("key_999");
    expect(names).toEqual([]);
    kept.of("one_more");
    kept.of("key_0");
    kept.of("one_more");
    expect(names).toEqual(["one_more", "key_0"]);
  });

  it.each([
    ["k".repeat(256), "k".repeat(256)],
    ["k".repeat(257), `${"k".repeat(256)}...[cut]`],
    ["é".repeat(257), `${"é".repeat(128)}...[cut]`],
    [`${"k".repeat(255)}😀`, `${"k".repeat(255)}...[cut]`],
    ["a\ud800", "a\ufffd"],
    ['"', '"'],
  ])("is written and no more than 256 bytes of it: %#", (key, written) => {
    const name = new JsonNames(DEFAULT_REDACTOR).of(key);
    expect(name).toEqual({
      json: `${JSON.stringify(written)}:`,
      bytes: Buffer.byteLength(JSON.stringify(written)) + 1,
      kind: undefined,
    });
  });
});

describe("a redactor", () => {
  it("is shown each text, and each number where it sees numbers", () => {
    const { redactor, texts } = noting();
    captureJson({ a: "no", b: 42, c: "z" }, redactor);
    expect(texts.filter((text) => !/^[a-f]$/.test(text))).toEqual(["no", "42", "z"]);
    const blind = noting({ seesNumbers: false });
    captureJson({ b: 42 }, blind.redactor);
    expect(blind.texts).toEqual(["b"]);
    expect(captureJson({ n: 42, m: 1 }, createRedactor({ patterns: [/42/] }))).toBe('{"n":"[redacted]","m":1}');
  });
});
