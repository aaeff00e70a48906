import type { Context, HrTime } from "@opentelemetry/api";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { ContentGate } from "../../lib/capture/content-policy.js";
import { createRedactor } from "../../lib/capture/masking/redactor.js";
import type { OpenSpan } from "../../lib/scope/open-span.js";
import { contextWithin, openSpan, TraceClock } from "../../lib/scope/open-span.js";
import type { EnclosingSpan, Scope } from "../../lib/scope/scope.js";
import { EMPTY_SCOPE } from "../../lib/scope/scope.js";
import { standingScope } from "../../lib/scope/standing-scope.js";
import type { Tracing } from "../../lib/scope/tracing.js";
import { slot } from "../../lib/scope/tracing.js";
import type { InProcess } from "./in-process.js";
import { eachInProcess } from "./in-process.js";
import type { Warnings } from "./warnings.js";
import { eachWarnings } from "./warnings.js";

const refuse = (): never => {
  throw new RangeError("a customer's text");
};
const secret = `sk-${"a1B2".repeat(8)}`;
const PROMPT = { whole: '{"prompt_id":"p","variables":{}}', identifierOnly: '{"prompt_id":"p"}' };

describe("one of our spans", () => {
  let host: InProcess;
  let warnings: Warnings;
  eachWarnings((made) => (warnings = made));
  eachInProcess((made) => (host = made));

  interface Where {
    readonly scope?: Partial<Scope>;
    readonly context?: Context;
    readonly tracing?: Partial<Tracing>;
    readonly decide?: () => boolean;
  }
  const tryToOpen = ({ scope, context = ROOT_CONTEXT, tracing, decide }: Where = {}): OpenSpan | undefined =>
    openSpan(
      { ...slot.tracing!, ...tracing },
      context,
      { ...EMPTY_SCOPE, ...scope },
      { name: "work", kind: SpanKind.CLIENT, attributes: { start: true }, decide },
    );
  const open = (where?: Where): OpenSpan => {
    const span = tryToOpen(where);
    if (span === undefined) throw new Error("no span was opened");
    return span;
  };
  const ended = () => {
    expect(host.spans).toHaveLength(1);
    return host.spans[0]!;
  };
  /** Everything that can be done to a span. */
  const useAll = (span: OpenSpan): void => {
    span.set({ set: 1 });
    span.keep("kept", "text");
    span.override("overridden", "text");
    span.event("event", {});
    span.exception(new Error("handled"));
    span.fail(new Error("thrown"));
    span.setFailed("failed");
  };

  describe("keeps for its end", () => {
    it("content, and takes it back", () => {
      const span = open();
      span.keep("kept", "first");
      span.keep("kept", "last");
      span.keep("taken back", "text");
      span.keep("taken back", undefined);
      span.keep("never there", undefined);
      span.set({ set: 1 });
      expect((span.span as unknown as { attributes: unknown }).attributes).toEqual({ start: true, set: 1 });
      span.end();
      expect(ended().attributes).toEqual({ start: true, set: 1, kept: "last" });
      expect(ended().kind).toBe(SpanKind.CLIENT);
      expect(ended().status).toEqual({ code: SpanStatusCode.UNSET });
    });

    it.each<[string, (span: OpenSpan) => void]>([
      [
        "before",
        (span) => {
          span.override("output", "mine");
          span.keep("output", "captured");
        },
      ],
      [
        "after",
        (span) => {
          span.keep("output", "captured");
          span.override("output", "mine");
        },
      ],
    ])("what the user gives in place of what is captured, though it comes %s it", (_, use) => {
      const span = open();
      use(span);
      span.override("alone", "mine");
      span.keep("gone", "captured");
      span.override("gone", undefined);
      span.end();
      expect(ended().attributes).toEqual({ start: true, output: "mine", alone: "mine" });
    });

    it("nothing to take back where there is nothing", () => {
      const span = open();
      span.keep("a", undefined);
      span.override("b", undefined);
      span.end();
      expect(ended().attributes).toEqual({ start: true });
      expect(warnings.said).toEqual([]);
    });

    it("events as of when they were", async () => {
      const span = open();
      span.event("first", { plain: 1 }, { content: "text" });
      await new Promise((resolve) => setTimeout(resolve, 20));
      span.event("second", {});
      await new Promise((resolve) => setTimeout(resolve, 20));
      span.end();
      const [first, second] = ended().events;
      expect([first?.name, first?.attributes, second?.name]).toEqual([
        "first",
        { plain: 1, content: "text" },
        "second",
      ]);
      const nanos = ([seconds, rest]: [number, number]): number => seconds * 1e9 + rest;
      expect(nanos(first!.time)).toBeLessThan(nanos(second!.time));
      expect(nanos(second!.time)).toBeLessThan(nanos(ended().endTime));
    });

    it("what is kept last: it is called before the end", () => {
      const span = open();
      const end = jest.spyOn(span.span, "end");
      span.beforeEnd = () => {
        span.keep("last", "words");
        expect(span.isEnded).toBe(false);
        // The callback may end it.
        span.end();
      };
      span.end();
      span.end();
      expect(ended().attributes).toEqual({ start: true, last: "words" });
      expect(end).toHaveBeenCalledTimes(1);
    });
  });

  describe("of which the content is vetoed", () => {
    const content = { prompt: PROMPT };
    it.each<[string, (span: OpenSpan) => void]>([
      [
        "before",
        (span) => {
          span.vetoed = true;
          useAll(span);
        },
      ],
      [
        "after it was captured",
        (span) => {
          useAll(span);
          span.vetoed = true;
        },
      ],
    ])("sends none of it: %s", (_, use) => {
      const span = open({ scope: content });
      span.event("with content", { plain: 1 }, { content: "text" });
      use(span);
      span.end();
      expect(ended().attributes).toEqual({ start: true, set: 1, "error.type": "Error" });
      expect(ended().status).toEqual({ code: SpanStatusCode.ERROR });
      expect(ended().events.map(({ name, attributes }) => [name, attributes])).toEqual([
        ["with content", { plain: 1 }],
        ["event", {}],
        ["exception", { "exception.type": "Error" }],
        ["exception", { "exception.type": "Error" }],
      ]);
    });

    it("reads and masks none of it", () => {
      let reads = 0;
      const redactor = {
        text: (text: string) => (reads++, text),
        fieldKind: () => undefined,
        seesNumbers: false,
      };
      const span = open({ tracing: { redactor } });
      span.vetoed = true;
      span.exception(new Error("a customer's text"));
      span.setFailed("a customer's text");
      expect(span.takesContent).toBe(false);
      span.end();
      expect(reads).toBe(0);
    });

    it.each<[string, ContentGate, boolean]>([
      ["a scope", { outer: undefined, vetoed: true, decide: undefined }, false],
      ["a scope that is asked", { outer: undefined, vetoed: false, decide: () => false }, false],
      ["a scope that does not object", { outer: undefined, vetoed: false, decide: () => true }, true],
      [
        "one further out",
        { outer: { outer: undefined, vetoed: true, decide: undefined }, vetoed: false, decide: undefined },
        false,
      ],
    ])("follows %s", (_, gate, isTold) => {
      const span = open({ scope: { gate } });
      expect(span.takesContent).toBe(isTold);
      span.keep("kept", "text");
      span.end();
      expect("kept" in ended().attributes).toBe(isTold);
    });

    it("follows an enclosing span, ended or not, and its own decision", () => {
      const gateOf = (vetoed: boolean, decide?: () => boolean): OpenSpan => {
        const outer = open(decide === undefined ? {} : { decide });
        outer.vetoed = vetoed;
        outer.end();
        return outer;
      };
      expect(open({ scope: { gate: gateOf(true) } }).takesContent).toBe(false);
      expect(open({ scope: { gate: gateOf(false, () => false) } }).takesContent).toBe(false);
      expect(open({ scope: { gate: gateOf(false, () => true) } }).takesContent).toBe(true);
      expect(open({ scope: { gate: gateOf(false) } }).takesContent).toBe(true);
      expect(open({ decide: () => false }).takesContent).toBe(false);
      const standing = open();
      const inside = open({ scope: { gate: standing } });
      expect(inside.takesContent).toBe(true);
      standing.vetoed = true;
      expect(inside.takesContent).toBe(false);
    });
  });

  it.each<[string, string | undefined, string]>([
    ["keeps the user's own words for it", "the desk is closed", "the desk is closed"],
    ["has the error's where the user gave none", undefined, "no such ticket"],
  ])("that was said to have failed and then throws %s", (_what, said, message) => {
    const span = open();
    span.setFailed(said);
    span.fail(new RangeError("no such ticket"));
    span.fail(new RangeError("another"));
    span.end();
    expect(ended().status).toEqual({ code: SpanStatusCode.ERROR, message });
    expect(ended().attributes).toMatchObject({ "error.type": "RangeError" });
    expect(ended().events.map(({ name, attributes }) => [name, attributes?.["exception.message"]])).toEqual([
      ["exception", "no such ticket"],
    ]);
  });

  it("holds no span that has ended, however long a chain of them goes on", () => {
    let last = open();
    for (let link = 0; link < 5; link++) {
      last.end();
      last = open({ scope: { gate: last } });
    }
    expect(last.outer).toBeUndefined();
    const vetoing = open();
    vetoing.vetoed = true;
    vetoing.end();
    expect(open({ scope: { gate: vetoing } }).outer).toBe(vetoing);
    const deciding = open({ decide: () => true });
    deciding.end();
    expect(open({ scope: { gate: deciding } }).outer).toBe(deciding);
    const standing = open();
    expect(open({ scope: { gate: standing } }).outer).toBe(standing);
  });

  it("has the whole prompt, where content is on", () => {
    open({ scope: { prompt: PROMPT } }).end();
    expect(ended().attributes).toEqual({ start: true, "respan.prompt": PROMPT.whole });
  });

  describe("that fails", () => {
    it("records the first error, masked, with its stack, once", () => {
      const span = open();
      span.fail(new TypeError(`no ${secret}`));
      span.fail(new Error("another"));
      span.end();
      const { attributes, status, events } = ended();
      expect(status).toEqual({ code: SpanStatusCode.ERROR, message: "no [redacted]" });
      expect(attributes["error.type"]).toBe("TypeError");
      expect(events.map(({ name }) => name)).toEqual(["exception"]);
      expect(events[0]?.attributes).toMatchObject({
        "exception.type": "TypeError",
        "exception.message": "no [redacted]",
      });
      expect(events[0]?.attributes?.["exception.stacktrace"]).toContain("open-span.spec");
      expect(events[0]?.attributes?.["exception.stacktrace"]).not.toContain(secret);
    });

    it("has the reasons that it gives below its stack, however long that is", () => {
      const span = open();
      span.fail(new Error("x".repeat(100_000), { cause: new RangeError(`no ${secret}`) }));
      span.end();
      const trail = ended().events[0]?.attributes?.["exception.stacktrace"] as string;
      expect(trail).toMatch(/\.\.\.\[cut\]\nCaused by: RangeError: no \[redacted\]$/);
      expect(Buffer.byteLength(trail)).toBeLessThanOrEqual(16_384);
    });

    it("has no stack where there is none, and nothing that a user's rule leaves out", () => {
      const redactor = createRedactor((text) => (text.includes("Maya") ? undefined : text));
      const span = open({ tracing: { redactor } });
      span.exception("text");
      span.exception(new Error("Maya"));
      span.setFailed("Maya");
      span.end();
      expect(ended().events.map(({ attributes }) => attributes)).toEqual([
        { "exception.type": "string", "exception.message": "text" },
        { "exception.type": "Error" },
      ]);
      expect(ended().status).toEqual({ code: SpanStatusCode.ERROR });
    });

    it.each<[string, string | undefined, object]>([
      ["with a reason", `for ${secret}`, { code: SpanStatusCode.ERROR, message: "for [redacted]" }],
      ["without one", undefined, { code: SpanStatusCode.ERROR }],
    ])("may do so without an error, %s", (_, message, status) => {
      const span = open();
      span.setFailed(message);
      span.keep("kept", "text");
      span.end();
      expect(ended().status).toEqual(status);
      expect(ended().events).toEqual([]);
      expect(ended().attributes).toEqual({ start: true, kept: "text" });
    });

    it.each<[string, (span: OpenSpan) => void]>([
      [
        "a reason alone",
        (span) => {
          span.setFailed("why");
        },
      ],
      [
        "an event alone",
        (span) => {
          span.event("noted", {}, { why: "why" });
        },
      ],
    ])("or not, records what it has, though that is %s", (_, use) => {
      const span = open();
      use(span);
      span.end();
      expect(ended().status.message ?? ended().events[0]?.attributes?.why).toBe("why");
    });

    it("is not well, whatever is said afterwards; one that does not is", () => {
      const failed = open();
      failed.setFailed("why");
      failed.succeed();
      failed.end();
      expect(ended().status).toEqual({ code: SpanStatusCode.ERROR, message: "why" });
      const well = open();
      well.succeed();
      well.end();
      expect(host.spans[1]?.status).toEqual({ code: SpanStatusCode.OK });
    });
  });

  it("that has ended takes nothing more", () => {
    const span = open();
    span.end();
    const { attributes, events, status } = ended();
    const before = JSON.stringify({ attributes, events, status });
    span.succeed();
    useAll(span);
    span.end();
    expect(JSON.stringify({ attributes, events, status: ended().status })).toBe(before);
    expect(slot.tracing?.open.size).toBe(0);
    expect(warnings.said).toEqual([]);
  });

  it("that is not recording costs nothing, and is ended all the same", () => {
    const calls: string[] = [];
    const silent = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 0 });
    const span = new Proxy(silent, {
      get: (target, key) => {
        if (key !== "isRecording") calls.push(String(key));
        return Reflect.get(target, key) as unknown;
      },
    });
    let reads = 0;
    const redactor = {
      text: (text: string) => (reads++, text),
      fieldKind: () => undefined,
      seesNumbers: false,
    };
    const quiet = open({ tracing: { startSpan: () => span, redactor } });
    expect([quiet.isRecording, quiet.takesContent, slot.tracing?.open.size]).toEqual([false, false, 0]);
    quiet.succeed();
    useAll(quiet);
    quiet.end();
    expect(calls).toEqual(["end"]);
    expect(reads).toBe(0);
    expect(quiet.isEnded).toBe(true);
  });

  it("is listed as open until it ends", () => {
    const { open: all } = slot.tracing!;
    const span = open();
    expect([...all]).toEqual([span]);
    span.end();
    expect(all.size).toBe(0);
  });

  describe("never throws", () => {
    it("where it cannot be started: there is none then", () => {
      for (let time = 0; time < 2; time++) expect(tryToOpen({ tracing: { startSpan: refuse } })).toBeUndefined();
      expect(warnings.said).toEqual(["respan-instructor: a span could not be started (RangeError)"]);
    });

    it("where a processor fails at its end", () => {
      for (let time = 0; time < 2; time++) {
        const span = open();
        span.span.end = refuse;
        span.end();
        expect(span.isEnded).toBe(true);
      }
      expect(warnings.said).toEqual(["respan-instructor: a span processor failed when a span ended (RangeError)"]);
    });

    it("where what it keeps cannot be attached, or a callback fails: it ends", () => {
      const told = open();
      told.beforeEnd = refuse;
      told.keep("kept", "text");
      told.end();
      expect(warnings.said).toHaveLength(1);
      expect(ended().attributes).toEqual({ start: true, kept: "text" });
      const refusing = open();
      refusing.keep("kept", "text");
      refusing.span.setAttribute = refuse;
      refusing.end();
      expect(host.spans).toHaveLength(2);
      expect(warnings.said).toEqual(["respan-instructor: what a span had captured was lost (RangeError)"]);
    });
  });

  it("is none where tracing is suppressed", () => {
    expect(tryToOpen({ context: suppressTracing(ROOT_CONTEXT) })).toBeUndefined();
    expect(host.spans).toEqual([]);
    expect(warnings.said).toEqual([]);
  });

  it("has its times from the clock of its trace, which the spans below share", () => {
    const times: [number, number][] = [1, 2, 3, 4].map((second) => [second, 0]);
    const clock = { now: () => times.shift()! };
    const enclosing = (given: EnclosingSpan["clock"]) =>
      Object.defineProperty(Object.create(open()) as EnclosingSpan, "clock", { value: given });
    const span = open({ scope: { open: enclosing(clock) } });
    expect(span.clock).toBe(clock);
    span.event("noted", {});
    span.end();
    const { startTime, endTime, events, duration } = ended();
    expect([startTime, events[0]?.time, endTime, duration]).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [2, 0],
    ]);
    expect(open().clock).not.toBe(open().clock);
    // Another version of this package has none.
    expect(open({ scope: { open: enclosing(undefined) } }).clock.now()[0]).toBeGreaterThan(1_000_000_000);
  });

  it("is active where its work runs, unless another SDK is registered", () => {
    const span = open();
    expect(trace.getSpan(contextWithin(span, ROOT_CONTEXT, EMPTY_SCOPE))).toBe(span.span);
    const scope = { ...EMPTY_SCOPE, path: "inner" };
    expect(standingScope(contextWithin(span, ROOT_CONTEXT, scope))).toBe(scope);
    const isolated = open({ tracing: { isIsolated: true } });
    expect(trace.getSpan(contextWithin(isolated, ROOT_CONTEXT, EMPTY_SCOPE))).toBeUndefined();
  });

  it("has the active span as its parent, whatever the scope holds", () => {
    const elsewhere = trace.wrapSpanContext({ traceId: "3".repeat(32), spanId: "4".repeat(16), traceFlags: 1 });
    const active = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 });
    open({ context: trace.setSpan(ROOT_CONTEXT, active), scope: { remote: elsewhere } }).end();
    expect(ended().parentSpanContext?.spanId).toBe("2".repeat(16));
  });

  it("beside another SDK has this package's parent, or none, in that SDK's trace", () => {
    const started: unknown[] = [];
    const { startSpan } = slot.tracing!;
    const tracing: Partial<Tracing> = {
      isIsolated: true,
      startSpan: (name, options, parent, traceId) => {
        started.push([trace.getSpanContext(parent)?.spanId, traceId]);
        return startSpan(name, options, parent, traceId);
      },
    };
    const hosts = trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 });
    const remote = trace.wrapSpanContext({ traceId: "3".repeat(32), spanId: "4".repeat(16), traceFlags: 1 });
    const context = trace.setSpan(ROOT_CONTEXT, hosts);
    const outer = open({ tracing, context });
    open({ tracing, context, scope: { open: outer, remote } });
    open({ tracing, context, scope: { remote } });
    open({ tracing });
    expect(started).toEqual([
      [undefined, "1".repeat(32)],
      [outer.span.spanContext().spanId, undefined],
      ["4".repeat(16), undefined],
      [undefined, undefined],
    ]);
  });
});

const nanos = ([seconds, rest]: HrTime): bigint => BigInt(seconds) * 1_000_000_000n + BigInt(rest);

describe("the clock of a trace", () => {
  afterEach(() => jest.restoreAllMocks());

  it("is set by the wall clock once, and runs with the monotonic one", () => {
    const date = jest.spyOn(Date, "now").mockReturnValue(1_000_000);
    const monotonic = jest.spyOn(performance, "now").mockReturnValue(500);
    const clock = new TraceClock();
    expect(clock.now()).toEqual([1_000, 0]);
    date.mockReturnValue(9_000_000);
    monotonic.mockReturnValue(501.25);
    expect(clock.now()).toEqual([1_000, 1_250_000]);
  });

  it("never goes back, whatever is done to the monotonic clock", () => {
    const monotonic = jest.spyOn(performance, "now").mockReturnValue(5_000);
    const clock = new TraceClock();
    const first = clock.now();
    monotonic.mockReturnValue(0);
    expect(clock.now()).toEqual(first);
    monotonic.mockReturnValue(5_001);
    expect(nanos(clock.now())).toBeGreaterThan(nanos(first));
  });
});
