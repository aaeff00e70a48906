import { Agent, Task, Tool, Workflow } from "../../lib/decorators/decorators.js";
import { getTraceMetadata } from "../../lib/decorators/trace-metadata.js";
import { InProcess } from "../scope/in-process.js";

/** A decorator as compiled code calls it, and what it gives. */
type Called = (...given: readonly unknown[]) => unknown;

/** What compilers make of `@decorator` on a member under `experimentalDecorators`. */
function decorate(decorator: unknown, owner: object, member: PropertyKey): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, member);
  const made = (decorator as Called)(owner, member, descriptor) as PropertyDescriptor | undefined;
  if (made !== undefined) Object.defineProperty(owner, member, made);
}

const MEMBER = Symbol("of a symbol");

describe("a decorator that is called as a legacy one", () => {
  const makeDesk = () => {
    class Desk {
      bare(text: string): string {
        return text;
      }
      named(text: string): string {
        return text;
      }
      42(text: string): string {
        return text;
      }
      [MEMBER](text: string): string {
        return text;
      }
      static shared(text: string): string {
        return text;
      }
      plain(): void {}
    }
    return Desk;
  };

  it("traces methods of every kind of name, of instances and of the class", () => {
    using host = new InProcess();
    const Desk = makeDesk();
    decorate(Workflow, Desk.prototype, "bare");
    decorate(Task("given"), Desk.prototype, "named");
    decorate(Tool({ version: "2" }), Desk.prototype, 42);
    decorate(Agent(), Desk.prototype, MEMBER);
    decorate(Task, Desk, "shared");
    const desk = new Desk();
    expect([desk.bare("a"), desk.named("b"), desk[42]("c"), desk[MEMBER]("d"), Desk.shared("e")].join("")).toBe(
      "abcde",
    );
    expect(host.spans.map(({ name }) => name)).toEqual([
      "bare.workflow",
      "given.task",
      "42.tool",
      "of a symbol.agent",
      "shared.task",
    ]);
    expect(Object.getOwnPropertyDescriptor(Desk.prototype, "bare")).toEqual({
      ...Object.getOwnPropertyDescriptor(Desk.prototype, "plain"),
      value: expect.any(Function) as unknown,
    });
  });

  it("freezes what can be read back", () => {
    const Desk = makeDesk();
    decorate(Task, Desk.prototype, "bare");
    expect(Object.isFrozen(getTraceMetadata(Desk, "bare"))).toBe(true);
  });

  class Desk {}
  const Nameless = (() => class {})();
  const OddlyNamed = (() => class {})();
  Object.defineProperty(OddlyNamed, "name", { value: 42 });
  const get = (): number => 1;
  const set = (): void => undefined;

  it.each<[string, readonly unknown[], string]>([
    ["a class", [Desk], "Desk is a class"],
    ["a class without a name", [Nameless], "it was put on a class"],
    ["a class with an odd name", [OddlyNamed], "it was put on a class"],
    ["a field", [Desk.prototype, "field"], "Desk.field is a field"],
    ["a field whose descriptor is null", [Desk.prototype, "field", null], "Desk.field is a field"],
    ["a field, as Babel calls", [Desk.prototype, "field", { initializer: get }], "Desk.field is a field"],
    ["a field that holds a value", [Desk.prototype, "field", { value: 1 }], "Desk.field is a field"],
    ["a static field", [Desk, "field", undefined], "Desk.field is a field"],
    ["a field of a symbol", [Desk.prototype, MEMBER], "Desk[Symbol(of a symbol)] is a field"],
    ["a field of a number", [Desk.prototype, 7], "Desk.7 is a field"],
    ["a field of a class without a name", [Nameless.prototype, "field"], "field is a field"],
    ["a symbol of a class without a name", [Nameless.prototype, MEMBER], "Symbol(of a symbol) is a field"],
    ["a field of an object without a class", [Object.create(null), "field"], "field is a field"],
    ["a field of nothing", [null, "field"], "field is a field"],
    ["a getter", [Desk.prototype, "got", { get, set: undefined }], "Desk.got is a getter"],
    ["a getter with a setter", [Desk.prototype, "got", { get, set }], "Desk.got is a getter"],
    ["a setter", [Desk.prototype, "put", { get: undefined, set }], "Desk.put is a setter"],
    ["a method's parameter", [Desk.prototype, "run", 0], "it was put on parameter 1 of Desk.run"],
    ["a constructor's parameter", [Desk, undefined, 2], "it was put on parameter 3 of Desk.constructor"],
  ])("is a TypeError at class definition on %s", (_, given, what) => {
    const message = `@Tool decorates methods only; ${what}`;
    expect(() => (Tool("named") as Called)(...given)).toThrow(new TypeError(message));
    if (given.length > 1 || typeof given[0] === "function") {
      expect(() => (Tool as unknown as Called)(...given)).toThrow(new TypeError(message));
    }
  });

  it.each<[string, readonly unknown[], string]>([
    ["a field", [undefined, { kind: "field", name: "field" }], "field is a field"],
    ["an accessor", [{}, { kind: "accessor", name: "both" }], "both is an accessor"],
    ["a class", [Desk, { kind: "class", name: "Desk" }], "Desk is a class"],
    ["a class without a name", [Nameless, { kind: "class", name: undefined }], "it was put on a class"],
    ["a class with an empty name", [Nameless, { kind: "class", name: "" }], "it was put on a class"],
    ["a method that is none", [1, { kind: "method", name: "run" }], "run is a method"],
  ])("is a TypeError on %s where it is called as a standard one", (_, given, what) => {
    expect(() => (Tool as unknown as Called)(...given)).toThrow(new TypeError(`@Tool decorates methods only; ${what}`));
  });

  it.each<[string, PropertyKey, () => number, string]>([
    ["a symbol without a description", Symbol(), Object.defineProperty(() => 1, "name", { value: "own" }), "own.task"],
    ["a symbol with an empty one", Symbol(""), Object.defineProperty(() => 1, "name", { value: "own" }), "own.task"],
    ["an empty name", "", Object.defineProperty(() => 1, "name", { value: "own" }), "own.task"],
    [
      "no name anywhere",
      "",
      (
        () => () =>
          1
      )(),
      "anonymous.task",
    ],
  ])("names the span after the function where the member has %s", (_, member, value, name) => {
    using host = new InProcess();
    const owner = Object.defineProperty({}, member, { value, configurable: true });
    decorate(Task, owner, member);
    expect((owner as Record<PropertyKey, () => number>)[member]?.()).toBe(1);
    expect(host.spans.map((span) => span.name)).toEqual([name]);
  });
});

describe("@Tool on anything but a method", () => {
  const bare = Tool as unknown as (...given: unknown[]) => never;
  const called = (Tool as unknown as (name: string) => typeof bare)("named");

  it.each<[string, () => unknown]>([
    [
      "field is a field",
      () =>
        class Desk {
          @bare field = (): number => 1;
        },
    ],
    [
      "#field is a field",
      () =>
        class Desk {
          @called #field = 1;
          get(): number {
            return this.#field;
          }
        },
    ],
    [
      "got is a getter",
      () =>
        class Desk {
          @bare get got(): () => number {
            return () => 1;
          }
        },
    ],
    [
      "put is a setter",
      () =>
        class Desk {
          @called set put(_: unknown) {}
        },
    ],
    [
      "both is an accessor",
      () =>
        class Desk {
          @bare static accessor both = 1;
        },
    ],
    [
      "Desk is a class",
      () => {
        @called
        class Desk {}
        return Desk;
      },
    ],
  ])("is a TypeError at class definition: %s", (what, define) => {
    expect(define).toThrow(new TypeError(`@Tool decorates methods only; ${what}`));
  });

  function extract(): number {
    return 1;
  }

  it.each<[string, () => unknown, string]>([
    ["alone", () => bare(extract), "extract is a function"],
    ["after options", () => bare({ name: "named" }, extract), "extract is a function"],
    ["by a decorator with a name", () => called(extract), "extract is a function"],
    ["without a name", () => bare(() => 1), "it was put on a function"],
  ])("names the function form where it was called with a function %s", (_, decorate, what) => {
    const message = `@Tool decorates methods only; ${what}; withTool(options, fn, ...args) traces one`;
    expect(decorate).toThrow(new TypeError(message));
  });
});
