import { Agent } from "node:http";
import type { LookupFunction } from "node:net";
import { trace } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { Delivery } from "../../../lib/telemetry/delivery/delivery.js";
import { RespanTelemetry } from "../../../lib/telemetry/respan-telemetry.js";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";
import { SDK_NAME } from "../../../lib/wire/version.js";
import { Gate, hang, OTLPReceiver, status } from "../../harness/index.js";
import { HostLogger, open, record, retryAfter, setVariables, telemetryTo } from "../spans.js";

// A machine may be busy: nothing here is about time.
jest.setTimeout(60_000);

const NOTHING = { exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 };

/** So many spans that have names of their own. */
function burst(count: number, attributes = {}): void {
  for (let at = 0; at < count; at++) open(`span ${at}`, attributes).end();
}

describe("the queue", () => {
  it("is bounded by count; what overflows is counted, and warned of once", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    setVariables({ OTEL_BSP_MAX_QUEUE_SIZE: "10" });
    await using telemetry = telemetryTo(receiver);
    burst(25);
    expect(telemetry.stats()).toEqual({ ...NOTHING, dropped: 15, pending: 10 });
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 10, dropped: 15 });
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 10, dropped: 15 });
    expect(logger.warnings).toEqual([expect.stringContaining("OTEL_BSP_MAX_QUEUE_SIZE")]);
  });

  it("is bounded by size, with what is on its way counted in", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const gate = new Gate();
    receiver.respond(hang(gate, true));
    setVariables({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "1" });
    await using telemetry = telemetryTo(receiver, { maxQueueBytes: 250_000 });
    burst(1, { text: "x".repeat(100_000) });
    await gate.arrived;
    burst(3, { text: "x".repeat(100_000) });
    expect(telemetry.stats().dropped).toBe(2);
    gate.release();
    await telemetry.flush();
    burst(2, { text: "x".repeat(100_000) });
    expect(telemetry.stats().dropped).toBe(2);
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 2 });
    expect(logger.warnings).toEqual([expect.stringContaining("maxQueueBytes")]);
  });

  it("weighs texts of every kind: names of other alphabets, arrays, events, status", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { maxQueueBytes: 10_000, logLevel: "none" });
    const heavy = "ä".repeat(6_000);
    open("attribute", { text: heavy }).end();
    open("array", { list: [heavy] }).end();
    const event = open("event");
    event.event("happened", { text: heavy });
    event.end();
    expect(telemetry.stats().dropped).toBe(3);
    open("light").end();
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 1, dropped: 3 });
  });

  it("loses nothing of a burst of 100,000 spans that it is large enough for", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_MAX_QUEUE_SIZE: "100000", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10000" });
    await using telemetry = telemetryTo(receiver, { compression: "none", flushTimeoutMillis: 60_000 });
    burst(100_000);
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 100_000 });
    expect(new Set(receiver.spans.map(({ spanId }) => spanId)).size).toBe(100_000);
  }, 60_000);
});

describe("batches", () => {
  it("hold as many spans as OTEL_BSP_MAX_EXPORT_BATCH_SIZE says, and go out as soon as they are full", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "4" });
    await using telemetry = telemetryTo(receiver);
    burst(10);
    await receiver.waitFor(8);
    expect(receiver.requests.map(({ spans }) => spans.length)).toEqual([4, 4]);
    await telemetry.flush();
    expect(receiver.requests.map(({ spans }) => spans.length)).toEqual([4, 4, 2]);
  });

  it("weigh no more than 1 MiB, and go out as soon as they weigh that, however few spans they hold", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_SCHEDULE_DELAY: "3600000" });
    await using telemetry = telemetryTo(receiver);
    burst(10, { text: "x".repeat(256 * 1024) });
    await receiver.waitFor(6);
    await telemetry.flush();
    expect(receiver.requests.map(({ spans }) => spans.length)).toEqual([3, 3, 3, 1]);
    open("larger than that", { text: "x".repeat(2 * 1024 * 1024) }).end();
    await receiver.waitFor(11);
    await telemetry.flush();
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 11 });
  });

  it("go out when half of maxQueueBytes waits, so that a queue of a few large spans does not overflow", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_SCHEDULE_DELAY: "3600000" });
    await using telemetry = telemetryTo(receiver, { maxQueueBytes: 400_000 });
    burst(2, { text: "x".repeat(100_000) });
    await receiver.waitFor(1);
    burst(1, { text: "x".repeat(100_000) });
    await receiver.waitFor(2);
    await telemetry.flush();
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 3 });
  });

  it("go out when OTEL_BSP_SCHEDULE_DELAY is over", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_SCHEDULE_DELAY: "10" });
    await using _telemetry = telemetryTo(receiver);
    burst(3);
    await receiver.waitFor(3);
    expect(receiver.requests).toHaveLength(1);
    expect(_telemetry.stats().dropped).toBe(0);
  });

  it("are not waited for where batching is off: each span goes out as it ends", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_SCHEDULE_DELAY: "3600000", RESPAN_BATCHING_ENABLED: "false" });
    await using telemetry = telemetryTo(receiver);
    record("one");
    await receiver.waitFor(1);
    record("two");
    await receiver.waitFor(2);
    expect(receiver.requests).toHaveLength(2);
    await telemetry.flush();
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 2 });
  });

  it("where batching is off, a request that hangs does not hold up the next", async () => {
    await using receiver = await OTLPReceiver.start();
    const gate = new Gate();
    receiver.respond(hang(gate, true));
    await using telemetry = telemetryTo(receiver, { isBatchingEnabled: false });
    record("held");
    await gate.arrived;
    record("next");
    await receiver.waitFor((spans) => spans.some(({ name }) => name === "next"));
    gate.release();
    await telemetry.flush();
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 2 });
  });
});

describe("flush", () => {
  it("tells what became of spans since the last flush returned, once", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { logLevel: "none" });
    record("one", "two");
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 2 });
    expect(await telemetry.flush()).toEqual(NOTHING);
    receiver.respond(status(400));
    record("three");
    expect(await telemetry.flush()).toEqual({ ...NOTHING, failed: 1 });
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 2, failed: 1 });
  });

  it("ends no span", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const span = open("running");
    expect(await telemetry.flush()).toEqual(NOTHING);
    expect(span.isEnded).toBe(false);
    span.end();
    expect(await telemetry.flush()).toEqual({ ...NOTHING, exported: 1 });
  });

  it("may be called by many at once, each of whom waits for all that had ended", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "3" });
    await using telemetry = telemetryTo(receiver);
    const flushes: Promise<number>[] = [];
    for (let at = 1; at <= 10; at++) {
      record(`span ${at}`);
      flushes.push(telemetry.flush().then(() => telemetry.stats().exported));
    }
    const delivered = await Promise.all(flushes);
    delivered.forEach((count, at) => expect(count).toBeGreaterThanOrEqual(at + 1));
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 10 });
    expect(receiver.duplicates).toEqual([]);
  });

  it("during a burst waits for what had ended, not for what keeps coming", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "5" });
    await using telemetry = telemetryTo(receiver);
    let isOver = false;
    const source = (): void => {
      if (isOver) return;
      record("more");
      setImmediate(source);
    };
    record("first");
    source();
    await telemetry.flush();
    isOver = true;
    expect(receiver.find("first")).toHaveLength(1);
    await telemetry.flush();
    const { exported, dropped } = telemetry.stats();
    expect(exported + dropped).toBe(receiver.spans.length);
  });

  it("is over in time with a receiver that never answers; the spans are still tried afterwards", async () => {
    await using receiver = await OTLPReceiver.start();
    const gate = new Gate();
    receiver.respond(hang(gate, true));
    await using telemetry = telemetryTo(receiver, { flushTimeoutMillis: 50 });
    record("work");
    expect(await telemetry.flush()).toEqual({ ...NOTHING, pending: 1 });
    gate.release();
    await receiver.waitFor(1);
    await telemetry.flush();
    expect(telemetry.stats()).toEqual({ ...NOTHING, exported: 1 });
  });

  it("waits for the host's processors, and no longer than it may", async () => {
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

  it("after a shutdown tells what that delivered, and of spans that came too late", async () => {
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

  it("may be called twice, and at once", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = telemetryTo(receiver);
    record("work");
    const first = telemetry.shutdown();
    await Promise.all([first, telemetry.shutdown()]);
    await telemetry.shutdown();
    expect(receiver.requests).toHaveLength(1);
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

  it("with a dead receiver returns within its time, and counts what was lost", async () => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    receiver.respondAlways(hang());
    setVariables({ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2" });
    const telemetry = telemetryTo(receiver, { flushTimeoutMillis: 100 });
    record("one", "two", "three", "four", "five");
    await telemetry.shutdown();
    expect(telemetry.stats()).toEqual({ ...NOTHING, failed: 2, dropped: 3 });
    expect(logger.warnings).toEqual([expect.stringContaining("5 spans could not be delivered")]);
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

  it("counts a span that ends afterwards as dropped", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = telemetryTo(receiver);
    const late = trace.getTracer(SDK_NAME).startSpan("late");
    await telemetry.shutdown();
    late.end();
    expect(telemetry.stats()).toEqual({ ...NOTHING, dropped: 1 });
    expect(receiver.requests).toEqual([]);
  });
});

describe("an exporter of the user's", () => {
  class Scripted implements SpanExporter {
    readonly batches: string[][] = [];
    isShutDown = false;
    flushes = 0;
    constructor(private readonly answer: (done: (result: ExportResult) => void) => void) {}
    export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
      this.batches.push(spans.map(({ name }) => name));
      this.answer(done);
    }
    forceFlush(): Promise<void> {
      this.flushes++;
      return Promise.reject(new Error("no matter"));
    }
    shutdown(): Promise<void> {
      this.isShutDown = true;
      return Promise.resolve();
    }
  }

  async function through(answer: (done: (result: ExportResult) => void) => void) {
    using logger = new HostLogger();
    setVariables({ OTEL_BSP_EXPORT_TIMEOUT: "50", RESPAN_API_KEY: undefined });
    const exporter = new Scripted(answer);
    const telemetry = new RespanTelemetry({ exporter, isAutoInstrument: false });
    record("one", "two");
    const counts = await telemetry.flush();
    await telemetry.shutdown();
    return { counts, exporter, warnings: logger.warnings };
  }

  it("gets the spans, without a key, is flushed and shut down", async () => {
    const { counts, exporter, warnings } = await through((done) => done({ code: ExportResultCode.SUCCESS }));
    expect(counts).toEqual({ ...NOTHING, exported: 2 });
    expect(exporter.batches).toEqual([["one", "two"]]);
    expect(exporter.flushes).toBe(1);
    expect(exporter.isShutDown).toBe(true);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["fails", (done: (result: ExportResult) => void) => done({ code: ExportResultCode.FAILED }), "failed"],
    [
      "throws",
      () => {
        throw new Error("boom");
      },
      "failed",
    ],
    ["never answers", () => undefined, "took too long"],
  ])("that %s is warned of, and its spans are counted as failed", async (_name, answer, warning) => {
    const { counts, warnings } = await through(answer);
    expect(counts).toEqual({ ...NOTHING, failed: 2 });
    expect(warnings).toEqual([expect.stringContaining(warning)]);
  });

  it("that answers twice is heard once", async () => {
    const { counts } = await through((done) => {
      done({ code: ExportResultCode.SUCCESS });
      done({ code: ExportResultCode.FAILED });
    });
    expect(counts).toEqual({ ...NOTHING, exported: 2 });
  });
});

describe("a fault of our own", () => {
  const limits = {
    maxQueueSize: 10,
    maxQueueBytes: 100_000,
    maxExportBatchSize: 10,
    scheduleDelayMillis: 1_000,
    maxConcurrentExports: 1,
    isBatching: true,
  };
  const span = { attributes: {}, events: [], links: [], status: {}, resource: {} } as unknown as ReadableSpan;
  const boom = (): never => {
    throw new Error("boom");
  };

  it.each([
    ["in the exporter", () => Promise.reject(new Error("boom")), (kept: ReadableSpan) => kept],
    ["in the preparation", () => Promise.resolve({ exported: 1, rejected: 0, failed: 0 }), boom],
  ])("%s is counted and warned of, and the next batch goes out", async (_where, fault, prepare) => {
    using logger = new HostLogger();
    let batches = 0;
    const exporter = {
      export: (spans: readonly unknown[]) =>
        ++batches === 1 ? fault() : Promise.resolve({ exported: spans.length, rejected: 0, failed: 0 }),
      shutdown: boom,
    };
    let prepared = 0;
    const once = (kept: ReadableSpan) => (++prepared === 1 ? prepare(kept) : kept);
    const delivery = new Delivery(exporter, once, limits, new Warnings());
    delivery.add(span);
    expect(await delivery.flush(1_000)).toEqual({ ...NOTHING, failed: 1 });
    batches = 1;
    delivery.add(span);
    expect(await delivery.flush(1_000)).toEqual({ ...NOTHING, exported: 1 });
    await delivery.shutdown(1_000);
    expect(logger.warnings).toEqual([expect.stringContaining("an export failed (Error)")]);
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
