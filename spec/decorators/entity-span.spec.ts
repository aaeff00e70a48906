import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { Task, Workflow } from "../../lib/decorators/decorators.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import type { Warnings } from "../scope/warnings.js";
import { eachWarnings } from "../scope/warnings.js";

const OUTPUT = "traceloop.entity.output";
const refuse = (): never => {
  throw new RangeError("refused");
};

describe("the result of a decorated method", () => {
  let host: InProcess;
  let warnings: Warnings;
  eachWarnings((made) => (warnings = made));
  eachInProcess((made) => (host = made));
  const outputs = (): unknown[] => host.spans.map(({ attributes }) => attributes[OUTPUT]);
  const active = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId;
  const counted = async (stream: AsyncIterable<unknown>): Promise<unknown[]> => {
    const items: unknown[] = [];
    for await (const item of stream) items.push(item);
    return items;
  };
  async function* counting(to: number): AsyncGenerator<number> {
    for (let i = 1; i <= to; i++) yield i;
  }

  class Desk {
    @Task() give<Result>(make: () => Result): Result {
      return make();
    }
    @Workflow() handOn<Result>(make: () => Result): Result {
      return this.give(make);
    }
    @Task() async later<Result>(make: () => Result): Promise<Result> {
      return make();
    }
  }
  const desk = new Desk();

  it.each<[string, () => unknown, string | undefined]>([
    ["a text", () => "text", '"text"'],
    ["a number", () => 1, "1"],
    ["null", () => null, "null"],
    ["undefined", () => undefined, "null"],
    ["a symbol", () => Symbol("s"), undefined],
    ["a function", () => () => 1, undefined],
    ["an object", () => ({ a: 1 }), '{"a":1}'],
    ["an object whose then is none", () => ({ then: 1 }), '{"then":1}'],
    ["an object whose getReader is none", () => ({ getReader: 1 }), '{"getReader":1}'],
    ["an object whose next is none", () => ({ next: 1, [Symbol.toStringTag]: "Generator" }), '{"next":1}'],
    ["an object whose async iterator is none", () => ({ a: 1, [Symbol.asyncIterator]: 1 }), '{"a":1}'],
    ["an iterator of its own", () => ({ a: 1, next: () => 1 }), '{"a":1,"next":"[function next]"}'],
  ])("ends the span at once where it is %s, sooner or later, and nothing is said of it", async (_, make, expected) => {
    const result = desk.give(make);
    expect(host.spans).toHaveLength(1);
    expect(await desk.later(() => result)).toBe(result);
    expect(host.spans).toHaveLength(2);
    if (expected !== undefined) expect(outputs()).toEqual([expected, expected]);
    expect(warnings.said).toEqual([]);
  });

  it("ends the span where it cannot be asked what it is, sooner or later, with one warning", async () => {
    const hostile = (): object => new Proxy({}, { has: refuse });
    const given = desk.give(hostile);
    expect(host.spans).toHaveLength(1);
    expect((await desk.later(() => given)) === given).toBe(true);
    expect(host.spans).toHaveLength(2);
    expect(warnings.said).toEqual(["respan-instructor: a result could not be observed (RangeError)"]);
  });

  describe("that is a promise", () => {
    it("of another realm is the language's own there, and settles the span", async () => {
      const foreign = runInNewContext("(async () => ({ rows: 3 }))()") as Promise<unknown>;
      const running = desk.give(() => foreign);
      expect(Object.keys(running)).toEqual([]);
      expect(Object.hasOwn(foreign, "then")).toBe(false);
      expect(await running).toEqual({ rows: 3 });
      expect(outputs()).toEqual(['{"rows":3}']);
    });

    it.each<[string, object | null]>([
      ["no prototype", null],
      ["a prototype of its own", { extra: 1 }],
      ["a prototype that has nothing above it", Object.create(null) as object],
    ])("with %s is let be what it is", (_, prototype) => {
      const odd = Object.setPrototypeOf(Promise.resolve(1), prototype) as Promise<number>;
      expect(desk.give(() => odd)).toBe(odd);
      expect(host.spans).toHaveLength(1);
      expect(warnings.said).toEqual([]);
    });

    it("that is a function is a thenable as well", async () => {
      const thenable = Object.assign(() => 1, {
        then: (onValue: (value: number) => void) => {
          onValue(7);
        },
      });
      expect(desk.give(() => thenable)).toBe(thenable);
      expect(host.spans).toEqual([]);
      expect(await thenable).toBe(7);
      expect(outputs()).toEqual(["7"]);
    });

    it("can be a stream at the same time, consumed by either", async () => {
      const both = () => ({
        then: (onValue: (value: string) => void) => {
          onValue("value");
        },
        [Symbol.asyncIterator]: () => counting(2),
      });
      const iterated = desk.give(both);
      expect(await counted(iterated)).toEqual([1, 2]);
      expect(outputs()).toEqual(["[1,2]"]);
      expect(await desk.give(both)).toBe("value");
      expect(outputs()[1]).toBe('"value"');
    });
  });

  describe("that is a stream", () => {
    it("which runs work of its own in its iterator's making, does that under the span", async () => {
      const seen: unknown[] = [];
      const stream = {
        [Symbol.asyncIterator]() {
          seen.push(active());
          return counting(1);
        },
      };
      await counted(desk.give(() => stream));
      expect(seen).toEqual([host.spans[0]?.spanContext().spanId]);
    });

    it.each<[string, Record<PropertyKey, unknown>, (stream: never) => unknown]>([
      ["an iterator", { [Symbol.asyncIterator]: () => null }, (s: AsyncIterable<1>) => s[Symbol.asyncIterator]()],
      ["an iterator", { [Symbol.asyncIterator]: () => 7 }, (s: AsyncIterable<1>) => s[Symbol.asyncIterator]()],
      ["branches", { [Symbol.asyncIterator]: counting, tee: () => null }, (s: ReadableStream) => s.tee()],
      ["branches", { [Symbol.asyncIterator]: counting, tee: () => 7 }, (s: ReadableStream) => s.tee()],
      ["a reader", { getReader: () => null }, (s: ReadableStream) => s.getReader()],
      ["a reader", { getReader: () => "text" }, (s: ReadableStream) => s.getReader()],
      [
        "a stream through another",
        { getReader: () => ({}), pipeThrough: () => null },
        (s: ReadableStream) => s.pipeThrough(new TransformStream()),
      ],
      [
        "a stream through another",
        { getReader: () => ({}), pipeThrough: () => "text" },
        (s: ReadableStream) => s.pipeThrough(new TransformStream()),
      ],
    ])("and gives nonsense for %s, gives the same nonsense still", (_, stream, use) => {
      const plain = use({ ...stream } as never);
      expect(use(desk.give(() => stream) as never)).toBe(plain);
      expect(warnings.said).toEqual([]);
    });

    it("and whose branches are none of them streams, ends its span when it is split", () => {
      const branches = [null, 7, "text", {}];
      const stream = { [Symbol.asyncIterator]: counting, tee: () => branches };
      expect(desk.give(() => stream).tee()).toBe(branches);
      expect(host.spans).toHaveLength(1);
    });

    it("waits for both branches, though one is ended twice", async () => {
      const [left, right] = desk.give(() => ReadableStream.from(counting(3))).tee();
      expect(await counted(left as never)).toEqual([1, 2, 3]);
      await left.cancel();
      await left.cancel();
      expect(host.spans).toEqual([]);
      expect(await counted(right as never)).toEqual([1, 2, 3]);
      expect(outputs()).toEqual(["[1,2,3]"]);
    });

    it("and failed once, is followed anew when it is returned again", async () => {
      let isBroken = true;
      const stream = {
        async *[Symbol.asyncIterator]() {
          yield 1;
          if (isBroken) throw new Error("lost");
          yield 2;
        },
      };
      await expect(counted(desk.give(() => stream))).rejects.toThrow("lost");
      isBroken = false;
      for (let call = 2; call <= 3; call++) {
        expect(await counted(desk.give(() => stream))).toEqual([1, 2]);
        expect(host.spans).toHaveLength(call);
      }
      expect(host.spans.map(({ status }) => status.code)).toEqual([
        SpanStatusCode.ERROR,
        SpanStatusCode.UNSET,
        SpanStatusCode.UNSET,
      ]);
      expect(outputs()).toEqual(["[1]", "[1,2]", "[1,2]"]);
    });

    it("with a cancel of its own that is none of the web's, is not ended by it", async () => {
      const stream = { [Symbol.asyncIterator]: () => counting(1), cancel: () => "cancelled" };
      const given = desk.give(() => stream);
      expect(given.cancel()).toBe("cancelled");
      expect(host.spans).toEqual([]);
      expect(await counted(given)).toEqual([1]);
      expect(outputs()).toEqual(["[1]"]);
    });

    it("that emits events, or has what streams of Node have inside, is an iterable like others", async () => {
      const emitting = Object.assign(new EventEmitter(), { [Symbol.asyncIterator]: () => counting(1) });
      expect(await counted(desk.give(() => emitting))).toEqual([1]);
      const inside = { _readableState: {}, [Symbol.asyncIterator]: () => counting(1) };
      expect(await counted(desk.give(() => inside))).toEqual([1]);
      expect(outputs()).toEqual(["[1]", "[1]"]);
      expect(warnings.said).toEqual([]);
    });

    it("of Node that was destroyed, or has ended without being destroyed, ends the span at once", async () => {
      const destroyed = Readable.from(["a"]);
      destroyed.destroy();
      const ended = new Readable({
        autoDestroy: false,
        read() {
          this.push(null);
        },
      });
      ended.resume();
      await sleep(1);
      expect([destroyed.readableEnded, ended.destroyed, ended.readableEnded]).toEqual([false, false, true]);
      desk.give(() => destroyed);
      expect(host.spans).toHaveLength(1);
      desk.give(() => ended);
      expect(host.spans).toHaveLength(2);
    });

    it("of Node that is not destroyed when it ends, ends the span by ending", async () => {
      const stream = new Readable({
        autoDestroy: false,
        read() {
          this.push(null);
        },
      });
      desk.give(() => stream).resume();
      await sleep(1);
      expect(stream.destroyed).toBe(false);
      expect(host.spans).toHaveLength(1);
    });

    it("of which the step throws at once, or gives no promise, is followed all the same", async () => {
      const error = new RangeError("at once");
      const throwing = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            throw error;
          },
        }),
      };
      await expect(counted(desk.give(() => throwing) as unknown as AsyncIterable<1>)).rejects.toBe(error);
      expect(host.spans[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: "at once" });
      let i = 0;
      const plain = { [Symbol.asyncIterator]: () => ({ next: () => ({ value: ++i, done: i > 2 }) }) };
      expect(await counted(desk.give(() => plain) as unknown as AsyncIterable<number>)).toEqual([1, 2]);
      let j = 0;
      const lazy = {
        [Symbol.asyncIterator]: () => ({
          next: () => ({
            then: (onValue: (value: unknown) => void) => {
              onValue({ value: active() === undefined ? "outside" : "under the span", done: ++j > 1 });
            },
          }),
        }),
      };
      expect(await counted(desk.give(() => lazy) as unknown as AsyncIterable<unknown>)).toEqual(["under the span"]);
      expect(outputs().slice(1)).toEqual(["[1,2]", '["under the span"]']);
    });

    it.each([null, undefined, 7, "text"])("of which a step gives %p, has no item for it", (answer) => {
      const stream = { [Symbol.asyncIterator]: () => ({ next: () => answer, return: () => ({ done: true }) }) };
      const iterator = desk.give(() => stream)[Symbol.asyncIterator]();
      expect(iterator.next()).toBe(answer);
      expect(iterator.return()).toEqual({ done: true });
      expect(outputs()).toEqual(["[]"]);
      expect(warnings.said).toEqual([]);
    });

    it("works on after telemetry was shut down: every way to consume it", async () => {
      const streams = Array.from({ length: 6 }, () => desk.give(() => ReadableStream.from(counting(2))));
      for (const open of slot.tracing!.open) open.end();
      const [one, two, three, four, five, six] = streams as [...(typeof streams)[number][]] & { length: 6 };
      const reader = one!.getReader();
      expect(await reader.read()).toEqual({ value: 1, done: false });
      await two!.pipeTo(new WritableStream());
      expect(await counted(three!.pipeThrough(new TransformStream()) as never)).toEqual([1, 2]);
      const [left, right] = four!.tee();
      expect(await Promise.all([counted(left as never), counted(right as never)])).toEqual([
        [1, 2],
        [1, 2],
      ]);
      await five!.cancel();
      expect(await counted(six as never)).toEqual([1, 2]);
      expect(host.spans).toHaveLength(6);
    });

    it("is waited for by 32 spans at most, and those that have ended make room for others", async () => {
      const stream = { [Symbol.asyncIterator]: () => counting(1) };
      const { open } = slot.tracing!;
      for (let call = 0; call < 32; call++) desk.give(() => stream);
      expect(open.size).toBe(32);
      desk.give(() => stream);
      expect(open.size).toBe(32);
      for (const span of [...open].slice(0, 20)) span.end();
      for (let call = 0; call < 20; call++) desk.give(() => stream);
      expect(open.size).toBe(32);
      host.exporter.reset();
      await counted(stream);
      expect(outputs()).toEqual(Array.from({ length: 32 }, () => "[1]"));
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
      const [outer, inner] = slot.tracing!.open;
      inner?.end();
      expect(outer).toBeDefined();
      await counted(given);
      expect(host.spans.map(({ name }) => name)).toEqual(["give.task", "handOn.workflow"]);
      expect(seen).toEqual([host.spans[1]?.spanContext().spanId]);
    });
  });

  describe("that is a generator with two decorators", () => {
    class Twice {
      @Workflow("outer")
      @Task("inner")
      *steps(): Generator {
        yield active();
      }
      @Workflow() *lent(items: Generator = this.steps()): Generator {
        yield items;
      }
      @Workflow("outer")
      @Task("inner")
      async *later(): AsyncGenerator<number> {
        yield 1;
      }
    }
    const twice = new Twice();
    const parents = (): unknown[] =>
      host.spans.map(({ name, parentSpanContext }) => [
        name,
        host.spans.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name,
      ]);

    it("opens neither span before it is started", () => {
      twice.steps();
      expect(slot.tracing!.open.size).toBe(0);
    });

    it("runs in the inner of two spans, each time anew", () => {
      for (let time = 0; time < 2; time++) {
        host.exporter.reset();
        const items = [...twice.steps()];
        expect(parents()).toEqual([
          ["inner.task", "outer.workflow"],
          ["outer.workflow", undefined],
        ]);
        expect(items).toEqual([host.spans[0]?.spanContext().spanId]);
      }
    });

    it("is not taken for one that another generator was called with", () => {
      const lent = twice.lent();
      expect([...(lent.next().value as Generator)]).toHaveLength(1);
      lent.return(undefined);
      expect(parents()).toEqual([
        ["inner.task", "outer.workflow"],
        ["outer.workflow", undefined],
        ["lent.workflow", undefined],
      ]);
    });

    it("runs without spans where there are to be none, and where telemetry went or changed meanwhile", async () => {
      const { contexts } = slot.tracing!;
      contexts.with(suppressTracing(contexts.active()), () => {
        expect([...twice.steps()]).toEqual([undefined]);
      });
      const [gone, changed] = [twice.steps(), twice.steps()];
      const { tracing } = slot;
      slot.tracing = undefined;
      expect([...gone]).toEqual([undefined]);
      slot.tracing = { ...tracing!, contexts: { ...contexts, active: () => contexts.active() } };
      expect([...changed]).toEqual([undefined]);
      slot.tracing = tracing;
      expect(host.spans).toEqual([]);
      expect(warnings.said).toEqual([]);
      expect(await counted(twice.later())).toEqual([1]);
    });

    it("gives every step its own answer, also after the end", async () => {
      const steps = twice.later();
      const answers = await Promise.allSettled([
        steps.next(),
        steps.next(),
        steps.next(),
        steps.throw(new Error("late")),
      ]);
      expect(answers.map((answer) => (answer.status === "fulfilled" ? answer.value : String(answer.reason)))).toEqual([
        { value: 1, done: false },
        { value: undefined, done: true },
        { value: undefined, done: true },
        "Error: late",
      ]);
      expect(host.spans.map(({ status }) => status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.UNSET]);
      await expect(steps.throw(new Error("later still"))).rejects.toThrow("later still");
      expect(host.spans).toHaveLength(2);
    });
  });

  it("of a call where tracing is suppressed is untouched, and nothing is said of it", () => {
    const { contexts } = slot.tracing!;
    const stream = { [Symbol.asyncIterator]: () => counting(1) };
    contexts.with(suppressTracing(contexts.active()), () => desk.give(() => stream));
    expect(Object.getOwnPropertySymbols(stream)).toEqual([Symbol.asyncIterator]);
    expect(host.spans).toEqual([]);
    expect(warnings.said).toEqual([]);
  });
});
