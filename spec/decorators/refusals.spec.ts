import { Agent, Task, Tool, Workflow } from "../../lib/decorators/decorators.js";

const member: unique symbol = Symbol.for("s");

/** The decorators as code without types sees them. */
type Untyped = (...given: unknown[]) => never;

describe.each([
  ["Workflow", Workflow],
  ["Task", Task],
  ["Agent", Agent],
  ["Tool", Tool],
])("@%s on anything but a method", (name, decorator) => {
  const bare = decorator as unknown as Untyped;
  const called = (decorator as unknown as (name: string) => Untyped)("named");

  it.each<[string, () => unknown, string]>([
    [
      "a field",
      () =>
        class Desk {
          @bare field = 1;
        },
      "field is a field",
    ],
    [
      "a field that holds a function",
      () =>
        class Desk {
          @called run = (): number => 1;
        },
      "run is a field",
    ],
    [
      "a static field",
      () =>
        class Desk {
          @bare static field = 1;
        },
      "field is a field",
    ],
    [
      "a private field",
      () =>
        class Desk {
          @called #field = 1;
          get(): number {
            return this.#field;
          }
        },
      "#field is a field",
    ],
    [
      "a getter",
      () =>
        class Desk {
          @bare get got(): () => number {
            return () => 1;
          }
        },
      "got is a getter",
    ],
    [
      "a setter",
      () =>
        class Desk {
          @called set put(_: unknown) {}
        },
      "put is a setter",
    ],
    [
      "an accessor",
      () =>
        class Desk {
          @bare accessor both = 1;
        },
      "both is an accessor",
    ],
    [
      "a symbol member",
      () =>
        class Desk {
          @bare [member] = 1;
        },
      "Symbol(s) is a field",
    ],
    [
      "a class",
      () => {
        @bare
        class Desk {}
        return Desk;
      },
      "Desk is a class",
    ],
    [
      "a class, called",
      () => {
        @called
        class Desk {}
        return Desk;
      },
      "Desk is a class",
    ],
  ])("is a TypeError at class definition: %s", (_, define, what) => {
    expect(define).toThrow(TypeError);
    expect(define).toThrow(`@${name} decorates methods only; ${what}`);
  });

  function extract(): number {
    return 1;
  }

  it.each<[string, () => unknown, string]>([
    ["alone", () => bare(extract), "extract is a function"],
    ["after a name", () => bare("named", extract), "extract is a function"],
    ["after options", () => bare({ name: "named" }, extract), "extract is a function"],
    ["by a decorator with a name", () => called(extract), "extract is a function"],
    ["without a name", () => bare(() => 1), "it was put on a function"],
  ])("names the function form where it was called with a function %s", (_, decorate, what) => {
    expect(decorate).toThrow(
      new TypeError(`@${name} decorates methods only; ${what}; with${name}(options, fn, ...args) traces one`),
    );
  });
});
