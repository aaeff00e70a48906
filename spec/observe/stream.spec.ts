import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { SpanStatusCode } from "@opentelemetry/api";
import { hrTimeToMilliseconds, suppressTracing } from "@opentelemetry/core";
import { Stream } from "openai/streaming";
import { Task, withWorkflow } from "../../lib/decorators/decorators.js";
import { partialOf } from "../../lib/observe/watcher.js";
import { slot } from "../../lib/scope/tracing.js";
import { collect } from "../instructor/world.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import type { Warnings } from "../scope/warnings.js";
import { eachWarnings } from "../scope/warnings.js";
import { active, desk, endOpen, outputsOf } from "./desk.js";

let host: InProcess;
let warnings: Warnings;
eachWarnings((made) => (warnings = made));
eachInProcess((made) => (host = made));
const outputs = (): unknown[] => outputsOf(host);
const statuses = (): unknown[] => host.spans.map(({ status }) => status.message ?? status.code);
const ignore = (): void => undefined;

async function* counting(to: number): AsyncGenerator<number> {
  for (let i = 1; i <= to; i++) {
    await Promise.resolve();
    yield i;
  }
}
const openaiStream = (to: number): Stream<number> => new Stream(() => counting(to), new AbortController());
const webStream = (to: number): ReadableStream<number> => ReadableStream.from<number>(counting(to));
/** An async iterable with nothing else to it, which can be iterated again. */
const iterable = (to: number): AsyncIterable<number> => ({
  [Symbol.asyncIterator]() {
    let i = 0;
    return {
      next: async () => (++i <= to ? { value: i, done: false } : { value: undefined, done: true }),
      return: async () => ({ value: undefined, done: true }),
    };
  },
});
/** As the AI SDK's results: a web stream with an iterator of its own, which reads by a reader. */
const iterableWebStream = (to: number): AsyncIterable<number> =>
  Object.assign(webStream(to), {
    [Symbol.asyncIterator](this: ReadableStream<number>) {
      const reader = this.getReader();
      return {
        next: () => reader.read(),
        return: async () => (await reader.cancel(), { done: true, value: undefined }),
      };
    },
  }) as never;

describe.each<[string, (to: number) => AsyncIterable<number>]>([
  ["an async generator", counting],
  ["OpenAI's Stream", openaiStream],
  ["a ReadableStream", webStream],
  ["a ReadableStream with an iterator of its own", iterableWebStream],
  ["an async iterable", iterable],
])("%s", (_, make) => {
  it.each(["give", "later"] as const)("keeps the span open until it is consumed, returned by %s", async (method) => {
    const made = make(2);
    const stream = await desk[method](() => made);
    expect(stream).toBe(made);
    await sleep(1);
    expect(host.spans).toEqual([]);
    expect(await collect(stream)).toEqual([1, 2]);
    expect(outputs()).toEqual(["[1,2]"]);
  });

  it("ends the span when the consumer breaks, or throws", async () => {
    for await (const item of desk.give(() => make(3))) if (item === 2) break;
    await expect(async () => {
      for await (const item of desk.give(() => make(3))) throw new Error(`stop at ${item}`);
    }).rejects.toThrow("stop at 1");
    expect(outputs()).toEqual(["[1,2]", "[1]"]);
    expect(statuses()).toEqual([SpanStatusCode.UNSET, SpanStatusCode.UNSET]);
  });

  it("keeps the spans of two methods, of which one hands it on", async () => {
    expect(await collect(desk.handOn(() => make(2)))).toEqual([1, 2]);
    expect(host.spans.map(({ name }) => name).sort()).toEqual(["give.task", "handOn.workflow"]);
    expect(outputs()).toEqual(["[1,2]", "[1,2]"]);
  });

  it("is untraced after telemetry has shut down", async () => {
    const held = desk.give(() => make(2));
    endOpen();
    expect(host.spans).toHaveLength(1);
    expect(await collect(held)).toEqual([1, 2]);
    expect(host.spans).toHaveLength(1);
  });
});

describe("a stream", () => {
  it("runs its work under the span, that of making its iterator too, and its consumer outside", async () => {
    const seen: unknown[] = [];
    const stream = {
      [Symbol.asyncIterator]() {
        seen.push(active());
        return (async function* () {
          seen.push(active());
          yield 1;
          await Promise.resolve();
          seen.push(active());
        })();
      },
    };
    for await (const item of desk.give(() => stream)) seen.push(item, active());
    const id = host.spans[0]?.spanContext().spanId;
    expect(seen).toEqual([id, id, 1, undefined, id]);
  });

  it("runs under the innermost span that is still open", async () => {
    const seen: unknown[] = [];
    const stream = {
      async *[Symbol.asyncIterator]() {
        seen.push(active());
        yield 1;
      },
    };
    const given = desk.handOn(() => stream);
    const [, inner] = slot.tracing!.open;
    inner?.end();
    await collect(given);
    expect(host.spans.map(({ name }) => name)).toEqual(["give.task", "handOn.workflow"]);
    expect(seen).toEqual([host.spans[1]?.spanContext().spanId]);
  });

  it("fails its span where it breaks, and is followed anew when it is returned again", async () => {
    let isBroken = true;
    const stream = {
      async *[Symbol.asyncIterator]() {
        yield 1;
        if (isBroken) throw new Error("connection lost");
        yield 2;
      },
    };
    await expect(collect(desk.give(() => stream))).rejects.toThrow("connection lost");
    isBroken = false;
    for (let call = 2; call <= 3; call++) expect(await collect(desk.give(() => stream))).toEqual([1, 2]);
    expect(statuses()).toEqual(["connection lost", SpanStatusCode.UNSET, SpanStatusCode.UNSET]);
    expect(outputs()).toEqual(["[1]", "[1,2]", "[1,2]"]);
  });

  it("has its first iterator's items recorded alone", async () => {
    const stream = desk.give(() => iterable(2));
    const [first, second] = [stream[Symbol.asyncIterator](), stream[Symbol.asyncIterator]()];
    await second.next();
    await first.next();
    await second.return?.();
    expect(host.spans).toEqual([]);
    await first.return?.();
    expect(outputs()).toEqual(["[1]"]);
  });

  it("can be a thenable at the same time, consumed by either", async () => {
    const both = () => ({
      then: (onValue: (value: string) => void) => onValue("value"),
      [Symbol.asyncIterator]: () => counting(2),
    });
    expect(await collect(desk.give(both))).toEqual([1, 2]);
    expect(await desk.give(both)).toBe("value");
    expect(outputs()).toEqual(["[1,2]", '"value"']);
  });

  it("is waited for by 32 spans at most, and those that have ended make room for others", async () => {
    const stream = iterable(1);
    const { open } = slot.tracing!;
    for (let call = 0; call < 33; call++) desk.give(() => stream);
    expect(open.size).toBe(32);
    for (const span of [...open].slice(0, 20)) span.end();
    for (let call = 0; call < 20; call++) desk.give(() => stream);
    expect(open.size).toBe(32);
    host.exporter.reset();
    await collect(stream);
    expect(outputs()).toEqual(Array.from({ length: 32 }, () => "[1]"));
  });

  it("has its span end when the method returned where it is never consumed, not when telemetry shut down", async () => {
    const start = performance.now();
    desk.give(() => iterable(1));
    await sleep(50);
    endOpen();
    const [{ startTime, endTime }] = host.spans as [(typeof host.spans)[number]];
    const length = hrTimeToMilliseconds(endTime) - hrTimeToMilliseconds(startTime);
    expect(length).toBeLessThan((performance.now() - start) / 2);
  });

  it("is let be where it refuses to be observed, or tracing is suppressed", async () => {
    const frozen = Object.freeze(iterable(2));
    expect(await collect(desk.give(() => frozen))).toEqual([1, 2]);
    expect(host.spans).toHaveLength(1);
    const { contexts } = slot.tracing!;
    const stream = iterable(1);
    const { [Symbol.asyncIterator]: iterate } = stream;
    contexts.with(suppressTracing(contexts.active()), () => desk.give(() => stream));
    expect(stream[Symbol.asyncIterator]).toBe(iterate);
    expect(host.spans).toHaveLength(1);
    expect(warnings.said).toEqual([]);
  });

  it("works through OpenAI's toReadableStream()", async () => {
    const stream = desk.give(() => openaiStream(2));
    const text = await new Response(stream.toReadableStream() as ReadableStream<Uint8Array>).text();
    expect(text).toBe("1\n2\n");
    expect(outputs()).toEqual(["[1,2]"]);
  });
});

describe("a stream in an unusual form", () => {
  it.each<[string, Record<PropertyKey, unknown>, (stream: never) => unknown]>([
    ["iterator null", { [Symbol.asyncIterator]: () => null }, (s: AsyncIterable<1>) => s[Symbol.asyncIterator]()],
    ["iterator 7", { [Symbol.asyncIterator]: () => 7 }, (s: AsyncIterable<1>) => s[Symbol.asyncIterator]()],
    ["branches null", { [Symbol.asyncIterator]: counting, tee: () => null }, (s: ReadableStream) => s.tee()],
    ["branches 7", { [Symbol.asyncIterator]: counting, tee: () => 7 }, (s: ReadableStream) => s.tee()],
    ["reader null", { getReader: () => null }, (s: ReadableStream) => s.getReader()],
    ["reader text", { getReader: () => "text" }, (s: ReadableStream) => s.getReader()],
    [
      "other end null",
      { getReader: () => ({}), pipeThrough: () => null },
      (s: ReadableStream) => s.pipeThrough(new TransformStream()),
    ],
  ])("gives the same nonsense still: %s", (_, stream, use) => {
    const plain = use({ ...stream } as never);
    expect(use(desk.give(() => stream) as never)).toBe(plain);
    expect(warnings.said).toEqual([]);
  });

  const steps = {
    "no promise": (step: () => object) => step(),
    "a thenable of its own": (step: () => object) => ({ then: (onValue: (value: object) => void) => onValue(step()) }),
  };
  it.each(Object.entries(steps))("has its items recorded where a step gives %s", async (_, give) => {
    let i = 0;
    const next = () => give(() => ({ value: active() === undefined ? "outside" : ++i, done: i > 2 }));
    const stream = { [Symbol.asyncIterator]: () => ({ next }) } as unknown as AsyncIterable<unknown>;
    expect(await collect(desk.give(() => stream))).toEqual([1, 2]);
    expect(outputs()).toEqual(["[1,2]"]);
  });

  it("fails its span where a step throws at once", async () => {
    const error = new RangeError("at once");
    const next = (): never => {
      throw error;
    };
    await expect(collect(desk.give(() => ({ [Symbol.asyncIterator]: () => ({ next }) })))).rejects.toBe(error);
    expect(statuses()).toEqual(["at once"]);
  });

  it.each([null, undefined, 7, "text"])("has no item for a step that gives %p", (answer) => {
    const stream = { [Symbol.asyncIterator]: () => ({ next: () => answer, return: () => ({ done: true }) }) };
    const iterator = desk.give(() => stream)[Symbol.asyncIterator]();
    expect(iterator.next()).toBe(answer);
    expect(iterator.return()).toEqual({ done: true });
    expect(outputs()).toEqual(["[]"]);
    expect(warnings.said).toEqual([]);
  });

  it("is not ended by a cancel of its own that is none of the web's", async () => {
    const given = desk.give(() => ({ ...iterable(1), cancel: () => "cancelled" }));
    expect(given.cancel()).toBe("cancelled");
    expect(host.spans).toEqual([]);
    expect(await collect(given)).toEqual([1]);
    expect(outputs()).toEqual(["[1]"]);
  });

  it("may emit events, or have what streams of Node have inside", async () => {
    expect(await collect(desk.give(() => Object.assign(new EventEmitter(), iterable(1))))).toEqual([1]);
    expect(await collect(desk.give(() => ({ _readableState: {}, ...iterable(1) })))).toEqual([1]);
    expect(outputs()).toEqual(["[1]", "[1]"]);
    expect(warnings.said).toEqual([]);
  });
});

describe("a stream that is split by tee()", () => {
  it.each<[string, () => { tee(): [AsyncIterable<number>, AsyncIterable<number>] }]>([
    ["OpenAI's", () => openaiStream(3)],
    ["the web's", () => webStream(3)],
  ])("keeps the span open for both branches, and each item once: %s", async (_, make) => {
    const stream = desk.give(make);
    const [left, right] = stream.tee();
    expect(left).toBeInstanceOf(stream.constructor);
    expect(await collect(left)).toEqual([1, 2, 3]);
    if (left instanceof ReadableStream) await Promise.all([left.cancel(), left.cancel()]);
    expect(host.spans).toEqual([]);
    expect(await collect(right)).toEqual([1, 2, 3]);
    expect(outputs()).toEqual(["[1,2,3]"]);
  });

  it("ends its span at once where none of the branches is a stream", () => {
    const branches = [null, 7, "text", {}];
    expect(desk.give(() => ({ ...iterable(1), tee: () => branches })).tee()).toBe(branches);
    expect(host.spans).toHaveLength(1);
  });
});

describe("a ReadableStream", () => {
  const tenfold = () =>
    new TransformStream<number, number>({ transform: (item, controller) => controller.enqueue(item * 10) });
  const uses: [string, (stream: ReadableStream<number>) => Promise<unknown>, string][] = [
    [
      "getReader()",
      async (stream) => {
        const reader = stream.getReader();
        while (!(await reader.read()).done);
        reader.releaseLock();
      },
      "[1,2]",
    ],
    ["cancel()", (stream) => stream.cancel("enough"), "[]"],
    [
      "a reader's cancel()",
      async (stream) => {
        const reader = stream.getReader();
        await reader.read();
        await reader.cancel();
      },
      "[1]",
    ],
    ["pipeTo()", (stream) => stream.pipeTo(new WritableStream()), "[]"],
    ["pipeThrough()", (stream) => collect(stream.pipeThrough(tenfold()) as never), "[10,20]"],
    ["values()", (stream) => collect((stream as unknown as { values(): AsyncIterable<1> }).values()), "[1,2]"],
    ["tee()", (stream) => Promise.all(stream.tee().map((branch) => collect(branch as never))), "[1,2]"],
  ];

  it.each(uses)("can be consumed by %s, traced or after its span has ended", async (_, use, expected) => {
    const stream = desk.give(() => webStream(2));
    expect(stream).toBeInstanceOf(ReadableStream);
    expect(host.spans).toEqual([]);
    await use(stream);
    await sleep(1);
    expect(outputs()).toEqual([expected]);
    const late = desk.give(() => webStream(2));
    endOpen();
    await use(late);
    expect(host.spans).toHaveLength(2);
  });

  it("that is locked throws as it did, and its span goes on", async () => {
    const stream = desk.give(() => webStream(2));
    const reader = stream.getReader();
    expect(() => stream.getReader()).toThrow("locked");
    while (!(await reader.read()).done);
    expect([statuses(), outputs()]).toEqual([[SpanStatusCode.UNSET], ["[1,2]"]]);
  });
});

describe("a stream of Node", () => {
  const silent = (options: object = {}): Readable =>
    new Readable({
      ...options,
      read() {
        this.push(null);
      },
    });

  it.each<[string, (stream: Readable) => unknown]>([
    ["read to its end", (stream) => buffer(stream)],
    ["listened to", (stream) => stream.on("data", ignore)],
    [
      "iterated in part",
      async (stream) => {
        for await (const chunk of stream) if (chunk === "a") stream.destroy();
      },
    ],
    ["destroyed", (stream) => stream.destroy()],
  ])("ends its span however it is consumed: %s", async (_, use) => {
    const stream = desk.give(() => Readable.from(["a", "b"]));
    await sleep(1);
    expect(host.spans).toEqual([]);
    await Promise.resolve(use(stream)).catch(ignore);
    await sleep(1);
    expect(host.spans).toHaveLength(1);
  });

  it("ends its span by ending, where it is not destroyed then", async () => {
    const stream = desk.give(() => silent({ autoDestroy: false })).resume();
    await sleep(1);
    expect(stream.destroyed).toBe(false);
    expect(host.spans).toHaveLength(1);
  });

  it("fails its span with the reason why it was destroyed", async () => {
    desk
      .give(() => new Readable({ read: ignore }))
      .on("error", ignore)
      .destroy(new Error("disk gone"));
    await sleep(1);
    expect(statuses()).toEqual(["disk gone"]);
  });

  it.each<[string, () => Readable]>([
    ["destroyed", () => Readable.from(["a"]).destroy()],
    ["read to its end", () => silent({ autoDestroy: false }).resume()],
  ])("that was %s before ends the span at once", async (_, make) => {
    const spent = make();
    await sleep(1);
    desk.give(() => spent);
    expect(host.spans).toHaveLength(1);
  });
});

describe("an object whose next gives documents and not steps", () => {
  /** As cursors of database drivers are. */
  class Cursor {
    readonly #left: unknown[];
    constructor(documents: readonly unknown[]) {
      this.#left = [...documents];
    }
    async next(): Promise<unknown> {
      return this.#left.shift() ?? null;
    }
    async toArray(): Promise<unknown[]> {
      const first = await this.next();
      return first === null ? [] : [first, ...this.#left.splice(0)];
    }
    async *[Symbol.asyncIterator](): AsyncGenerator {
      for (let item; (item = await this.next()) !== null;) yield item;
    }
  }
  const documents = [
    { id: 1, done: false },
    { id: 2, done: true },
    { id: 3, value: "x" },
  ];

  it.each<[string, (cursor: Cursor) => Promise<unknown>]>([
    ["iterated", (cursor) => collect(cursor)],
    [
      "advanced by hand",
      async (cursor) => {
        const all: unknown[] = [];
        for (let item; (item = await cursor.next()) !== null;) all.push(item);
        return all;
      },
    ],
    ["asked for all", (cursor) => cursor.toArray()],
    ["advanced by hand and then iterated", async (cursor) => [await cursor.next(), ...(await collect(cursor))]],
  ])("has each of them recorded once, to the last: %s", async (_, use) => {
    expect(await use(desk.give(() => new Cursor(documents)))).toEqual(documents);
    expect(outputs()).toEqual([JSON.stringify(documents)]);
  });

  it("may be an iterator after all", async () => {
    let count = 0;
    const iterator = {
      next: async () => ({ done: ++count > 2, value: count }),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
    expect(await collect(desk.give(() => iterator) as AsyncIterable<number>)).toEqual([1, 2]);
    expect(outputs()).toEqual(["[1,2]"]);
  });
});

describe("a result that is no stream", () => {
  it.each<[string, unknown, string | undefined]>([
    ["a text", "text", '"text"'],
    ["null", null, "null"],
    ["undefined", undefined, "null"],
    ["a symbol", Symbol("s"), undefined],
    ["a function", () => 1, undefined],
    ["an array", [1, 2], "[1,2]"],
    ["an array's iterator", [1, 2].values(), undefined],
    ["a Map", new Map([[1, 2]]), undefined],
    ["a Buffer", Buffer.from("ab"), undefined],
    ["an object whose then is none", { then: 1 }, '{"then":1}'],
    ["an object whose getReader is none", { getReader: 1 }, '{"getReader":1}'],
    ["an object whose next is none", { next: 1, [Symbol.toStringTag]: "Generator" }, '{"next":1}'],
    ["an object whose async iterator is none", { a: 1, [Symbol.asyncIterator]: 1 }, '{"a":1}'],
    ["an iterator of its own", { a: 1, next: () => 1 }, '{"a":1,"next":"[function next]"}'],
  ])("ends the span at once, sooner or later: %s", async (_, result, expected) => {
    expect(desk.give(() => result)).toBe(result);
    expect(host.spans).toHaveLength(1);
    expect(await desk.later(() => result)).toBe(result);
    expect(host.spans).toHaveLength(2);
    if (expected !== undefined) expect(outputs()).toEqual([expected, expected]);
    expect(warnings.said).toEqual([]);
  });

  it("ends the span where it cannot be asked what it is, with one warning", async () => {
    const refuse = (): never => {
      throw new RangeError("refused");
    };
    const given = desk.give((): object => new Proxy({}, { has: refuse }));
    expect((await desk.later(() => given)) === given).toBe(true);
    expect(host.spans).toHaveLength(2);
    expect(warnings.said).toEqual(["respan-instructor: a result could not be observed (RangeError)"]);
  });

  it("is told from streams without running a getter", () => {
    const read: PropertyKey[] = [];
    const tricky = {};
    for (const key of ["then", "next", "getReader", "tee", Symbol.asyncIterator, Symbol.toStringTag]) {
      Object.defineProperty(tricky, key, { get: () => read.push(key) });
    }
    class Quiet {
      @Task({ captureOutput: false }) run(): object {
        return tricky;
      }
    }
    expect(new Quiet().run()).toBe(tricky);
    expect(read).toEqual([]);
    expect(host.spans).toHaveLength(1);
  });
});

describe("an object that arrives growing", () => {
  async function* growing(name: string): AsyncGenerator<object> {
    const whole = {};
    for (let to = 1; to <= 60; to++) yield partialOf({ [name]: "x".repeat(to) }, whole);
  }
  const last = (name: string): string => JSON.stringify({ [name]: "x".repeat(60) });

  it.each<[string, () => AsyncGenerator, string]>([
    ["handed on", () => growing("a"), last("a")],
    [
      "one by one",
      async function* () {
        for await (const partial of growing("a")) yield partial;
      },
      last("a"),
    ],
    [
      "among others",
      async function* () {
        yield 1;
        yield* growing("a");
        yield* growing("b");
        yield 2;
      },
      `[1,${last("a")},${last("b")},2]`,
    ],
    [
      "before another",
      async function* () {
        yield* growing("a");
        yield 2;
      },
      `[${last("a")},2]`,
    ],
  ])("is recorded as the one object that it becomes: %s", async (_, generator, expected) => {
    await collect(withWorkflow("w", generator));
    expect(outputs()).toEqual([expected]);
  });
});
