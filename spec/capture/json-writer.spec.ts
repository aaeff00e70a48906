import { CIRCULAR, CUT, MASK, UNREADABLE } from "../../lib/capture/bounds";
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

const long = "An ordinary sentence of a prompt. ".repeat(9);
const VALUES: readonly (readonly [string, unknown])[] = [
  ["short texts", Array.from({ length: 40 }, (_, at) => `text${at}`)],
  ["numbers", Array.from({ length: 60 }, (_, at) => at * 1000)],
  ["lists in lists", Array.from({ length: 30 }, (_, at) => [at, [true, null]])],
  ["members", Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`name${at}`, at]))],
  ["objects", Array.from({ length: 20 }, (_, at) => ({ id: at, tags: ["a", "b"] }))],
  [
    "objects in objects",
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`name${at}`, { id: at, a: { b: at } }])),
  ],
  ["a map", new Map(Array.from({ length: 40 }, (_, at) => [`name${at}`, at]))],
  ["other scripts", Array.from({ length: 20 }, () => ({ é: "日本語" }))],
  ["what JSON escapes", Array.from({ length: 20 }, () => 'a"\n')],
  ["a long text", long],
  ["a long text within", { role: "user", content: long, after: [1] }],
  ["a long text of another script", { content: "日本 ".repeat(60), after: 1 }],
  ["secrets", Array.from({ length: 20 }, () => ({ password: "hunter2" }))],
];

const plain = (value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);
const masked = (value: unknown): string => JSON.stringify(plain(value)).replaceAll("hunter2", "[redacted]");

describe.each(VALUES)("a bound on %s", (_what, value) => {
  const whole = masked(value);
  const bytes = Buffer.byteLength(whole);
  const recordedAt = (maxBytes: number): string =>
    captureJson(value, DEFAULT_REDACTOR, { maxBytes, maxItems: 1_000, maxDepth: 8 }) ?? "";

  it("is kept at every size, and what is left is JSON that says so", () => {
    for (let maxBytes = 64; maxBytes < bytes; maxBytes++) {
      const recorded = recordedAt(maxBytes);
      expect(Buffer.byteLength(recorded)).toBeLessThanOrEqual(maxBytes);
      expect(() => JSON.parse(recorded) as unknown).not.toThrow();
      expect(recorded).toContain("...[cut]");
      expect(Buffer.byteLength(recorded)).toBeGreaterThan(maxBytes - 64);
    }
  });

  it("cuts nothing where there is room for marks beside the whole", () => {
    expect(recordedAt(bytes + 64)).toBe(whole);
    expect(recordedAt(bytes * 2)).toBe(whole);
  });
});

describe("a bound that is met", () => {
  const recordedAt = (value: unknown, maxBytes: number): string | undefined =>
    captureJson(value, DEFAULT_REDACTOR, { maxBytes, maxItems: 50, maxDepth: 8 });

  it("cuts a short text in it", () => {
    expect(recordedAt(["n".repeat(40), "m".repeat(40)], 80)).toBe(`["${"n".repeat(40)}","${"m".repeat(8)}...[cut]"]`);
  });

  it("lets nothing follow what has no room, though it would have", () => {
    const mark = '"...":"...[cut]"';
    expect(recordedAt({ a: { ["n".repeat(60)]: 1 }, b: 2 }, 80)).toBe(`{"a":{${mark}},${mark}}`);
    expect(recordedAt([{ ["n".repeat(60)]: 1 }, 2], 80)).toBe(`[{${mark}},"...[cut]"]`);
  });
});

it("costs a text no second byte for each of its characters", () => {
  expect([MASK, CUT, CIRCULAR, UNREADABLE].join("")).toMatch(/^[\x20-\x7e]+$/);
  expect(captureJson(["a".repeat(100)], DEFAULT_REDACTOR, { maxBytes: 64, maxItems: 1, maxDepth: 2 })).toMatch(
    /^[\x20-\x7e]+$/,
  );
});
