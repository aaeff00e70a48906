import OpenAI from "openai";
import type { IterationObserver } from "../../lib/instructor/observed-iteration.js";
import { observeIteration } from "../../lib/instructor/observed-iteration.js";
import { observePromise } from "../../lib/instructor/observed-promise.js";
import { content, httpError, OpenAIServer } from "../harness/index.js";
import { collect } from "./world.js";

const plain = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Who?" }] };
const own = new Error("mine");

describe("a promise that is observed", () => {
  let heard: [string, unknown][];
  const observer = {
    fulfilled: (value: unknown) => void heard.push(["fulfilled", value]),
    rejected: (error: unknown) => void heard.push(["rejected", error]),
    responded: (response: unknown) => {
      heard.push(["responded", response]);
      return "mine";
    },
  };
  beforeEach(() => {
    heard = [];
  });

  it.each<[what: string, value: unknown]>([
    ["an object", { choices: [] }],
    ["nothing", undefined],
    ["null", null],
    ["a function", () => undefined],
    ["an object whose then is no function", { then: true }],
  ])("is none where a client gives its answer at once: %s", (_, value) => {
    expect(observePromise(value, observer)).toBe(value);
    expect(heard).toEqual([["fulfilled", value]]);
  });

  it("settles as a native one does, also where it is awaited and its then is not asked", async () => {
    expect(await observePromise(Promise.resolve(7), observer)).toBe(7);
    await expect(observePromise(Promise.reject(own), observer)).rejects.toBe(own);
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
    [
      "a promise with a then of its own",
      (settle) => {
        const made = settle();
        return Object.assign(made, { then: Promise.prototype.then.bind(made) });
      },
    ],
  ])("of %s is the very same, and settles as it does", async (_, make) => {
    const fulfilled = make(() => Promise.resolve(7));
    expect(observePromise(fulfilled, observer)).toBe(fulfilled);
    await expect(fulfilled.then((value) => [value])).resolves.toEqual([7]);
    await expect(fulfilled.then()).resolves.toBe(7);
    expect(heard).toEqual([["fulfilled", 7]]);
    const rejected = make(() => Promise.reject(own));
    expect(observePromise(rejected, observer)).toBe(rejected);
    await expect(rejected.then(undefined, (error: unknown) => [error])).resolves.toEqual([own]);
    await expect(rejected.then()).rejects.toBe(own);
    await expect(rejected.then(() => 7)).rejects.toBe(own);
    expect(heard.slice(1)).toEqual([["rejected", own]]);
  });

  it("is asked for nothing that its caller does not ask for", () => {
    const lazy = new Lazy(() => Promise.resolve(7));
    observePromise(lazy, observer);
    expect([lazy.asked, heard]).toEqual([0, []]);
  });

  it.each(["parse", "asResponse"])("with %s, and nothing else of OpenAI's, is any thenable", async (name) => {
    const lazy = Object.assign(new Lazy(() => Promise.resolve(7)), { [name]: () => 8 });
    observePromise(lazy, observer);
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
      expect(observePromise(pending, observer)).toBe(pending);
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
      heard = [];
      await expect(ask().asResponse()).rejects.toBeInstanceOf(OpenAI.BadRequestError);
      expect(heard).toEqual([["rejected", expect.any(OpenAI.BadRequestError)]]);
    });
  });
});

describe("an iteration that is observed", () => {
  let heard: unknown[];
  let isHidden: (value: unknown) => boolean;
  let endsAfterFailure: boolean;
  const observer: IterationObserver = {
    advancing: () => void heard.push("advancing"),
    run: (step) => {
      heard.push("run");
      return step();
    },
    yielded: (value) => {
      heard.push(value);
      return !isHidden(value);
    },
    finished: () => void heard.push("finished"),
    returned: () => void heard.push("returned"),
    failed: (error) => {
      heard.push(error);
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
    observeIteration(iterator, observer);
    return iterator;
  }

  it("gives what it gave, and tells each step in its order", async () => {
    const generator = observed(numbers());
    expect(heard).toEqual([]);
    await expect(generator.next()).resolves.toEqual({ done: false, value: 1 });
    expect(heard).toEqual(["advancing", "run", 1]);
    await expect(generator.next("four")).resolves.toEqual({ done: false, value: 4 });
    await expect(generator.next()).resolves.toEqual({ done: true, value: "end" });
    expect(heard.slice(3)).toEqual(["advancing", "run", 4, "advancing", "run", "closed", "finished"]);
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
    expect(heard).toEqual(["returned", "run", "closed"]);
  });

  it("tells what was thrown into it", async () => {
    const generator = observed(numbers());
    await generator.next();
    heard = [];
    await expect(generator.throw(own)).rejects.toBe(own);
    expect(heard).toEqual(["run", own]);
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
    [
      "in its result",
      () => ({
        next: () => ({
          get done(): boolean {
            throw own;
          },
        }),
      }),
    ],
  ];

  it.each(failing)("fails as it did, and tells it: %s", async (_, make) => {
    const iterator = observed(make()) as AsyncIterator<unknown>;
    await expect(iterator.next()).rejects.toBe(own);
    expect(heard).toEqual(["advancing", "run", own]);
  });

  it.each(failing)("ends where the observer takes the failure upon itself: %s", async (_, make) => {
    endsAfterFailure = true;
    const iterator = observed(make()) as AsyncIterator<unknown>;
    await expect(iterator.next()).resolves.toEqual({ done: true, value: undefined });
    expect(heard).toEqual(["advancing", "run", own]);
  });

  it("fails with what the observer throws at its end", async () => {
    const generator = numbers();
    const finished = () => {
      throw own;
    };
    observeIteration(generator, { ...observer, finished });
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

  it("needs no word of each advance", async () => {
    const rest: IterationObserver = { ...observer };
    delete rest.advancing;
    const generator = numbers();
    observeIteration(generator, rest);
    expect(await collect(generator)).toEqual([1, 2]);
    expect(heard).not.toContain("advancing");
  });
});
