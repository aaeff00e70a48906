import OpenAI from "openai";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { BLUEBIRD_METHODS, VALUES, watchResult } from "../../lib/observe/stream.js";
import { isThenable } from "../../lib/observe/thenable.js";
import type { ValueWatcher } from "../../lib/observe/watcher.js";
import { content, httpError, OpenAIServer } from "../harness/index.js";

const plain = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Who?" }] };
const own = new Error("mine");
const inside = ROOT_CONTEXT.setValue(Symbol("inside"), true);

describe("a promise that is watched", () => {
  let heard: [string, unknown][];
  let isWithin = false;
  let watcher: ValueWatcher;
  beforeEach(() => {
    // Of its own: what an earlier test dropped may be collected, and told of, in a later one.
    const told: typeof heard = [];
    heard = told;
    watcher = {
      contexts: {
        active: () => ROOT_CONTEXT,
        // Work runs in `ROOT_CONTEXT` where it is the caller's, in the watcher's own context where it is the promise's.
        with: (context, fn, self, ...args) => {
          const before = isWithin;
          isWithin = context === inside;
          try {
            return fn.call(self as never, ...args);
          } finally {
            isWithin = before;
          }
        },
      },
      context: inside,
      isOpen: true,
      settle: (value: unknown) => void told.push(["fulfilled", value]),
      fail: (error: unknown) => void told.push(["rejected", error]),
      finish: () => void told.push(["finished", undefined]),
      respond: (response: unknown) => {
        told.push(["responded", response]);
        return "mine";
      },
    };
  });

  it.each<[what: string, value: unknown]>([
    ["an object", { choices: [] }],
    ["nothing", undefined],
    ["null", null],
    ["a function", () => undefined],
    ["an object whose then is no function", { then: true }],
  ])("is none: %s", (_, value) => {
    expect(isThenable(value)).toBe(false);
  });

  it("settles as a native one does, also where it is awaited and its then is not asked", async () => {
    expect(await watchResult(Promise.resolve(7), watcher)).toBe(7);
    await expect(watchResult(Promise.reject(own), watcher)).rejects.toBe(own);
    expect(heard).toEqual([
      ["fulfilled", 7],
      ["rejected", own],
    ]);
  });

  /** A query builder's kind of promise: nothing happens before somebody asks. */
  class Lazy implements PromiseLike<unknown> {
    asked = 0;
    constructor(private readonly settle: () => Promise<unknown>) {}
    then<A = unknown, B = never>(
      onFulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
      onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      this.asked++;
      return this.settle().then(onFulfilled, onRejected);
    }
  }
  class Derived extends Promise<unknown> {}

  it.each<[what: string, make: (settle: () => Promise<unknown>) => PromiseLike<unknown>]>([
    ["a class of its own", (settle) => new Lazy(settle)],
    ["a class that extends Promise", (settle) => new Derived((resolve) => resolve(settle()))],
  ])("of %s is the very same, and settles as it does", async (_, make) => {
    const fulfilled = make(() => Promise.resolve(7));
    expect(watchResult(fulfilled, watcher)).toBe(fulfilled);
    await expect(fulfilled.then((value) => [value])).resolves.toEqual([7]);
    await expect(fulfilled.then()).resolves.toBe(7);
    expect(heard).toEqual([["fulfilled", 7]]);
    const rejected = make(() => Promise.reject(own));
    expect(watchResult(rejected, watcher)).toBe(rejected);
    await expect(rejected.then(undefined, (error: unknown) => [error])).resolves.toEqual([own]);
    await expect(rejected.then()).rejects.toBe(own);
    await expect(rejected.then(() => 7)).rejects.toBe(own);
    expect(heard.slice(1)).toEqual([["rejected", own]]);
  });

  it("is asked for nothing that its caller does not ask for", () => {
    const lazy = new Lazy(() => Promise.resolve(7));
    watchResult(lazy, watcher);
    expect([lazy.asked, heard]).toEqual([0, []]);
  });

  it.each(["parse", "asResponse"])("with %s, and nothing else of OpenAI's, is any thenable", async (name) => {
    const lazy = Object.assign(new Lazy(() => Promise.resolve(7)), { [name]: () => 8 });
    watchResult(lazy, watcher);
    expect((lazy as unknown as Record<string, () => unknown>)[name]?.()).toBe(8);
    await lazy.then();
    expect(heard).toEqual([["fulfilled", 7]]);
  });

  describe("of OpenAI's", () => {
    let server: OpenAIServer;
    beforeEach(async () => {
      server = await OpenAIServer.start({ answer: () => content("Hello") });
    });
    afterEach(() => server.close());
    const ask = () => {
      const openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 });
      const pending = openai.chat.completions.create(plain);
      expect(watchResult(pending, watcher)).toBe(pending);
      return pending;
    };

    it("is told of once, however often it is read", async () => {
      const pending = ask();
      expect(heard).toEqual([]);
      const completion = await pending;
      expect(await pending).toBe(completion);
      expect((await pending.withResponse()).data).toBe(completion);
      expect(heard).toEqual([["fulfilled", completion]]);
    });

    it("gives what the observer makes of the bare response", async () => {
      const pending = ask();
      await expect(pending.asResponse()).resolves.toBe("mine");
      expect(heard).toEqual([["responded", expect.any(Response)]]);
    });

    it("gives the bare response as it is, where it is read as well", async () => {
      const pending = ask();
      const { response, data } = await pending.withResponse();
      expect(response).toBeInstanceOf(Response);
      expect(heard).toEqual([["fulfilled", data]]);
    });

    it("is told of once where it fails, however it is read", async () => {
      server.answerWith(() => httpError(400, "no"));
      const pending = ask();
      const error: unknown = await pending.catch((thrown: unknown) => thrown);
      await expect(pending.withResponse()).rejects.toBe(error);
      expect(heard).toEqual([["rejected", error]]);
      heard.length = 0;
      await expect(ask().asResponse()).rejects.toBeInstanceOf(OpenAI.BadRequestError);
      expect(heard).toEqual([["rejected", expect.any(OpenAI.BadRequestError)]]);
    });
  });
});

/** Thenables of other libraries, consumed by methods of their own. */
describe("a thenable that is consumed by another method than then", () => {
  type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;
  const eager = (settled: Promise<unknown>, more: object): PromiseLike<unknown> & Methods =>
    ({ then: (...handlers: never[]) => settled.then(...handlers), ...more }) as never;
  /** One with a method of this name, as libraries have it. */
  const make = (name: string, settled: Promise<unknown>): PromiseLike<unknown> & Methods => {
    if (name === "catch") return eager(settled, { catch: (handler: never) => settled.catch(handler) });
    if (name in VALUES) return eager(settled, { [name]: () => settled.finally() });
    const bluebird = { reflect: () => undefined, isPending: () => false };
    return eager(settled, { ...bluebird, [name]: () => settled.then(() => "made of it") });
  };
  const told: unknown[] = [];
  const watcher: ValueWatcher = {
    contexts: { active: () => ROOT_CONTEXT, with: (_, fn, self, ...args) => fn.call(self as never, ...args) },
    context: ROOT_CONTEXT,
    isOpen: true,
    settle: (value) => void told.push(value),
    fail: (error) => void told.push(error),
    finish: () => void told.push("finished"),
  };
  beforeEach(() => {
    told.length = 0;
  });
  const names = [...Object.keys(VALUES), ...BLUEBIRD_METHODS];

  it.each(names)("tells its value once: %s", async (name) => {
    const thenable = make(name, Promise.resolve([1, 2]));
    expect(watchResult(thenable, watcher)).toBe(thenable);
    expect(told).toEqual([]);
    await thenable[name]?.(((error: unknown) => error) as never);
    expect(told).toEqual([[1, 2]]);
    await thenable;
    expect(told).toHaveLength(1);
  });

  it.each(names)("tells its error once: %s", async (name) => {
    const rejected = Promise.reject(own);
    rejected.catch(() => undefined);
    const thenable = make(name, rejected);
    watchResult(thenable, watcher);
    await Promise.resolve(thenable[name]?.(((error: unknown) => error) as never)).catch(() => undefined);
    expect(told).toEqual([own]);
  });

  it("is over when it is cancelled, unless a caller awaits it", async () => {
    const cancelled = eager(Promise.resolve(1), { cancel: () => true });
    watchResult(cancelled, watcher);
    expect(cancelled.cancel?.()).toBe(true);
    expect(told).toEqual(["finished"]);
    const thenable = eager(Promise.reject(own), { cancel: () => true });
    watchResult(thenable, watcher);
    const awaited = thenable.then(undefined, () => undefined);
    thenable.cancel?.();
    expect(told).toHaveLength(1);
    await awaited;
    expect(told[1]).toBe(own);
  });

  it("leaves a builder's own methods of these names alone", () => {
    const builder = {
      then: () => undefined,
      map(): unknown {
        return this;
      },
      exec(): unknown {
        return this;
      },
      filter: () => "text",
    };
    watchResult(builder, watcher);
    expect([builder.map(), builder.exec(), builder.filter()]).toEqual([builder, builder, "text"]);
    expect(told).toEqual([]);
  });

  it("gives a class before a handler to `catch` as it is", async () => {
    const seen: unknown[] = [];
    const thenable = eager(Promise.resolve(1), { catch: (...args: unknown[]) => void seen.push(...args) });
    watchResult(thenable, watcher);
    (thenable as unknown as { catch(...args: unknown[]): void }).catch(RangeError, () => 1);
    expect(seen[0]).toBe(RangeError);
  });
});
