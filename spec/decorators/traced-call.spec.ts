import { SpanStatusCode } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { Task, Workflow } from "../../lib/decorators/decorators.js";
import { propagateAttributes } from "../../lib/scope/propagate-attributes.js";
import { slot } from "../../lib/scope/tracing.js";
import { collect } from "../instructor/world.js";
import { active } from "../observe/desk.js";
import type { InProcess } from "../scope/in-process.js";
import { eachInProcess } from "../scope/in-process.js";
import type { Warnings } from "../scope/warnings.js";
import { eachWarnings } from "../scope/warnings.js";
import { unhandledDuring } from "./unhandled.js";

describe("a decorated generator", () => {
  let host: InProcess;
  eachInProcess((made) => (host = made));
  const only = () => {
    expect(host.spans).toHaveLength(1);
    return host.spans[0]!;
  };

  class Desk {
    readonly log: unknown[] = [];
    @Task() *count(to: number): Generator<number, string, string | undefined> {
      try {
        for (let i = 1; i <= to; i++) {
          this.log.push(active());
          const sent = yield i;
          if (sent !== undefined) this.log.push(sent);
        }
        return "all";
      } finally {
        this.log.push("closed");
      }
    }
    @Task() async *countAsync(to: number): AsyncGenerator<number, string, string | undefined> {
      try {
        for (let i = 1; i <= to; i++) {
          await Promise.resolve();
          this.log.push(active());
          const sent = yield i;
          if (sent !== undefined) this.log.push(sent);
        }
        return "all";
      } finally {
        await Promise.resolve();
        this.log.push(active());
      }
    }
    @Task() *failing(): Generator<number> {
      yield 1;
      throw new Error("broke");
    }
    @Task() async *failingAsync(): AsyncGenerator<number> {
      yield 1;
      throw new Error("broke");
    }
  }

  it("keeps one span open from the first next to the end, with its body inside and its consumer outside", () => {
    const desk = new Desk();
    const steps = desk.count(2);
    const outside: unknown[] = [];
    const results: unknown[] = [];
    for (;;) {
      const step = steps.next();
      outside.push(active());
      results.push(step);
      if (step.done === true) break;
      expect(host.spans).toEqual([]);
    }
    const id = only().spanContext().spanId;
    expect(results).toEqual([
      { value: 1, done: false },
      { value: 2, done: false },
      { value: "all", done: true },
    ]);
    expect(desk.log).toEqual([id, id, "closed"]);
    expect(outside).toEqual([undefined, undefined, undefined]);
    expect(only().attributes).toMatchObject({
      "traceloop.entity.input": '{"args":[2],"kwargs":{}}',
      "traceloop.entity.output": "[1,2]",
    });
    expect(steps.next()).toEqual({ value: undefined, done: true });
    only();
  });

  it("does so when it is async, across its awaits", async () => {
    const desk = new Desk();
    const outside: unknown[] = [];
    for await (const item of desk.countAsync(2)) {
      outside.push(item, active());
    }
    const id = only().spanContext().spanId;
    expect(desk.log).toEqual([id, id, id]);
    expect(outside).toEqual([1, undefined, 2, undefined]);
    expect(only().attributes["traceloop.entity.output"]).toBe("[1,2]");
  });

  it("is the very object that the method made", () => {
    const desk = new Desk();
    const steps = desk.count(1);
    expect(Object.getPrototypeOf(steps)).toBe((desk.count as unknown as { prototype: object }).prototype);
    expect(Object.prototype.toString.call(steps)).toBe("[object Generator]");
    expect(steps[Symbol.iterator]()).toBe(steps);
    expect(Object.keys(steps)).toEqual([]);
  });

  it("opens no span when it is never started, whatever else is done with it", async () => {
    const desk = new Desk();
    desk.count(1);
    expect(desk.count(1).return("early")).toEqual({ value: "early", done: true });
    expect(() => desk.count(1).throw(new Error("early"))).toThrow("early");
    expect(await desk.countAsync(1).return("early")).toEqual({ value: "early", done: true });
    const returned = desk.count(1);
    returned.return("early");
    expect(returned.next()).toEqual({ value: undefined, done: true });
    expect(host.spans).toEqual([]);
    expect(slot.tracing!.open.size).toBe(0);
  });

  it("ends its span when the consumer breaks, with what was consumed", async () => {
    const desk = new Desk();
    for (const item of desk.count(3)) if (item === 2) break;
    expect(desk.log.at(-1)).toBe("closed");
    expect(only().attributes["traceloop.entity.output"]).toBe("[1,2]");
    expect(only().status.code).toBe(SpanStatusCode.UNSET);
    for await (const item of desk.countAsync(3)) if (item === 1) break;
    expect(host.spans).toHaveLength(2);
    expect(host.spans[1]?.attributes["traceloop.entity.output"]).toBe("[1]");
  });

  it("ends its span when the consumer throws into it, and goes on where it catches that", () => {
    class Catching {
      @Task() *steps(): Generator<string> {
        try {
          yield "first";
        } catch (error) {
          yield `caught ${(error as Error).message}`;
        }
      }
    }
    const steps = new Catching().steps();
    steps.next();
    expect(steps.throw(new Error("it"))).toEqual({ value: "caught it", done: false });
    expect(host.spans).toEqual([]);
    steps.next();
    expect(only().attributes["traceloop.entity.output"]).toBe('["first","caught it"]');

    const uncaught = new Desk().count(2);
    uncaught.next();
    const error = new Error("thrown in");
    expect(() => uncaught.throw(error)).toThrow(error);
    expect(host.spans[1]?.status).toEqual({ code: SpanStatusCode.ERROR, message: "thrown in" });
  });

  it("fails its span when its body throws", async () => {
    expect(() => [...new Desk().failing()]).toThrow("broke");
    await expect(async () => {
      for await (const item of new Desk().failingAsync()) expect(item).toBe(1);
    }).rejects.toThrow("broke");
    expect(host.spans).toHaveLength(2);
    for (const span of host.spans) {
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: "broke" });
      expect(span.events.map(({ name }) => name)).toEqual(["exception"]);
      expect(span.attributes["traceloop.entity.output"]).toBe("[1]");
    }
  });

  it("surfaces a rejected step as unhandled where no one handles it, and only there", async () => {
    const reasons = await unhandledDuring(async () => {
      const steps = new Desk().failingAsync();
      await steps.next();
      void steps.next();
    });
    expect(reasons.map(String)).toEqual(["Error: broke"]);
    expect(
      await unhandledDuring(async () => {
        const steps = new Desk().failingAsync();
        await steps.next();
        await steps.next().catch(() => undefined);
      }),
    ).toEqual([]);
  });

  it("takes what next is given", async () => {
    const desk = new Desk();
    const steps = desk.count(2);
    steps.next();
    steps.next("sent");
    expect(desk.log).toContain("sent");
    const asyncSteps = desk.countAsync(2);
    await asyncSteps.next();
    await asyncSteps.next("sent later");
    expect(desk.log).toContain("sent later");
  });

  it("works inside yield*, and with two consumers", () => {
    class Outer {
      readonly desk = new Desk();
      @Workflow() *all(): Generator<number, string, string | undefined> {
        yield 0;
        return yield* this.desk.count(2);
      }
    }
    const outer = new Outer();
    const steps = outer.all();
    const first: unknown[] = [];
    const second: unknown[] = [];
    first.push(steps.next().value);
    second.push(steps.next().value);
    for (const rest of steps) first.push(rest);
    expect([first, second]).toEqual([[0, 2], [1]]);
    expect(host.spans.map(({ name }) => name)).toEqual(["count.task", "all.workflow"]);
    const [inner, outerSpan] = host.spans;
    expect(inner?.parentSpanContext?.spanId).toBe(outerSpan?.spanContext().spanId);
    expect(outer.desk.log[0]).toBe(inner?.spanContext().spanId);
  });

  it("survives a body that steps itself", () => {
    class Reentrant {
      self: Generator | undefined;
      @Task() *steps(): Generator {
        try {
          this.self?.next();
        } catch (error) {
          yield (error as Error).name;
        }
        yield "end";
      }
    }
    const reentrant = new Reentrant();
    reentrant.self = reentrant.steps();
    expect([...reentrant.self]).toEqual(["TypeError", "end"]);
    expect(only().status.code).toBe(SpanStatusCode.UNSET);
    expect(only().attributes["traceloop.entity.output"]).toBe('["TypeError","end"]');
  });

  it("hangs on the span and scope where it was called, not where it is consumed", () => {
    class Outer {
      readonly desk = new Desk();
      @Workflow() start(): Generator<number, string, string | undefined>[] {
        return [this.desk.count(1)];
      }
    }
    const [steps] = propagateAttributes({ customerIdentifier: "caller" }, () => new Outer().start());
    propagateAttributes({ customerIdentifier: "consumer" }, () => [...steps!]);
    const [start, count] = host.spans;
    expect(count?.parentSpanContext?.spanId).toBe(start?.spanContext().spanId);
    expect(count?.attributes["respan.customer_params.customer_identifier"]).toBe("caller");
  });

  it("ends its span when telemetry shuts down", () => {
    const held = new Desk().count(2);
    held.next();
    for (const open of slot.tracing!.open) open.end();
    expect(only().attributes["traceloop.entity.output"]).toBe("[1]");
    expect([...held]).toEqual([2]);
    expect(host.spans).toHaveLength(1);
  });

  it("that a plain method hands on keeps that method's span open as well", () => {
    class Handing {
      readonly desk = new Desk();
      @Workflow() hand(): Generator<number, string, string | undefined> {
        return this.desk.count(2);
      }
    }
    const handing = new Handing();
    const steps = handing.hand();
    expect(host.spans).toEqual([]);
    expect([...steps]).toEqual([1, 2]);
    expect(host.spans.map(({ name, attributes }) => [name, attributes["traceloop.entity.output"]])).toEqual([
      ["count.task", "[1,2]"],
      ["hand.workflow", "[1,2]"],
    ]);
    expect(handing.desk.log[0]).toBe(host.spans[0]?.spanContext().spanId);
  });
});

describe("a generator with two decorators", () => {
  let host: InProcess;
  let warnings: Warnings;
  eachWarnings((made) => (warnings = made));
  eachInProcess((made) => (host = made));
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
    expect(await collect(twice.later())).toEqual([1]);
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
