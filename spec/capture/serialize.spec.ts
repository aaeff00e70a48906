import fc from "fast-check";
import { DEFAULT_REDACTOR, createRedactor } from "../../lib/capture/masking/redactor";
import type { Redactor } from "../../lib/capture/masking/redactor";
import { PAYLOAD_BOUNDS, WHOLE_BOUNDS, captureJson, captureText, lookingOnce } from "../../lib/capture/serialize";
import { RUNS } from "./masking/arbitraries";
import { jwt, openAiKey } from "./masking/fake-credentials";

const json = (value: unknown): string | undefined => captureJson(value, DEFAULT_REDACTOR);
const read = (value: unknown): unknown => JSON.parse(json(value) ?? "");

describe("captureJson", () => {
  it.each<[unknown]>([
    [null],
    [true],
    [0],
    [-0],
    [1.5e300],
    ["text"],
    ['"quoted" \\ and\nescaped \u0001 é 日本 😀'],
    [[]],
    [{}],
    [{ a: undefined, b: 1 }],
    [[undefined, 1]],
    [{ customer: "ACME", priority: "high", tags: ["a", "b"], nested: { deep: [{ x: null }] } }],
    [new Date(0)],
    [Object.create(null, { a: { value: 1, enumerable: true } })],
    [
      new (class Point {
        x = 1;
        #y = 2;
        get y() {
          return this.#y;
        }
      })(),
    ],
    [{ toJSON: () => ({ told: [1, undefined] }) }],
    [{ toJSON: (key: string) => key }],
    [{ toJSON: () => ({}) }],
    [{ toJSON: () => [] }],
    [{ [Symbol.toStringTag]: "Tagged" }],
    [Object.create(null, { [Symbol.toStringTag]: { value: "Tagged" } })],
    [{ inner: { toJSON: (key: string) => key } }],
    [new URL("https://example.com/a?b=c")],
    // eslint-disable-next-line no-sparse-arrays
    [[1, , 3]],
    [JSON.parse('{"__proto__":{"polluted":true},"constructor":1,"hasOwnProperty":2}')],
    [{ "": 1, " ": 2, '"': 3, "\n": 4 }],
  ])("writes %j as JSON.stringify does", (value) => {
    expect(json(value)).toBe(JSON.stringify(value));
  });

  it("writes any JSON value as JSON.stringify does", () => {
    const wide = { maxBytes: 1 << 24, maxItems: 10_000, maxDepth: 100 };
    const value = fc.jsonValue({
      stringUnit: fc.constantFrom("a", "b", "z", "é", "日", "😀", " ", "\n", "\t", '"', "'", "{", "}", ","),
    });
    fc.assert(
      fc.property(value, (it) => {
        expect(captureJson(it, DEFAULT_REDACTOR, wide)).toBe(JSON.stringify(it));
      }),
      RUNS,
    );
  });

  it("writes undefined as null", () => {
    expect(json(undefined)).toBe("null");
    expect(json({ toJSON: () => undefined })).toBe("null");
  });

  it("keeps what JSON has no form for", () => {
    expect(
      read({
        not: NaN,
        much: -Infinity,
        big: 12345678901234567890n,
        symbol: Symbol("mark"),
        named: function extract() {},
        arrow: [() => 1],
        type: class Ticket {},
        when: new Date(NaN),
        pattern: /a+/gi,
        boxed: [Object("s"), Object(1), Object(false), Object(2n)],
      }),
    ).toEqual({
      not: "NaN",
      much: "-Infinity",
      big: "12345678901234567890",
      symbol: "Symbol(mark)",
      named: "[function extract]",
      arrow: ["[function]"],
      type: "[function Ticket]",
      when: "Invalid Date",
      pattern: "/a+/gi",
      boxed: ["s", 1, false, "2"],
    });
  });

  it("writes maps by texts as objects, other maps as pairs, sets as lists", () => {
    expect(
      read(
        new Map<unknown, unknown>([
          ["a", 1],
          [2, new Set(["x"])],
        ]),
      ),
    ).toEqual({ a: 1, 2: ["x"] });
    expect(read(new Map([[{ id: 1 }, "x"]]))).toEqual([[{ id: 1 }, "x"]]);
    expect(read(new Set())).toEqual([]);
    expect(
      read(
        new Map([
          ["password", "x"],
          ["a", "b"],
        ]),
      ),
    ).toEqual({ password: "[redacted]", a: "b" });
  });

  it("writes the number of bytes instead of bytes", () => {
    expect(
      read([
        Buffer.alloc(1024),
        new Uint8Array(3),
        new Float64Array(2),
        new DataView(new ArrayBuffer(5)),
        new ArrayBuffer(7),
        new SharedArrayBuffer(8),
        new Blob(["four"]),
      ]),
    ).toEqual([
      "[Buffer: 1024 bytes]",
      "[Uint8Array: 3 bytes]",
      "[Float64Array: 16 bytes]",
      "[DataView: 5 bytes]",
      "[ArrayBuffer: 7 bytes]",
      "[SharedArrayBuffer: 8 bytes]",
      "[Blob: 4 bytes]",
    ]);
  });

  it("says what an object is that has nothing to show", () => {
    expect(read([Promise.resolve(), new WeakMap(), new AbortController().signal, (function* () {})()])).toEqual([
      "[Promise]",
      "[WeakMap]",
      "[AbortSignal]",
      "[Generator]",
    ]);
  });

  it("keeps name, message, own properties and causes of errors, without stacks", () => {
    const cause = new TypeError("inner");
    const error = Object.assign(new RangeError("outer", { cause }), { code: "E_X", status: 400 });
    expect(read(error)).toEqual({
      name: "RangeError",
      message: "outer",
      code: "E_X",
      status: 400,
      cause: { name: "TypeError", message: "inner" },
    });
    expect(read(new AggregateError([new Error("a")], "all"))).toEqual({
      name: "AggregateError",
      message: "all",
      errors: [{ name: "Error", message: "a" }],
    });
    expect(read(new DOMException("gone", "AbortError"))).toEqual({ name: "AbortError", message: "gone" });
    expect(json(error)).not.toContain("serialize.spec");
  });

  it("writes what is shared twice and marks what contains itself", () => {
    const shared = { a: 1 };
    const ring: Record<string, unknown> = { left: shared, right: shared };
    ring.self = ring;
    ring.list = [ring];
    expect(read(ring)).toEqual({ left: { a: 1 }, right: { a: 1 }, self: "[circular]", list: ["[circular]"] });
    const map = new Map<string, unknown>();
    map.set("self", map);
    expect(read(map)).toEqual({ self: "[circular]" });
    const error = new Error("x");
    error.cause = error;
    expect(read(error)).toEqual({ name: "Error", message: "x", cause: "[circular]" });
  });

  it("replaces surrogates that stand alone", () => {
    expect(json("a\ud800b\udc00")).toBe('"a\ufffdb\ufffd"');
    expect(json({ ["k\ud800"]: "😀" })).toBe('{"k\ufffd":"😀"}');
  });

  it("masks credentials at any depth, in texts, in names, in JSON inside strings", () => {
    const value = {
      headers: { Authorization: "Bearer x", "X-Api-Key": ["k"], accept: "*/*" },
      list: [[{ password: { old: "a", new: "b" } }]],
      note: `use ${openAiKey}`,
      [jwt]: 1,
      arguments: JSON.stringify({ password: "t", budget: 1 }),
      token_budget: 1,
    };
    expect(read(value)).toEqual({
      headers: { Authorization: "[redacted]", "X-Api-Key": "[redacted]", accept: "*/*" },
      list: [[{ password: "[redacted]" }]],
      note: "use [redacted]",
      "[redacted]": 1,
      arguments: '{"password":"[redacted]","budget":1}',
      token_budget: 1,
    });
  });

  it("keeps whether there is a secret", () => {
    expect(json({ password: null, api_key: false, secret: undefined, client_secret: "" })).toBe(
      '{"password":null,"api_key":false,"client_secret":""}',
    );
  });

  it("masks what a secret's toJSON, getter or Map would have told", () => {
    const value = {
      password: { toJSON: () => "hunter2" },
      get api_key() {
        return "t";
      },
      m: new Map([["secret_key", 5]]),
    };
    expect(read(value)).toEqual({ password: "[redacted]", api_key: "[redacted]", m: { secret_key: "[redacted]" } });
  });

  it("reads each property once", () => {
    const counts: Record<string, number> = {};
    const counted = (depth: number): object =>
      new Proxy(depth > 0 ? { a: counted(depth - 1), b: "text", password: "x" } : {}, {
        get(target, key, receiver) {
          counts[`${depth}.${String(key)}`] = (counts[`${depth}.${String(key)}`] ?? 0) + 1;
          return Reflect.get(target, key, receiver) as unknown;
        },
      });
    json(counted(3));
    for (const [key, count] of Object.entries(counts)) expect([key, count]).toEqual([key, 1]);
    expect(counts["3.b"]).toBe(1);
  });

  it("does not look behind the bound on items", () => {
    let reads = 0;
    const list = new Proxy(new Array(1000).fill(0), {
      get(target, key, receiver) {
        if (typeof key === "string" && /^\d+$/.test(key)) reads++;
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
    expect(read(list)).toHaveLength(51);
    expect(reads).toBe(50);
  });
});

describe("the bounds", () => {
  const bytes = (text: string | undefined): number => Buffer.byteLength(text ?? "");

  it("are 16 KiB, 50 items, 8 levels for payloads and 1 MiB for what is recorded whole", () => {
    expect(PAYLOAD_BOUNDS).toEqual({ maxBytes: 16_384, maxItems: 50, maxDepth: 8 });
    expect(WHOLE_BOUNDS.maxBytes).toBe(1_048_576);
  });

  it("mark a collection that goes on", () => {
    const many = Array.from({ length: 51 }, (_, index) => index);
    expect(read(many.slice(1))).toEqual(many.slice(1));
    expect(read(many)).toEqual([...many.slice(0, 50), "...[cut]"]);
    const members = Object.fromEntries(many.map((index) => [`k${index}`, index]));
    expect(Object.entries(read(members) as object).slice(49)).toEqual([
      ["k49", 49],
      ["...", "...[cut]"],
    ]);
    expect(read(new Set(many))).toEqual([...many.slice(0, 50), "...[cut]"]);
    expect(Object.keys(read(new Map(many.map((index) => [`k${index}`, index]))) as object)).toHaveLength(51);
  });

  it("mark what lies too deep", () => {
    expect(json([[[[[[[[]]]]]]]])).toBe("[[[[[[[[]]]]]]]]");
    expect(json([[[[[[[[[1]]]]]]]]])).toBe('[[[[[[[["...[cut]"]]]]]]]]');
    expect(json({ a: { a: { a: { a: { a: { a: { a: { a: { a: 1 } } } } } } } } })).toContain('{"a":"...[cut]"}');
  });

  it("cut a long text between two code points and mark it", () => {
    for (const unit of ["a", "é", "日", "😀", "\n", '"', "\u0001"]) {
      for (const before of ["", "x", "xy", "xyz"]) {
        const text = before + unit.repeat(20_000);
        const recorded = json(text) ?? "";
        expect(bytes(recorded)).toBeLessThanOrEqual(16_384);
        expect(bytes(recorded)).toBeGreaterThan(16_384 - 16);
        const told = JSON.parse(recorded) as string;
        expect(told.endsWith("...[cut]")).toBe(true);
        expect(text.startsWith(told.slice(0, -8))).toBe(true);
        expect(told.replaceAll(unit, "")).toBe(`${before}...[cut]`);
      }
    }
  });

  it("leave a payload of exactly their size whole", () => {
    const fits = "a".repeat(16_382);
    expect(json(fits)).toBe(`"${fits}"`);
    expect(json(`${fits}a`)).toContain("...[cut]");
    const inside = { a: "b".repeat(16_384 - 8 - 17) };
    expect(json(inside)).toBe(JSON.stringify(inside));
  });

  it("keep the JSON whole where it is cut: later members are dropped and marked", () => {
    const value = {
      messages: [
        { role: "user", content: "x".repeat(20_000) },
        { role: "user", content: "y" },
      ],
      model: "m",
    };
    const recorded = json(value);
    expect(bytes(recorded)).toBeLessThanOrEqual(16_384);
    const told = JSON.parse(recorded ?? "") as { messages: [{ content: string }, string]; "...": string };
    expect(told.messages[0].content).toMatch(/^x{16000,}\.\.\.\[cut\]$/);
    expect(told.messages[1]).toBe("...[cut]");
    expect(told["..."]).toBe("...[cut]");
  });

  it("cut long names", () => {
    const [name] = Object.keys(read({ ["k".repeat(100_000)]: 1 }) as object);
    expect(name).toBe(`${"k".repeat(256)}...[cut]`);
  });

  it("do not leave half a credential at the cut", () => {
    for (let before = 16_330; before < 16_384; before++) {
      const recorded = json(`${"a".repeat(before)} ${openAiKey}`) ?? "";
      expect(recorded).not.toContain(openAiKey.slice(0, 5));
    }
  });

  it("hold for any value, at any size, and what they leave is JSON", () => {
    const bounds = fc.record({ maxBytes: fc.integer({ min: -1, max: 400 }), maxItems: fc.nat(5), maxDepth: fc.nat(4) });
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
          withObjectString: true,
          withBoxedValues: true,
          stringUnit: "binary",
        }),
        bounds,
        (value, limits) => {
          const recorded = captureJson(value, DEFAULT_REDACTOR, limits) ?? "";
          expect(bytes(recorded)).toBeLessThanOrEqual(Math.max(64, limits.maxBytes));
          expect(() => JSON.parse(recorded) as unknown).not.toThrow();
          expect(recorded).toBe(Buffer.from(recorded).toString());
        },
      ),
      RUNS,
    );
  });

  it("let a schema and tool arguments of real size through whole", () => {
    const properties = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`field_${index}`, { type: "string", description: "d".repeat(100) }]),
    );
    expect(captureJson({ properties }, DEFAULT_REDACTOR, WHOLE_BOUNDS)).toBe(JSON.stringify({ properties }));
    const text = JSON.stringify({ properties });
    expect(captureText(text, DEFAULT_REDACTOR, WHOLE_BOUNDS)).toBe(text);
  });
});

describe("a redactor that throws", () => {
  const redactor: Redactor = {
    text: () => {
      throw new Error("no");
    },
    fieldKind: () => undefined,
    seesNumbers: false,
  };

  it("lets nothing through, and its error neither", () => {
    expect(captureText("x", redactor)).toBeUndefined();
    expect(captureJson("x", redactor)).toBe('"[unreadable]"');
    expect(captureJson({ a: 1 }, redactor)).toBe('"[unreadable]"');
  });
});

describe("captureText", () => {
  it("leaves a short text as it is", () => {
    expect(captureText("hello", DEFAULT_REDACTOR)).toBe("hello");
    expect(captureText("", DEFAULT_REDACTOR)).toBe("");
  });

  it("cuts between two code points and marks it", () => {
    for (const unit of ["a", "é", "日", "😀"]) {
      for (const before of ["", "x", "xy", "xyz"]) {
        const text = captureText(before + unit.repeat(20_000), DEFAULT_REDACTOR) ?? "";
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(16_384);
        expect(Buffer.byteLength(text)).toBeGreaterThan(16_384 - 4);
        expect(text.replaceAll(unit, "")).toBe(`${before}...[cut]`);
      }
    }
  });

  it.each(["a", "é", "日"])("leaves a text of exactly its size whole: %s", (unit) => {
    const size = Buffer.byteLength(unit);
    const bounds = { maxBytes: 600 * size, maxItems: 1, maxDepth: 1 };
    expect(captureText(unit.repeat(600), DEFAULT_REDACTOR, bounds)).toBe(unit.repeat(600));
    const cut = captureText(unit.repeat(601), DEFAULT_REDACTOR, bounds);
    expect(cut).toBe(`${unit.repeat(600 - Math.ceil(8 / size))}...[cut]`);
  });

  it("is not longer for what a redactor made of it", () => {
    const redactor = createRedactor((text) => text.replaceAll("a", "日日"));
    const bounds = { maxBytes: 100, maxItems: 1, maxDepth: 1 };
    expect(captureText("a".repeat(20), redactor, bounds)).toBe(`${"日".repeat(30)}...[cut]`);
    expect(captureText("a".repeat(16), redactor, bounds)).toBe("日".repeat(32));
  });

  it("masks, and marks what was cut even where masking made it short", () => {
    expect(captureText(`use ${openAiKey}`, DEFAULT_REDACTOR)).toBe("use [redacted]");
    const keys = `${openAiKey} `.repeat(1000);
    expect(captureText(keys, DEFAULT_REDACTOR)).toMatch(/^(\[redacted\] )+(\[redacted\])?\.\.\.\[cut\]$/);
  });

  it("replaces surrogates that stand alone", () => {
    expect(captureText("a\ud800", DEFAULT_REDACTOR)).toBe("a\ufffd");
    expect(captureText(`${"a".repeat(16_383)}😀`, DEFAULT_REDACTOR)).toMatch(/^a+\.\.\.\[cut\]$/);
  });

  it("holds its bound for any text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 300 }),
        fc.integer({ min: 64, max: 300 }),
        (text, maxBytes) => {
          const recorded = captureText(text, DEFAULT_REDACTOR, { maxBytes, maxItems: 1, maxDepth: 1 }) ?? "";
          expect(Buffer.byteLength(recorded)).toBeLessThanOrEqual(maxBytes);
          expect(recorded).toBe(Buffer.from(recorded).toString());
        },
      ),
      RUNS,
    );
  });
});

const SECRET = "sk-proj-abcdefghijklmnop0123456789";
const LONG = `${"An ordinary sentence of a prompt. ".repeat(100)}${SECRET}${" And more of it.".repeat(2_000)}`;

describe("a text that is recorded in several places", () => {
  it("is looked through once", () => {
    let asked = 0;
    const once = lookingOnce({
      ignoresKeys: true,
      text: (value) => {
        asked++;
        return value;
      },
      fieldKind: () => undefined,
      seesNumbers: false,
    });
    captureText(LONG, once);
    captureJson({ messages: [{ role: "user", content: LONG }] }, once);
    captureText(`${LONG} `, once);
    expect(asked).toBe(2 + "messages role user content".split(" ").length);
    // Nothing more is wanted of a text that was seen to its end.
    const [short, bounds] = ["short ".repeat(200), { maxBytes: 100_000, maxItems: 50, maxDepth: 8 }];
    captureText(short, once);
    captureText(short, once, bounds);
    expect(asked).toBe(3 + "messages role user content".split(" ").length);
  });

  it("is, whatever the user masks by keys and patterns, but a function is asked with each key", () => {
    for (const redactor of [DEFAULT_REDACTOR, createRedactor({ keys: ["ssn"], patterns: [/x/] })]) {
      expect(lookingOnce(redactor)).not.toBe(redactor);
    }
    const asked = createRedactor((text) => text);
    expect(lookingOnce(asked)).toBe(asked);
  });

  it.each([16_384, 4_096, 3_420, 3_400, 1_000])("is masked wherever it ends: after %d bytes", (maxBytes) => {
    const bounds = { maxBytes, maxItems: 50, maxDepth: 8 };
    const once = lookingOnce(DEFAULT_REDACTOR);
    captureText(LONG, once);
    for (const redactor of [once, DEFAULT_REDACTOR]) {
      const text = captureText(LONG, redactor, bounds);
      const json = captureJson({ content: LONG }, redactor, bounds);
      expect(`${text} ${json}`).not.toContain("sk-proj");
      expect(text).toMatch(/\.\.\.\[cut\]$/);
      expect((JSON.parse(json ?? "") as { content: string }).content).toMatch(/\.\.\.\[cut\]$/);
    }
  });

  it("is looked through again where more of it is wanted", () => {
    const once = lookingOnce(DEFAULT_REDACTOR);
    expect(captureText(LONG, once, { maxBytes: 1_000, maxItems: 50, maxDepth: 8 })).not.toContain("[redacted]");
    expect(captureText(LONG, once)).toContain("[redacted]");
  });

  it("keeps names that are secret from being shown", () => {
    expect(captureJson({ password: "x", name: "y" }, lookingOnce(DEFAULT_REDACTOR))).toBe(
      '{"password":"[redacted]","name":"y"}',
    );
  });

  it("is shown to a function of the user's under each key", () => {
    const keys: (string | undefined)[] = [];
    const redactor = createRedactor((value, key) => {
      if (value.length > 600) keys.push(key);
      return value;
    });
    const once = lookingOnce(redactor);
    expect(once).toBe(redactor);
    captureText(LONG, once);
    captureJson({ content: LONG }, once);
    expect(keys).toEqual([undefined, "content"]);
  });
});
