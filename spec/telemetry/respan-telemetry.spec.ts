import { Agent } from "node:http";
import type { LookupFunction } from "node:net";
import { context, diag, DiagLogLevel, propagation, trace } from "@opentelemetry/api";
import { NoopSpanProcessor } from "@opentelemetry/sdk-trace";
import type { Span } from "@opentelemetry/sdk-trace";
import { propagateAttributes } from "../../lib/scope/propagate-attributes.js";
import { slot } from "../../lib/scope/tracing.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import { SDK_NAME } from "../../lib/wire/package.js";
import { OTLPReceiver, status } from "../harness/index.js";
import { activeTracing, HostLogger, open, record, retryAfter, setVariables, telemetryTo, within } from "./spans.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

const NOTHING = { exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 };

const registered = (): Record<string, unknown> =>
  (globalThis as unknown as Record<symbol, Record<string, unknown>>)[Symbol.for("opentelemetry.js.api.1")] ?? {};

/** What is written to stderr while `fn` runs. */
async function stderrOf(fn: () => unknown): Promise<string> {
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    await fn();
    return write.mock.calls.map(([text]) => String(text)).join("");
  } finally {
    write.mockRestore();
  }
}

describe("a disabled telemetry", () => {
  it.each([
    ["the option", { isEnabled: false }, {}],
    ["RESPAN_ENABLED", {}, { RESPAN_ENABLED: "off" }],
    ["OTEL_SDK_DISABLED", {}, { OTEL_SDK_DISABLED: "true" }],
  ])("by %s takes nothing and makes no spans", async (_by, options, variables) => {
    setVariables(variables);
    const before = { ...registered() };
    const listeners = process.listenerCount("beforeExit");
    const telemetry = new RespanTelemetry(options);
    expect(slot.tracing).toBeUndefined();
    expect(registered()).toEqual(before);
    expect(process.listenerCount("beforeExit")).toBe(listeners);
    telemetry.addProcessor(new NoopSpanProcessor());
    expect(await telemetry.flush()).toEqual(NOTHING);
    expect(telemetry.stats()).toEqual(NOTHING);
    await telemetry.shutdown();
  });

  it("still refuses wrong options", () => {
    expect(() => new RespanTelemetry({ isEnabled: false, timeoutMillis: 0 })).toThrow("timeoutMillis");
  });
});

describe("constructing and shutting down", () => {
  it("1,000 times leaves no listener, timer, global or tracing behind", async () => {
    await using receiver = await OTLPReceiver.start();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const listeners = process.listenerCount("beforeExit");
    const [timersBefore, globals] = [timers(), { ...registered() }];
    for (let at = 0; at < 1_000; at++) {
      const telemetry = telemetryTo(receiver, { isBatchingEnabled: at % 2 === 0 });
      expect(activeTracing().isIsolated).toBe(false);
      if (at % 100 === 0) record(`round ${at}`);
      await telemetry.shutdown();
    }
    expect(receiver.spans).toHaveLength(10);
    expect(slot.tracing).toBeUndefined();
    expect(process.listenerCount("beforeExit")).toBe(listeners);
    expect(timers()).toBeLessThanOrEqual(timersBefore + 1);
    expect({ ...registered(), version: undefined }).toEqual({ ...globals, version: undefined });
  }, 30_000);

  it("gives the process back at once, not when the last request is over", async () => {
    await using receiver = await OTLPReceiver.start();
    const first = telemetryTo(receiver);
    record("first");
    const shutDown = first.shutdown();
    const second = telemetryTo(receiver);
    expect(activeTracing().isIsolated).toBe(false);
    record("second");
    await Promise.all([shutDown, second.shutdown()]);
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(["first", "second"]);
  });

  it("gives back what it had registered for the process", async () => {
    const before = { ...registered() };
    const telemetry = new RespanTelemetry({ apiKey: "key", isAutoInstrument: false, logLevel: "none" });
    expect(Object.keys(registered())).toEqual(expect.arrayContaining(["trace", "context", "propagation"]));
    await telemetry.shutdown();
    expect({ ...registered(), version: undefined }).toEqual({ ...before, version: undefined });
  });

  it("throws nothing away that was wrong in between: a refused construction takes nothing", () => {
    expect(() => new RespanTelemetry({ redact: { nonsense: 1 } as never })).toThrow('option "redact"');
    expect(slot.tracing).toBeUndefined();
    expect(registered().diag).toBeUndefined();
    expect(registered().trace).toBeUndefined();
  });
});

describe("a second telemetry", () => {
  it("has the slot until it is shut down, and is warned of", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const first = telemetryTo(receiver);
    record("one");
    const second = telemetryTo(receiver, { customerIdentifier: "second" });
    record("two");
    await second.shutdown();
    record("three");
    await first.shutdown();
    expect(slot.tracing).toBeUndefined();
    expect(logger.warnings).toEqual([expect.stringContaining("another RespanTelemetry is active")]);
    expect(first.stats().exported).toBe(2);
    expect(second.stats().exported).toBe(1);
    expect(receiver.only("two").attributes["respan.customer_params.customer_identifier"]).toBe("second");
  });

  it("keeps the slot where the first is shut down before it", async () => {
    await using receiver = await OTLPReceiver.start();
    const first = telemetryTo(receiver, { logLevel: "none" });
    const second = telemetryTo(receiver, { logLevel: "none" });
    const tracing = slot.tracing;
    await first.shutdown();
    expect(slot.tracing).toBe(tracing);
    await second.shutdown();
    expect(slot.tracing).toBeUndefined();
  });
});

describe("what it has to say", () => {
  it("goes to stderr if the program has set no logger, at the chosen level", async () => {
    setVariables({ RESPAN_API_KEY: undefined });
    const construct = (logLevel?: "none" | "error" | "debug") => async () => {
      const telemetry = new RespanTelemetry({ isAutoInstrument: false, ...(logLevel && { logLevel }) });
      diag.debug("a detail");
      await telemetry.shutdown();
    };
    expect(await stderrOf(construct())).toMatch(/^\[warn\] respan-instructor: no API key: .*RESPAN_API_KEY.*\n$/);
    expect(await stderrOf(construct("error"))).toBe("");
    expect(await stderrOf(construct("none"))).toBe("");
    expect(await stderrOf(construct("debug"))).toContain("[debug] a detail\n");
    expect(registered().diag).toBeUndefined();
  });

  it("goes to the program's logger if there is one, which stays", async () => {
    setVariables({ RESPAN_API_KEY: undefined });
    using logger = new HostLogger();
    const mine = registered().diag;
    const written = await stderrOf(async () => {
      const telemetry = new RespanTelemetry({ isAutoInstrument: false });
      await telemetry.shutdown();
    });
    expect(written).toBe("");
    expect(logger.warnings).toEqual([expect.stringContaining("no API key")]);
    expect(registered().diag).toBe(mine);
  });

  it("leaves a logger that the program sets later in place, silently", async () => {
    await using receiver = await OTLPReceiver.start();
    const lines: string[] = [];
    const keep = (line: string): void => void lines.push(line);
    const written = await stderrOf(async () => {
      const telemetry = telemetryTo(receiver);
      diag.setLogger({ error: keep, warn: keep, info: keep, debug: keep, verbose: keep }, DiagLogLevel.WARN);
      await telemetry.shutdown();
      diag.warn("still heard");
    });
    expect(written).toBe("");
    expect(lines).toContain("still heard");
    diag.disable();
  });

  it("is said by the second of two until it is shut down as well", async () => {
    await using receiver = await OTLPReceiver.start();
    const written = await stderrOf(async () => {
      const first = telemetryTo(receiver);
      const second = telemetryTo(receiver);
      await first.shutdown();
      diag.warn("heard");
      await second.shutdown();
      diag.warn("not heard");
    });
    expect(written).toContain("[warn] heard");
    expect(written).not.toContain("not heard");
  });
});

describe("processors", () => {
  class Watcher extends NoopSpanProcessor {
    readonly seen: string[] = [];
    override onStart(span: Span): void {
      this.seen.push(`${span.name}: ${String(span.attributes["respan.customer_params.customer_identifier"])}`);
    }
  }

  it("see every span, with its scope stamped on it; more may be added later", async () => {
    await using receiver = await OTLPReceiver.start();
    const [early, late] = [new Watcher(), new Watcher()];
    await using telemetry = telemetryTo(receiver, { spanProcessors: [early] });
    propagateAttributes({ customerIdentifier: "ann" }, () => {
      trace.getTracer("http").startSpan("GET /").end();
      telemetry.addProcessor(late);
      record("work");
    });
    expect(early.seen).toEqual(["GET /: ann", "work: ann"]);
    expect(late.seen).toEqual(["work: ann"]);
  });
});

describe("defaults of the constructor", () => {
  it("are what every span inherits, and an inner scope's win", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, {
      customerIdentifier: "c",
      customerEmail: "c@example.com",
      customerName: "C",
      threadIdentifier: "t",
      sessionIdentifier: 7,
      properties: { plan: "pro" },
      environment: "production",
      metadata: { team: "desk", tags: ["a"], n: 1 },
    });
    propagateAttributes({ threadIdentifier: "inner", metadata: { n: 2 } }, () => {
      trace.getTracer("ai").startSpan("ai.call").end();
    });
    await telemetry.flush();
    expect(receiver.only("ai.call").attributes).toMatchObject({
      "respan.customer_params.customer_identifier": "c",
      "respan.customer_params.email": "c@example.com",
      "respan.customer_params.name": "C",
      "respan.threads.thread_identifier": "inner",
      "respan.sessions.session_identifier": "7",
      "respan.properties": '{"plan":"pro"}',
      "respan.environment": "production",
      "respan.metadata.team": "desk",
      "respan.metadata.tags": '["a"]',
      "respan.metadata.n": 2,
    });
  });

  it("turn content off for every span, or ask a function each time", async () => {
    await using receiver = await OTLPReceiver.start();
    let allows = true;
    await using telemetry = telemetryTo(receiver, { traceContent: () => allows });
    const captured = within("workflow", () => open("allowed").takesContent);
    allows = false;
    const vetoed = open("vetoed").takesContent;
    expect([captured, vetoed]).toEqual([true, false]);
    await telemetry.shutdown();
    setVariables({ TRACELOOP_TRACE_CONTENT: "no" });
    await using another = telemetryTo(receiver);
    expect(open("vetoed by variable").takesContent).toBe(false);
    expect(another.stats().failed).toBe(0);
  });

  it("set which form of content is sent, and which metadata may travel", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_SEMCONV_STABILITY_OPT_IN: "gen_ai_latest_experimental" });
    await using telemetry = telemetryTo(receiver, { propagateBaggage: { metadata: ["tenant"] } });
    expect(activeTracing().usesLatestGenAi).toBe(true);
    expect(activeTracing().defaults.baggageMetadata).toEqual(["tenant"]);
    propagateAttributes({ customerIdentifier: "ann lee", metadata: { tenant: "blue", secret: "x" } }, () => {
      const carrier: Record<string, string> = {};
      propagation.inject(context.active(), carrier);
      expect(carrier.baggage).toBe("respan.customer_params.customer_identifier=ann%20lee,respan.metadata.tenant=blue");
    });
    await telemetry.shutdown();
    await using plain = telemetryTo(receiver);
    expect(activeTracing().defaults.baggageMetadata).toBeUndefined();
    expect(plain.stats().failed).toBe(0);
  });
});

describe("flush", () => {
  it("ends no span", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const span = open("running");
    expect(await telemetry.flush()).toEqual(NOTHING);
    expect(span.isEnded).toBe(false);
    span.end();
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 1 });
  });

  it("waits for added processors, and no longer than it may", async () => {
    await using receiver = await OTLPReceiver.start();
    const never = new Promise<void>(() => undefined);
    let flushed = 0;
    const processor = {
      onStart: () => undefined,
      onEnd: () => undefined,
      forceFlush: () => (flushed++ === 0 ? Promise.resolve() : never),
      shutdown: () => never,
    };
    await using telemetry = telemetryTo(receiver, { spanProcessors: [processor], flushTimeoutMillis: 500 });
    record("work");
    expect(await telemetry.flush()).toMatchObject({ exported: 1 });
    record("work");
    expect(await telemetry.flush()).toMatchObject({ exported: 1 });
    expect(flushed).toBe(2);
  });

  it("after a shutdown counts what that delivered, and spans that came too late", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = telemetryTo(receiver);
    record("work");
    const late = trace.getTracer(SDK_NAME).startSpan("late");
    await telemetry.shutdown();
    late.end();
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 1, dropped: 1 });
    expect(await telemetry.flush()).toEqual(NOTHING);
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 1, dropped: 1 });
  });
});

describe("shutdown", () => {
  it("ends spans that are open and delivers them", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = telemetryTo(receiver);
    const span = open("running");
    span.keep("traceloop.entity.output", '"so far"');
    await telemetry.shutdown();
    expect(span.isEnded).toBe(true);
    expect(receiver.only("running").attributes["traceloop.entity.output"]).toBe('"so far"');
    span.end();
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 1 });
  });

  it("is what await using does", async () => {
    await using receiver = await OTLPReceiver.start();
    {
      await using _telemetry = telemetryTo(receiver);
      record("work");
      expect(_telemetry.stats()).toEqual({ ...NOTHING, pending: 1 });
    }
    expect(receiver.find("work")).toHaveLength(1);
  });

  it("does not wait out a retry", async () => {
    await using receiver = await OTLPReceiver.start();
    retryAfter(60_000);
    receiver.respondAlways(status(503));
    setVariables({ OTEL_BSP_EXPORT_TIMEOUT: "3600000" });
    const telemetry = telemetryTo(receiver, { flushTimeoutMillis: 100, logLevel: "none" });
    record("work");
    await telemetry.shutdown();
    expect(telemetry.stats()).toEqual({ ...NOTHING, failed: 1 });
  });
});

describe("without a key", () => {
  it("everything works, nothing is exported, and one warning says why", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    setVariables({ RESPAN_API_KEY: "" });
    // A receiver on this machine needs no key: here it has the name of another.
    const lookup: LookupFunction = (_host, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]);
    await using telemetry = telemetryTo(receiver, {
      apiKey: undefined,
      baseUrl: receiver.url.replace("127.0.0.1", "receiver.example"),
      httpAgent: new Agent({ lookup }),
    });
    const span = open("work");
    expect(span.span.spanContext().traceId).toMatch(/^[0-9a-f]{32}$/);
    span.end();
    record("more");
    expect(await telemetry.flush()).toEqual({ ...NOTHING, dropped: 2 });
    expect(telemetry.stats()).toEqual({ ...NOTHING, dropped: 2 });
    expect(receiver.requests).toEqual([]);
    expect(logger.warnings).toEqual([expect.stringContaining("RESPAN_API_KEY")]);
  });
});
