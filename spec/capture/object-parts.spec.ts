import util from "node:util";
import vm from "node:vm";
import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor";
import { captureJson } from "../../lib/capture/serialize";

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
