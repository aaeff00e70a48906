import { runInThisContext } from "node:vm";
import { keepMetadata, getTraceMetadata } from "../../lib/decorators/trace-metadata.js";
import type { Method } from "../../lib/observe/intercept.js";
import "reflect-metadata";
import { Task } from "../../lib/decorators/decorators.js";

/** A wrapper as decorators make one: a method, with a name of its own. */
const wrapper = (): Method =>
  ({
    wrapped(): string {
      return "wrapper";
    },
  }).wrapped;
const looksOf = (fn: Method): unknown =>
  new Map(Reflect.ownKeys(fn).map((key) => [key, Object.getOwnPropertyDescriptor(fn, key)]));

describe("a wrapper looks like its method", () => {
  it.each<[string, Method]>([
    ["a method", { method: (a: unknown, b: unknown) => [a, b] }.method],
    ["one without a name", Object.defineProperty(() => 1, "name", { value: "" })],
    [
      "one whose name was deleted",
      (() => {
        const fn = (): number => 1;
        Reflect.deleteProperty(fn, "name");
        return fn;
      })(),
    ],
    [
      "one whose length was deleted",
      (() => {
        const fn = (value: unknown): unknown => value;
        Reflect.deleteProperty(fn, "length");
        return fn;
      })(),
    ],
    ["one with properties of its own", Object.assign(() => 1, { route: "/", [Symbol("role")]: "admin" })],
  ])("in all that is its own: %s", (_, method) => {
    const made = keepMetadata(wrapper(), method);
    expect(looksOf(made)).toEqual(looksOf(method));
    expect(Object.getPrototypeOf(made)).toBe(method);
    expect(Reflect.apply(made, undefined, [])).toBe("wrapper");
  });

  it("but for what the engine keeps in functions of the old style", () => {
    const old = runInThisContext("(function (a) { return a; })") as Method;
    expect(Object.getOwnPropertyNames(old)).toEqual(expect.arrayContaining(["arguments", "caller"]));
    const names = Object.getOwnPropertyNames(keepMetadata(wrapper(), old));
    expect(names).not.toContain("arguments");
    expect(names).not.toContain("caller");
    expect(names).toEqual(expect.arrayContaining(["name", "length", "prototype"]));
  });
});

describe("what can be read back of a decorator", () => {
  class Desk {
    @Task("given") run(): void {}
    @Task("shared") static shared(): void {}
  }
  const told = { kind: "task", name: "given" };

  it("is under a name that every copy of this package knows", () => {
    const key = Symbol.for("respan-instructor.trace-metadata");
    expect(
      Reflect.getOwnMetadata(key, Object.getOwnPropertyDescriptor(Desk.prototype, "run")?.value as object),
    ).toEqual(told);
  });

  it.each<[string, object, string, unknown]>([
    ["a class", Desk, "run", told],
    ["its prototype", Desk.prototype, "run", told],
    ["an instance", new Desk(), "run", told],
    ["an object that holds a class's prototype", { prototype: Desk.prototype }, "run", undefined],
    ["an object that holds nothing there", { prototype: null }, "run", undefined],
    [
      "a function without a prototype",
      Object.assign(() => 1, { run: Desk.shared }),
      "run",
      { ...told, name: "shared" },
    ],
    ["a function whose prototype is null", Object.assign(function () {}, { prototype: null }), "run", undefined],
    ["an object whose member is no function", { run: 1 }, "run", undefined],
    ["an object whose member is nothing", { run: undefined }, "run", undefined],
    ["an object whose member is a getter", Object.defineProperty({}, "run", { get: () => 1 }), "run", undefined],
    ["an object without a prototype", Object.create(null) as object, "run", undefined],
  ])("is asked of %s", (_, target, member, expected) => {
    expect(getTraceMetadata(target, member)).toEqual(expected);
  });
});
