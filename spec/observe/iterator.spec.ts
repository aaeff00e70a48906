import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { BoundContext } from "../../lib/observe/intercept.js";
import type { StepName, StepObserver } from "../../lib/observe/iterator.js";
import { observeSteps } from "../../lib/observe/iterator.js";
import { collect } from "../instructor/world.js";

const own = new Error("mine");

describe("an iteration that is observed", () => {
  let heard: unknown[];
  let isHidden: (value: unknown) => boolean;
  let endsAfterFailure: boolean;
  const where: BoundContext = {
    contexts: {
      active: () => ROOT_CONTEXT,
      with: (_, fn, self, ...args) => {
        heard.push("run");
        return fn.call(self as never, ...args);
      },
    },
    context: ROOT_CONTEXT,
  };
  const observer: StepObserver = {
    enter: (step: StepName) => {
      heard.push(step);
      return where;
    },
    item: (value) => void heard.push(value),
    finish: () => void heard.push("finished"),
    fail: (error) => void heard.push(error),
    keeps: (value) => !isHidden(value),
    get hidesFailure() {
      return endsAfterFailure;
    },
  };
  beforeEach(() => {
    heard = [];
    isHidden = () => false;
    endsAfterFailure = false;
  });

  async function* numbers(): AsyncGenerator<number, string, string | undefined> {
    const answer = yield 1;
    try {
      yield answer === undefined ? 2 : answer.length;
    } finally {
      heard.push("closed");
    }
    return "end";
  }
  function observed<I extends object>(iterator: I): I {
    observeSteps(iterator, observer);
    return iterator;
  }

  it("gives what it gave, and tells each step in its order", async () => {
    const generator = observed(numbers());
    expect(heard).toEqual([]);
    await expect(generator.next()).resolves.toEqual({ done: false, value: 1 });
    expect(heard).toEqual(["next", "run", 1]);
    await expect(generator.next("four")).resolves.toEqual({ done: false, value: 4 });
    await expect(generator.next()).resolves.toEqual({ done: true, value: "end" });
    expect(heard.slice(3)).toEqual(["next", "run", 4, "next", "run", "closed", "finished"]);
  });

  it("leaves out what the observer keeps back", async () => {
    isHidden = (value) => value === 1;
    expect(await collect(observed(numbers()))).toEqual([2]);
    isHidden = () => true;
    expect(await collect(observed(numbers()))).toEqual([]);
  });

  it("tells that the consumer left, before what it left is closed", async () => {
    const generator = observed(numbers());
    await generator.next();
    await generator.next();
    heard = [];
    await expect(generator.return("mine")).resolves.toEqual({ done: true, value: "mine" });
    expect(heard).toEqual(["return", "run", "closed", "finished"]);
  });

  it("tells what was thrown into it", async () => {
    const generator = observed(numbers());
    await generator.next();
    heard = [];
    await expect(generator.throw(own)).rejects.toBe(own);
    expect(heard).toEqual(["throw", "run", own]);
  });

  const failing: [what: string, make: () => object][] = [
    ["later", () => ({ next: () => Promise.reject(own) })],
    [
      "at once",
      () => ({
        next: () => {
          throw own;
        },
      }),
    ],
  ];

  it.each(failing)("fails as it did, and tells it: %s", async (_, make) => {
    const iterator = observed(make()) as AsyncIterator<unknown>;
    await expect(async () => iterator.next()).rejects.toBe(own);
    expect(heard).toEqual(["next", "run", own]);
  });

  it.each(failing)("ends where the observer takes the failure upon itself: %s", async (_, make) => {
    endsAfterFailure = true;
    const iterator = observed(make()) as AsyncIterator<unknown>;
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(heard).toEqual(["next", "run", own]);
  });

  it("fails with what the observer throws at its end", async () => {
    const generator = numbers();
    const finish = () => {
      throw own;
    };
    observeSteps(generator, { ...observer, finish });
    await expect(collect(generator)).rejects.toBe(own);
    expect(heard).not.toContain(own);
  });

  it("may be one without return and throw, and of an iterator that does not wait", async () => {
    const values = [1, 2];
    const iterator = observed({
      next: () => (values.length > 0 ? { done: false, value: values.shift() } : { done: true, value: undefined }),
    });
    expect(Object.getOwnPropertyNames(iterator)).toEqual(["next"]);
    expect(await collect({ [Symbol.asyncIterator]: () => iterator as unknown as AsyncIterator<unknown> })).toEqual([
      1, 2,
    ]);
  });

  it("is that of the very object, which shows nothing of it and can be patched by others", () => {
    const generator = observed(numbers());
    expect(Object.keys(generator)).toEqual([]);
    expect(Object.getPrototypeOf(generator)).toBe(Object.getPrototypeOf(numbers()) && numbers.prototype);
    const mine = () => Promise.resolve({ done: true as const, value: "mine" });
    generator.next = mine;
    expect(generator.next).toBe(mine);
    expect(Reflect.deleteProperty(generator, "next")).toBe(true);
    expect(Object.hasOwn(generator, "next")).toBe(false);
  });

  it("leaves alone what the observer does not enter", async () => {
    const generator = numbers();
    observeSteps(generator, { ...observer, enter: () => undefined });
    expect(await collect(generator)).toEqual([1, 2]);
    expect(heard).toEqual(["closed"]);
  });

  it("keeps each result as it is where nothing is left out", async () => {
    const lazy = {
      then: (resolve: (value: unknown) => void) => {
        resolve({ done: true });
      },
    };
    const results: unknown[] = [Promise.resolve({ done: false, value: 1 }), lazy, 7];
    const iterator = { next: () => results.shift() };
    const { enter, item, finish, fail } = observer;
    observeSteps(iterator, { enter, item, finish, fail });
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    expect(iterator.next()).toBe(lazy);
    await lazy;
    expect(iterator.next()).toBe(7);
    expect(heard.filter((one) => one === 1 || one === "finished")).toEqual([1, "finished"]);
  });
});
