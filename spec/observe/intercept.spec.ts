import { bindSteps, isGeneratorObject } from "../../lib/observe/iterator.js";
import { dataProperty, intercept } from "../../lib/observe/intercept.js";

const refuse = (): never => {
  throw new Error("refused");
};
const hostile = (): object =>
  new Proxy({ run: () => 1 }, { get: refuse, has: refuse, getOwnPropertyDescriptor: refuse, getPrototypeOf: refuse });

describe("a property that is read without running anybody's getter", () => {
  class Base {
    inherited(): number {
      return 1;
    }
    get computed(): never {
      return refuse();
    }
  }
  class Derived extends Base {
    own = undefined;
  }

  it.each<[string, PropertyKey, unknown]>([
    ["its own", "own", undefined],
    ["an inherited one", "inherited", Base.prototype.inherited],
    ["one of the language's", "hasOwnProperty", Object.prototype.hasOwnProperty],
    ["a getter", "computed", undefined],
    ["none", "missing", undefined],
  ])("is %s", (_, key, expected) => {
    expect(dataProperty(new Derived(), key)).toBe(expected);
  });

  it("is the nearest, a getter before a value further away", () => {
    const above = { value: "above", other: "above" };
    const holder = Object.create(above, { value: { get: refuse }, other: { value: "near" } }) as object;
    expect(dataProperty(holder, "value")).toBeUndefined();
    expect(dataProperty(holder, "other")).toBe("near");
  });
});

describe("a method that is laid over", () => {
  class Counter {
    #count = 0;
    add(by: number): number {
      return (this.#count += by);
    }
  }

  it("is called through the interceptor, with its own this and arguments", () => {
    const counter = new Counter();
    const seen: unknown[] = [];
    expect(
      intercept(counter, "add", (method, self, args) => {
        seen.push(self === counter, args);
        return Number(Reflect.apply(method, self, args as never[])) * 10;
      }),
    ).toBe(true);
    expect([counter.add(1), counter.add(2)]).toEqual([10, 30]);
    expect(seen).toEqual([true, [1], true, [2]]);
    expect(new Counter().add(1)).toBe(1);
  });

  it("is the method as it was for another this", () => {
    const counter = new Counter();
    intercept(counter, "add", refuse);
    const { add } = counter;
    expect(Reflect.apply(add, new Counter(), [4])).toBe(4);
    expect(() => Reflect.apply(add, undefined, [4])).toThrow(TypeError);
  });

  it.each<[string, () => Record<string, unknown>, boolean]>([
    ["a method of its class is not listed", () => new Counter() as never, false],
    ["a property of its own is", () => ({ add: () => 1 }), true],
    ["a hidden one is not", () => Object.defineProperty({}, "add", { value: () => 1, configurable: true }), false],
  ])("is listed among the object's keys as it was: %s", (_, make, isListed) => {
    const target = make();
    expect(intercept(target, "add", () => 2)).toBe(true);
    expect(Object.keys(target)).toEqual(isListed ? ["add"] : []);
  });

  it("can be replaced and taken away by whoever owns the object", () => {
    const counter = new Counter() as Counter & Record<string, unknown>;
    intercept(counter, "add", () => -1);
    counter.add = () => 7;
    expect(counter.add(1)).toBe(7);
    intercept(counter, "add", () => -1);
    Reflect.deleteProperty(counter, "add");
    expect(counter.add(1)).toBe(1);
  });

  it.each<[string, object]>([
    ["has no such method", {}],
    ["has something else there", { run: { call: 1 } }],
    ["has a getter there", Object.defineProperty({}, "run", { get: refuse })],
    ["is frozen", Object.freeze({ run: () => 1 })],
    ["refuses to be asked", hostile()],
  ])("is none where the object %s", (_, target) => {
    expect(intercept(target, "run", refuse)).toBe(false);
  });
});

describe("the steps of an iterator", () => {
  it.each<[string, unknown, boolean]>([
    ["a generator", (function* () {})(), true],
    ["an async generator", (async function* () {})(), true],
    ["what has a generator's tag and its next", { [Symbol.toStringTag]: "Generator", next: () => 1 }, true],
    ["what has its tag alone", { [Symbol.toStringTag]: "Generator" }, false],
    ["what has its tag and a next that is none", { [Symbol.toStringTag]: "AsyncGenerator", next: 1 }, false],
    ["an iterator of a list", [1].values(), false],
    ["an iterator without a tag", { next: () => 1 }, false],
    ["a generator function", function* () {}, false],
    ["what refuses to be asked", hostile(), false],
    [
      "a function with a generator's tag",
      Object.assign(() => 1, { [Symbol.toStringTag]: "Generator", next: () => 1 }),
      false,
    ],
    ["nothing", undefined, false],
    ["null", null, false],
    ["a text", "Generator", false],
  ])("belong to a generator object: %s", (_, value, expected) => {
    expect(isGeneratorObject(value)).toBe(expected);
  });

  it.each<[string, () => object, boolean]>([
    ["a generator", () => (function* () {})(), true],
    ["an iterator that can only go on", () => ({ next: () => 1 }), true],
    ["one that can only be told to return", () => ({ return: () => 1 }), true],
    ["one that can only be thrown into", () => ({ throw: () => 1 }), true],
    ["no iterator", () => ({}), false],
    ["one that is frozen", () => Object.freeze({ next: () => 1 }), false],
  ])("can be laid over where there are any: %s", (_, make, expected) => {
    expect(bindSteps(make(), () => 1)).toBe(expected);
  });

  it("are told by name, with the iterator, and what they were given", () => {
    const steps = (function* (): Generator<number, string, unknown> {
      yield 1;
      yield 2;
      return "end";
    })();
    const seen: unknown[] = [];
    bindSteps(steps, (step, name, iterator, args) => {
      seen.push([name, iterator === steps, args]);
      return Reflect.apply(step, iterator, args as never[]);
    });
    steps.next();
    steps.next("sent");
    steps.return("early");
    expect(() => steps.throw("thrown in")).toThrow("thrown in");
    expect(seen).toEqual([
      ["next", true, []],
      ["next", true, ["sent"]],
      ["return", true, ["early"]],
      ["throw", true, ["thrown in"]],
    ]);
  });
});
