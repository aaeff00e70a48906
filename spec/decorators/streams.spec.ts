import { setTimeout as sleep } from "node:timers/promises";
import { Readable } from "node:stream";
import { buffer, json } from "node:stream/consumers";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { Stream } from "openai/streaming";
import { Task, Workflow } from "../../lib/decorators/decorators.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";

describe("a stream that a decorated method returns", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));
  const outputs = (): unknown[] => host.spans.map(({ attributes }) => attributes["traceloop.entity.output"]);
  const active = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;

  async function* counting(to: number): AsyncGenerator<number> {
    for (let i = 1; i <= to; i++) {
      await Promise.resolve();
      yield i;
    }
  }
  const openaiStream = (to: number): Stream<number> => new Stream(() => counting(to), new AbortController());
  const webStream = (to: number): ReadableStream<number> => ReadableStream.from<number>(counting(to));
  /** An async iterable with nothing else to it. */
  const iterable = (to: number): AsyncIterable<number> => ({
    [Symbol.asyncIterator]() {
      let i = 0;
      return {
        next: async () => (++i <= to ? { value: i, done: false } : { value: undefined, done: true }),
        return: async () => ({ value: undefined, done: true }),
      };
    },
  });

  class Desk {
    @Task() sync<Result>(make: () => Result): Result {
      return make();
    }
    @Task() async async<Result>(make: () => Result): Promise<Result> {
      return make();
    }
  }
  const consume = async (stream: AsyncIterable<number>): Promise<number[]> => {
    const items: number[] = [];
    for await (const item of stream) items.push(item);
    return items;
  };

  describe.each<[string, (to: number) => AsyncIterable<number>]>([
    ["an async generator", counting],
    ["OpenAI's Stream", openaiStream],
    ["a ReadableStream", webStream],
    ["an async iterable", iterable],
  ])("%s", (_, make) => {
    it.each(["sync", "async"] as const)("keeps the span open until it is consumed (%s method)", async (kind) => {
      const made = make(2);
      const stream = await new Desk()[kind](() => made);
      expect(stream).toBe(made);
      await sleep(1);
      expect(host.spans).toEqual([]);
      expect(await consume(stream)).toEqual([1, 2]);
      expect(outputs()).toEqual(["[1,2]"]);
    });

    it("ends the span when the consumer breaks, or throws", async () => {
      for await (const item of new Desk().sync(() => make(3))) if (item === 2) break;
      await expect(async () => {
        for await (const item of new Desk().sync(() => make(3))) throw new Error(`stop at ${item}`);
      }).rejects.toThrow("stop at 1");
      expect(outputs()).toEqual(["[1,2]", "[1]"]);
      expect(host.spans.every(({ status }) => status.code === SpanStatusCode.UNSET)).toBe(true);
    });

    it("keeps the spans of a task and of the workflow that hands it on", async () => {
      class Nested extends Desk {
        @Workflow() handOn(): Promise<AsyncIterable<number>> {
          return this.async(() => make(2));
        }
      }
      expect(await consume(await new Nested().handOn())).toEqual([1, 2]);
      expect(host.spans.map(({ name }) => name).sort()).toEqual(["async.task", "handOn.workflow"]);
      expect(outputs()).toEqual(["[1,2]", "[1,2]"]);
    });

    it("ends the span when telemetry shuts down", async () => {
      const held = new Desk().sync(() => make(2));
      for (const open of slot.tracing!.open) open.end();
      expect(host.spans).toHaveLength(1);
      expect(await consume(held)).toEqual([1, 2]);
      expect(host.spans).toHaveLength(1);
    });
  });

  it("runs its work under the span, and its consumer outside", async () => {
    const seen: unknown[] = [];
    async function* work(): AsyncGenerator<number> {
      seen.push(active());
      yield 1;
      await Promise.resolve();
      seen.push(active());
    }
    for await (const item of new Desk().sync(() => new Stream(() => work(), new AbortController()))) {
      expect(item).toBe(1);
      expect(active()).toBeUndefined();
    }
    const id = host.spans[0]?.spanContext().spanId;
    expect(seen).toEqual([id, id]);
  });

  it("fails its span where it breaks", async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error("connection lost");
    }
    const error: unknown = await consume(new Desk().sync(broken)).catch((thrown: unknown) => thrown);
    expect(error).toEqual(new Error("connection lost"));
    expect(host.spans[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: "connection lost" });
    expect(outputs()).toEqual(["[1]"]);
  });

  it("can be split by tee(): the span waits for both branches, and each item is kept once", async () => {
    for (const make of [openaiStream, webStream]) {
      const stream = new Desk().sync(() => make(3)) as unknown as {
        tee(): [AsyncIterable<number>, AsyncIterable<number>];
      };
      const [left, right] = stream.tee();
      expect(left).toBeInstanceOf(stream.constructor);
      const before = host.spans.length;
      expect(await consume(left)).toEqual([1, 2, 3]);
      expect(host.spans).toHaveLength(before);
      expect(await consume(right)).toEqual([1, 2, 3]);
      expect(host.spans).toHaveLength(before + 1);
    }
    expect(outputs()).toEqual(["[1,2,3]", "[1,2,3]"]);
  });

  it("works through OpenAI's toReadableStream()", async () => {
    const stream = new Desk().sync(() => openaiStream(2));
    expect(stream).toBeInstanceOf(Stream);
    const text = await new Response(stream.toReadableStream() as ReadableStream<Uint8Array>).text();
    expect(text).toBe("1\n2\n");
    expect(outputs()).toEqual(["[1,2]"]);
  });

  it.each<[string, (stream: ReadableStream<number>) => Promise<unknown>, string]>([
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
    [
      "pipeThrough()",
      (stream) =>
        consume(
          stream.pipeThrough(
            new TransformStream<number, number>({
              transform: (item, controller) => {
                controller.enqueue(item * 10);
              },
            }),
          ),
        ),
      "[10,20]",
    ],
    ["values()", (stream) => consume((stream as unknown as { values(): AsyncIterable<number> }).values()), "[1,2]"],
  ])("that is a ReadableStream can be consumed by %s", async (_, use, expected) => {
    const stream = new Desk().sync(() => webStream(2));
    expect(stream).toBeInstanceOf(ReadableStream);
    expect(host.spans).toEqual([]);
    await use(stream);
    await sleep(1);
    expect(outputs()).toEqual([expected]);
  });

  it("that is a stream of Node ends its span however it is consumed", async () => {
    const make = (): Readable => Readable.from(["a", "b"]);
    const desk = new Desk();
    const uses: ((stream: Readable) => Promise<unknown>)[] = [
      (stream) => buffer(stream),
      (stream) =>
        new Promise((resolve) => {
          stream.on("data", () => undefined).on("end", resolve);
        }),
      async (stream) => {
        for await (const chunk of stream) {
          expect(chunk).toBe("a");
          stream.destroy();
        }
      },
      async (stream) => {
        stream.destroy();
        await sleep(1);
      },
    ];
    for (const [index, use] of uses.entries()) {
      const stream = desk.sync(make);
      await sleep(1);
      expect(host.spans).toHaveLength(index);
      await use(stream).catch(() => undefined);
      await sleep(1);
      expect(host.spans).toHaveLength(index + 1);
    }
    const failing = desk.sync(() => new Readable({ read: () => undefined }));
    failing.on("error", () => undefined);
    failing.destroy(new Error("disk gone"));
    await sleep(1);
    expect(host.spans.at(-1)?.status).toEqual({ code: SpanStatusCode.ERROR, message: "disk gone" });
    const spent = Readable.from([]);
    await json(spent).catch(() => undefined);
    desk.sync(() => spent);
    expect(host.spans).toHaveLength(uses.length + 2);
  });

  it("that can be iterated again is traced again", async () => {
    const again = iterable(2);
    const desk = new Desk();
    for (let call = 1; call <= 3; call++) {
      expect(await consume(desk.sync(() => again))).toEqual([1, 2]);
      expect(host.spans).toHaveLength(call);
    }
    expect(outputs()).toEqual(["[1,2]", "[1,2]", "[1,2]"]);
  });

  it("that is returned again and again without being consumed does not pile up spans", () => {
    const bus = iterable(1);
    const desk = new Desk();
    for (let call = 0; call < 1_000; call++) desk.sync(() => bus);
    expect(slot.tracing!.open.size).toBeLessThanOrEqual(32);
  });

  it("that refuses to be observed is let be", async () => {
    const frozen = Object.freeze(iterable(2));
    expect(await consume(new Desk().sync(() => frozen))).toEqual([1, 2]);
    expect(host.spans).toHaveLength(1);
  });

  it.each<[string, () => unknown, string]>([
    ["an array", () => [1, 2], "[1,2]"],
    ["a string", () => "ab", '"ab"'],
    ["an object", () => ({ next: 1, then: 2 }), '{"next":1,"then":2}'],
  ])("is none where the result is %s", (_, make, expected) => {
    new Desk().sync(make);
    expect(outputs()).toEqual([expected]);
  });

  it.each<[string, () => unknown]>([
    ["a Map", () => new Map([[1, 2]])],
    ["a Set", () => new Set([1])],
    ["an array's iterator", () => [1, 2].values()],
    ["a Buffer", () => Buffer.from("ab")],
    ["a function", () => () => 1],
  ])("is none where the result is %s", (_, make) => {
    new Desk().sync(make);
    expect(host.spans).toHaveLength(1);
  });

  it("is told from other results without running anybody's getters", () => {
    const read: PropertyKey[] = [];
    const tricky = {};
    for (const key of ["then", "next", "getReader", "tee", Symbol.asyncIterator, Symbol.toStringTag]) {
      Object.defineProperty(tricky, key, {
        get() {
          read.push(key);
          throw new Error("touched");
        },
      });
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
