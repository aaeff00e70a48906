import fc from "fast-check";
import util from "node:util";
import vm from "node:vm";
import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor";
import { WHOLE_BOUNDS, captureJson, captureSchema } from "../../lib/capture/serialize";
import { RUNS } from "./masking/arbitraries";

const bounds = { maxBytes: 16_384, maxItems: 6, maxDepth: 8 };
const read = (value: unknown): unknown => JSON.parse(captureJson(value, DEFAULT_REDACTOR, bounds) ?? "");

function refuse(): never {
  throw new Error("no");
}

describe("an error", () => {
  it("of another realm is written as one of this", () => {
    expect(read(vm.runInNewContext("new TypeError('no')"))).toEqual({ name: "TypeError", message: "no" });
  });

  it("with enumerable name, message and cause has each once", () => {
    const error = Object.assign(new Error("a"), {
      name: "Own",
      message: "b",
      stack: "at x",
      cause: "c",
      code: 1,
      errors: ["d"],
    });
    expect(captureJson(error, DEFAULT_REDACTOR)).toBe(
      '{"name":"Own","message":"b","code":1,"errors":["d"],"cause":"c"}',
    );
  });

  it("that was made without the class's constructor is written as one all the same", () => {
    expect(read(Object.create(Error.prototype, { message: { value: "made by hand" } }))).toEqual({
      name: "Error",
      message: "made by hand",
    });
    function OldError(this: object, message: string): void {
      Object.defineProperty(this, "message", { value: message });
      Object.assign(this, { code: "E_OLD", stack: "at x" });
    }
    util.inherits(OldError, Error);
    Object.defineProperty(OldError.prototype, "name", { value: "OldError" });
    const old: unknown = Reflect.construct(OldError, ["of the old style"]);
    expect(read(old)).toEqual({ name: "OldError", message: "of the old style", code: "E_OLD" });
    expect(read({ toJSON: () => old })).toEqual({ name: "OldError", message: "of the old style", code: "E_OLD" });
  });

  it("is not what an object is whose prototypes cannot be read", () => {
    const prototype = new Proxy({}, { getPrototypeOf: refuse });
    expect(read(Object.assign(Object.create(prototype) as object, { id: 1 }))).toEqual({ id: 1 });
  });

  it("keeps as many of its own properties as there is room for beside its causes, and says where there are more", () => {
    const withMany = (count: number): unknown =>
      read(Object.assign(new Error("x"), Object.fromEntries(["a", "b", "c"].slice(0, count).map((key) => [key, 1]))));
    expect(withMany(2)).toEqual({ name: "Error", message: "x", a: 1, b: 1 });
    expect(withMany(3)).toEqual({ name: "Error", message: "x", a: 1, b: 1, "...": "...[cut]" });
  });
});

describe("a note", () => {
  it("on a function or an object has no more of its name than 64 characters", () => {
    const long = "n".repeat(100);
    expect(read(Object.defineProperty(() => 1, "name", { value: long }))).toBe(`[function ${long.slice(0, 64)}]`);
    expect(read(Object.create({ [Symbol.toStringTag]: long }))).toBe(`[${long.slice(0, 64)}]`);
  });

  it("on a function whose name is no text has none", () => {
    expect(read(Object.defineProperty(() => 1, "name", { value: 42 }))).toBe("[function]");
  });
});

it("bytes and a date that is none are noted where toJSON gives them, too", () => {
  expect(read([{ toJSON: () => Buffer.alloc(3) }, { toJSON: () => new Date(NaN) }])).toEqual([
    "[Buffer: 3 bytes]",
    "Invalid Date",
  ]);
});

it("an object that tells nothing of its kind is written by its properties", () => {
  expect(read(new Proxy(new (class Ticket {})(), { get: refuse }))).toEqual({});
});

it("a tagged object that has properties is written by them", () => {
  expect(read(Object.assign(Object.create({ [Symbol.toStringTag]: "Model" }) as object, { id: 1 }))).toEqual({ id: 1 });
});

it("a map by texts and other things is a list of pairs", () => {
  expect(
    read(
      new Map<unknown, unknown>([
        ["a", 1],
        [true, 2],
      ]),
    ),
  ).toEqual([
    ["a", 1],
    [true, 2],
  ]);
});

it("a boxed symbol is written as a symbol", () => {
  expect(read([Object(Symbol("mark"))])).toEqual(["Symbol(mark)"]);
});

describe("a hostile value", () => {
  const json = (value: unknown): string | undefined => captureJson(value, DEFAULT_REDACTOR);
  const read = (value: unknown): unknown => JSON.parse(json(value) ?? "");
  function boom(): never {
    throw new Error("boom");
  }

  describe("a value that throws", () => {
    it("keeps what its other properties hold", () => {
      const value = {
        before: 1,
        get broken() {
          return boom();
        },
        after: { x: 2 },
      };
      expect(read(value)).toEqual({ before: 1, broken: "[unreadable]", after: { x: 2 } });
    });

    it("in toJSON is written by its properties", () => {
      expect(read({ a: 1, b: { c: 2, toJSON: boom } })).toEqual({ a: 1, b: { c: 2, toJSON: "[function boom]" } });
      expect(
        read({
          get toJSON() {
            return boom();
          },
          a: 1,
        }),
      ).toEqual({ toJSON: "[unreadable]", a: 1 });
    });

    it("in an item leaves the other items", () => {
      const list: unknown[] = [1, 2, 3];
      Object.defineProperty(list, 1, { get: boom, enumerable: true });
      expect(read(list)).toEqual([1, "[unreadable]", 3]);
    });

    it("as a Proxy is unreadable, and nothing around it is", () => {
      const revoked = Proxy.revocable({}, {});
      const revokedList = Proxy.revocable([], {});
      const revokedCall = Proxy.revocable(() => 1, {});
      revoked.revoke();
      revokedList.revoke();
      revokedCall.revoke();
      const value = { a: 1, revoked: revoked.proxy, list: [revokedList.proxy], call: revokedCall.proxy, z: 2 };
      expect(read(value)).toEqual({ a: 1, revoked: "[unreadable]", list: ["[unreadable]"], call: "[function]", z: 2 });
    });

    const traps = ["get", "ownKeys", "getOwnPropertyDescriptor", "getPrototypeOf", "has"] as const;
    it.each(traps)("from its trap %s never throws further", (trap) => {
      for (const target of [{ a: 1 }, [1], new Map(), new Date(0), new Error("x"), () => 1]) {
        const value = new Proxy(target, { [trap]: boom });
        expect(() => JSON.parse(json({ value, after: 1 }) ?? "") as unknown).not.toThrow();
        expect(json({ value, after: 1 })).toContain('"after":1');
      }
    });

    it("does so in vain from toString, valueOf, Symbol.toPrimitive, Symbol.toStringTag, iterators", () => {
      const value = {
        plain: { toString: boom, valueOf: boom, [Symbol.toPrimitive]: boom, a: 1 },
        iterable: {
          [Symbol.iterator]: boom,
          b: 2,
        },
        tagged: new (class {
          get [Symbol.toStringTag]() {
            return boom();
          }
          c = 3;
        })(),
        list: Object.assign([4], { [Symbol.iterator]: boom }),
        map: Object.assign(new Map([["d", 5]]), { entries: boom, [Symbol.iterator]: boom, forEach: boom }),
        set: Object.assign(new Set([6]), { values: boom, [Symbol.iterator]: boom }),
        date: Object.assign(new Date(0), { getTime: boom, toISOString: boom, toJSON: boom }),
        bytes: Object.defineProperty(new Uint8Array(2), "byteLength", { get: boom }),
        error: Object.defineProperty(new Error("e"), "name", { get: boom }),
        call: Object.defineProperty(() => 1, "name", { get: boom }),
        when: Object.assign(new Date(NaN), { toJSON: boom }),
      };
      expect(read(value)).toMatchObject({
        plain: { a: 1 },
        iterable: { b: 2 },
        tagged: { c: 3 },
        list: [4],
        map: { d: 5 },
        set: [6],
        date: "1970-01-01T00:00:00.000Z",
        bytes: "[Uint8Array: 2 bytes]",
        error: { name: "[unreadable]", message: "e" },
        call: "[function]",
        when: "Invalid Date",
      });
    });
  });

  describe("a value with effects", () => {
    it("has no iterator, then or generator of its advanced", () => {
      const advanced = jest.fn();
      const iterable = {
        [Symbol.iterator]: advanced,
        [Symbol.asyncIterator]: advanced,
        next: advanced,
        then: advanced,
      };
      const generator = (function* () {
        yield advanced();
      })();
      json({ iterable, generator, promise: Promise.resolve(1) });
      expect(advanced).not.toHaveBeenCalled();
      expect(generator.next().done).toBe(false);
    });

    it("that changes while it is read is written as it was read", () => {
      const value: Record<string, unknown> = {
        a: 1,
        get b() {
          delete value.c;
          value.d = 1;
          return 2;
        },
        c: 3,
      };
      expect(read(value)).toEqual({ a: 1, b: 2 });
      const list: unknown[] = [
        {
          toJSON: () => {
            list.length = 1;
            return 0;
          },
        },
        1,
        2,
      ];
      expect(read(list)).toEqual([0, null, null]);
    });

    it("that captures itself while it is captured disturbs neither", () => {
      const value: Record<string, unknown> = {
        name: "outer",
        get inner() {
          return json({ password: "x", list: [1, 2] });
        },
        after: "y",
      };
      expect(read(value)).toEqual({ name: "outer", inner: '{"password":"[redacted]","list":[1,2]}', after: "y" });
    });

    it("that makes itself anew from toJSON or getters ends at the bound on depth", () => {
      const make = (): object => ({
        get next() {
          return make();
        },
      });
      expect(json(make())).toContain("...[cut]");
      const told = (): object => ({ toJSON: () => ({ next: told() }) });
      expect(json(told())).toContain("...[cut]");
      const self = { toJSON: () => self };
      expect(json(self)).toBe('{"toJSON":"[function toJSON]"}');
      const wrapped = { toJSON: () => ({ wrapped }) };
      expect(read(wrapped)).toEqual({ wrapped: "[circular]" });
      const parent = { child: { toJSON: () => parent } };
      expect(read(parent)).toEqual({ child: "[circular]" });
    });
  });

  describe("a value of monstrous size", () => {
    it.each([
      ["objects", (inner: unknown) => ({ inner })],
      ["arrays", (inner: unknown) => [inner]],
      ["maps", (inner: unknown) => new Map([["inner", inner]])],
      ["sets", (inner: unknown) => new Set([inner])],
      ["errors", (inner: unknown) => new Error("x", { cause: inner })],
      ["toJSON", (inner: unknown) => ({ toJSON: () => [inner] })],
    ])("is cut: %s 10,000 deep", (_what, wrap) => {
      let value: unknown = "core";
      for (let level = 0; level < 10_000; level++) value = wrap(value);
      expect(json(value)).toContain("...[cut]");
      expect(captureJson(value, DEFAULT_REDACTOR, WHOLE_BOUNDS)).toContain("...[cut]");
      expect(captureSchema(value, DEFAULT_REDACTOR)).toContain("...[cut]");
    });

    it("is captured where the stack has ended almost", () => {
      const wide = { a: { b: [{ c: "d" }] } };
      const results = new Set<string | undefined>();
      const descend = (): void => {
        try {
          descend();
        } finally {
          results.add(json(wide));
        }
      };
      expect(descend).toThrow(RangeError);
      for (const result of results) expect(() => JSON.parse(result ?? "") as unknown).not.toThrow();
      expect(results).toContain('{"a":{"b":[{"c":"d"}]}}');
    });

    it("is read as far as it is wanted: a million members", () => {
      let reads = 0;
      const member = { toJSON: () => reads++ };
      const value: Record<string, unknown> = {};
      for (let index = 0; index < 1_000_000; index++) value[`key_${index}`] = member;
      expect(Object.keys(read(value) as object)).toHaveLength(51);
      expect(reads).toBe(50);
    });

    it("is read as far as it is wanted: a sparse array of four billion", () => {
      const list: unknown[] = [];
      list[4_294_967_294] = "end";
      expect(read(list)).toEqual([...new Array<null>(50).fill(null), "...[cut]"]);
    });
  });

  describe("any value at all", () => {
    /** Values that misbehave in each place where a value can. */
    const misbehaving = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true }),
        tie("hostile"),
        tie("object"),
        tie("array"),
      ),
      object: fc.dictionary(
        fc.oneof(
          fc.string(),
          fc.constantFrom("toJSON", "then", "length", "__proto__", "constructor", "password", "cause"),
        ),
        tie("value"),
      ),
      array: fc.array(tie("value"), { maxLength: 4 }),
      hostile: fc
        .tuple(
          tie("value"),
          fc.constantFrom("getter", "proxy", "revoked", "toJSON", "throwing toJSON", "map", "error", "self", "trap"),
        )
        .map(([inner, kind]) => {
          switch (kind) {
            case "getter":
              return {
                get a() {
                  return inner;
                },
                get b() {
                  return boom();
                },
              };
            case "proxy":
              return new Proxy({ inner }, {});
            case "revoked": {
              const it = Proxy.revocable([inner], {});
              it.revoke();
              return {
                get it() {
                  return it.proxy;
                },
              };
            }
            case "toJSON":
              return { toJSON: () => inner };
            case "throwing toJSON":
              return { inner, toJSON: boom };
            case "map":
              return new Map([[inner, inner]]);
            case "error":
              return new Error("x", { cause: inner });
            case "trap":
              return new Proxy({ inner }, { ownKeys: boom });
            default: {
              const it: unknown[] = [inner];
              it.push(it);
              return it;
            }
          }
        }),
    })).value;

    it("is captured without a throw, within bounds, as JSON", () => {
      const bounds = { maxBytes: 500, maxItems: 5, maxDepth: 4 };
      fc.assert(
        fc.property(misbehaving, (value) => {
          for (const recorded of [
            json(value),
            captureSchema(value, DEFAULT_REDACTOR),
            captureJson(value, DEFAULT_REDACTOR, bounds),
          ]) {
            expect(() => JSON.parse(recorded ?? "") as unknown).not.toThrow();
          }
          expect(Buffer.byteLength(captureJson(value, DEFAULT_REDACTOR, bounds) ?? "")).toBeLessThanOrEqual(500);
        }),
        RUNS,
      );
    });
  });
});
