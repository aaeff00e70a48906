import { runInThisContext } from "node:vm";
import { keepMetadata } from "../../lib/decorators/trace-metadata.js";
import type { Method } from "../../lib/observe/intercept.js";

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
