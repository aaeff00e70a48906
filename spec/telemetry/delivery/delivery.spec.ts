import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { AsyncLocalStorage } from "node:async_hooks";
import type { BatchExporter, BatchResult } from "../../../lib/telemetry/delivery/batch-exporter.js";
import type { DeliverySettings, Prepare } from "../../../lib/telemetry/delivery/delivery.js";
import { Delivery, estimatedBytes } from "../../../lib/telemetry/delivery/delivery.js";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";
import * as timers from "../../../lib/telemetry/timers.js";
import { HostLogger } from "../spans.js";

const HOUR = 3_600_000;
const NOTHING = { exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 };

/** An exporter whose batches are answered by hand. */
class Held implements BatchExporter {
  readonly batches: string[][] = [];
  readonly stores: unknown[] = [];
  readonly log: string[] = [];
  signal: AbortSignal | undefined;
  readonly #answers: ((result: BatchResult) => void)[] = [];

  constructor(readonly storage?: AsyncLocalStorage<string>) {}

  export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult> {
    this.signal = signal;
    this.stores.push(this.storage?.getStore());
    this.batches.push(spans.map(({ name }) => name));
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  /** Answers a batch: by default, all of it was taken. */
  async answer(at: number, result: Partial<BatchResult> = { exported: this.batches[at]!.length }): Promise<void> {
    this.#answers[at]!({ exported: 0, rejected: 0, failed: 0, ...result });
    await turns();
  }

  forceFlush(): Promise<void> {
    this.log.push("flushed");
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.log.push("shut down");
    return Promise.resolve();
  }
}

const noResource = {} as ReadableSpan["resource"];

function span(name: string, bytes = 0, resource = noResource): ReadableSpan {
  const attributes = bytes === 0 ? {} : { text: "x".repeat(bytes) };
  return { name, attributes, events: [], links: [], status: {}, resource } as unknown as ReadableSpan;
}

/** Some turns of the event loop, in which what is due goes out. */
async function turns(): Promise<void> {
  for (let at = 0; at < 5; at++) await new Promise(setImmediate);
}

type Limits = Partial<DeliverySettings["otel"] & Omit<DeliverySettings, "otel">>;

function start(limits: Limits = {}, exporter: Held | undefined = new Held(), prepare: Prepare = (one) => one) {
  const { maxQueueSize = 100, maxExportBatchSize = 10, scheduleDelayMillis = HOUR, ...others } = limits;
  const otel = { maxQueueSize, maxExportBatchSize, scheduleDelayMillis } as DeliverySettings["otel"];
  const settings = { maxQueueBytes: 1_000_000, isBatchingEnabled: true, flushTimeoutMillis: HOUR, otel, ...others };
  const delivery = new Delivery(exporter, prepare, settings, new Warnings());
  const add = (...names: string[]): void => {
    for (const name of names) delivery.add(span(name));
  };
  return { delivery, exporter, add };
}

describe("a batch goes out", () => {
  it("when it is full, and not before", async () => {
    const { delivery, exporter, add } = start({ maxExportBatchSize: 3 });
    add("1", "2");
    await turns();
    expect(exporter.batches).toEqual([]);
    add("3", "4");
    await turns();
    expect(exporter.batches).toEqual([["1", "2", "3"]]);
    await exporter.answer(0);
    expect(exporter.batches).toHaveLength(1);
    expect(delivery.counts).toEqual({ ...NOTHING, exported: 3, pending: 1 });
    expect(delivery.queued).toBe(4);
  });

  it("when the delay is over, and the next after another", async () => {
    const { exporter, add } = start({ scheduleDelayMillis: 1 });
    for (const name of ["1", "2"]) {
      add(name);
      while (exporter.batches.length < Number(name)) await turns();
      await exporter.answer(Number(name) - 1);
    }
    expect(exporter.batches).toEqual([["1"], ["2"]]);
  });

  it("after a delay only when none is on its way, and then as soon as that is answered", async () => {
    const { delivery, exporter, add } = start({ scheduleDelayMillis: 1, maxExportBatchSize: 2 });
    add("1", "2");
    await turns();
    add("3");
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(exporter.batches).toEqual([["1", "2"]]);
    await exporter.answer(0);
    expect(exporter.batches).toEqual([["1", "2"], ["3"]]);
    await exporter.answer(1);
    expect(delivery.counts).toEqual({ ...NOTHING, exported: 3 });
  });

  it("not at once when an earlier delay was over with nothing left to send", async () => {
    const { exporter, add } = start({ scheduleDelayMillis: 20, maxExportBatchSize: 2 });
    add("1", "2");
    await turns();
    await exporter.answer(0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    add("3");
    await turns();
    expect(exporter.batches).toEqual([["1", "2"]]);
  });

  it("when half of the bytes that may wait do, and holds no more than that but for one that weighs more", async () => {
    const { delivery, exporter } = start({ maxQueueBytes: 20_000 });
    delivery.add(span("1", 4_000));
    await turns();
    expect(exporter.batches).toEqual([]);
    for (const name of ["2", "3"]) delivery.add(span(name, 4_000));
    await turns();
    expect(exporter.batches).toEqual([["1", "2"]]);
    await exporter.answer(0);
    delivery.add(span("large", 12_000));
    await turns();
    await exporter.answer(1);
    expect(exporter.batches.slice(1)).toEqual([["3"], ["large"]]);
  });

  it("when it weighs 1 MiB, however much may wait", async () => {
    const { delivery, exporter } = start({ maxQueueBytes: 10_000_000 });
    for (const name of ["1", "2", "3"]) delivery.add(span(name, 500_000));
    await turns();
    expect(exporter.batches).toEqual([["1", "2"]]);
  });

  it("at once where spans do not wait for each other, eight at a time", async () => {
    const { delivery, exporter, add } = start({ isBatchingEnabled: false });
    add("1", "2");
    await turns();
    for (const name of ["3", "4", "5", "6", "7", "8", "9", "10", "11"]) {
      add(name);
      await turns();
    }
    expect(exporter.batches).toEqual([["1", "2"], ["3"], ["4"], ["5"], ["6"], ["7"], ["8"], ["9"]]);
    await exporter.answer(1);
    expect(exporter.batches.slice(8)).toEqual([["10", "11"]]);
    for (const at of [0, 2, 3, 4, 5, 6, 7, 8]) await exporter.answer(at);
    expect(delivery.counts).toEqual({ ...NOTHING, exported: 11 });
  });

  it.each<[string, Limits]>([
    ["at once", { isBatchingEnabled: false }],
    ["after a delay", { scheduleDelayMillis: 1 }],
  ])("%s, and outside of whatever its spans ended in", async (_when, limits) => {
    const storage = new AsyncLocalStorage<string>();
    const { exporter, add } = start(limits, new Held(storage));
    storage.run("a request", () => add("1"));
    while (exporter.batches.length === 0) await turns();
    expect(exporter.stores).toEqual([undefined]);
  });
});

describe("a flush", () => {
  it("is over when all that had ended before is settled, in whatever order, and not what ended since", async () => {
    const { delivery, exporter, add } = start({ isBatchingEnabled: false });
    for (const name of ["1", "2"]) {
      add(name);
      await turns();
    }
    let isOver = false;
    const flushed = delivery.flush().finally(() => (isOver = true));
    add("3");
    await turns();
    await exporter.answer(1);
    expect(isOver).toBe(false);
    await exporter.answer(0);
    expect(isOver).toBe(true);
    expect(await flushed).toEqual({ ...NOTHING, exported: 2, pending: 1 });
    expect(exporter.batches).toEqual([["1"], ["2"], ["3"]]);
  });

  it("sends what waits without waiting for more, batch for batch, and then what the exporter kept back", async () => {
    const { delivery, exporter, add } = start({ maxExportBatchSize: 2 });
    add("1", "2", "3");
    const flushed = delivery.flush();
    await turns();
    expect(exporter.batches).toEqual([["1", "2"]]);
    await exporter.answer(0);
    expect(exporter.batches).toEqual([["1", "2"], ["3"]]);
    expect(exporter.log).toEqual([]);
    await exporter.answer(1);
    expect(exporter.log).toEqual(["flushed"]);
    expect(await flushed).toEqual({ ...NOTHING, exported: 3 });
  });

  it("is joined by another that is called while its spans wait, and gives both the same counts", async () => {
    const { delivery, exporter, add } = start();
    add("1");
    const first = delivery.flush();
    add("2");
    const second = delivery.flush();
    await turns();
    expect(exporter.batches).toEqual([["1", "2"]]);
    const third = delivery.flush();
    await exporter.answer(0);
    expect(await first).toEqual({ ...NOTHING, exported: 2 });
    expect(await second).toBe(await first);
    expect(await third).toBe(await first);
    expect(await delivery.flush()).toEqual(NOTHING);
  });

  it("whose spans have left is not held up by one for later spans; each span is reported once", async () => {
    const { delivery, exporter, add } = start();
    add("1");
    const first = delivery.flush();
    await turns();
    add("2");
    const second = delivery.flush();
    await exporter.answer(0);
    expect(await first).toEqual({ ...NOTHING, exported: 1, pending: 1 });
    await exporter.answer(1);
    expect(await second).toEqual({ ...NOTHING, exported: 1 });
  });

  it("during a burst waits for what had ended, not for what keeps coming", async () => {
    const { delivery, exporter, add } = start({ maxExportBatchSize: 1 });
    add("1");
    const flushed = delivery.flush();
    for (let at = 0; at < 3; at++) {
      await turns();
      add("more");
      await exporter.answer(at);
    }
    expect(await flushed).toEqual({ ...NOTHING, exported: 1, pending: 1 });
  });

  it("by the provider takes nothing from the next report", async () => {
    const { delivery, exporter, add } = start();
    add("1");
    const forced = delivery.forceFlush();
    await turns();
    await exporter.answer(0);
    await forced;
    expect(await delivery.flush()).toEqual({ ...NOTHING, exported: 1 });
  });

  it("leaves later spans to wait for others again", async () => {
    const { delivery, exporter, add } = start();
    add("1");
    const flushed = delivery.flush();
    await turns();
    await exporter.answer(0);
    await flushed;
    add("2");
    await turns();
    expect(exporter.batches).toEqual([["1"]]);
  });
});

describe("a receiver that stays silent", () => {
  it("is known after a flush in vain, until a batch is settled", async () => {
    const { delivery, exporter, add } = start({ flushTimeoutMillis: 1 });
    await delivery.flush();
    expect(delivery.isReceiverSilent).toBe(false);
    add("1");
    expect(await delivery.flush()).toEqual({ ...NOTHING, pending: 1 });
    await turns();
    add("2");
    expect(delivery.isReceiverSilent).toBe(true);
    await exporter.answer(0);
    expect(delivery.isReceiverSilent).toBe(false);
    expect(delivery.counts).toEqual({ ...NOTHING, exported: 1, pending: 1 });
  });

  it("is not waited for again by a shutdown", async () => {
    using logger = new HostLogger();
    const { delivery, add } = start({ flushTimeoutMillis: 50 });
    add("1");
    await delivery.flush();
    const waited = jest.spyOn(timers, "settledWithin");
    await delivery.shutdown();
    expect(delivery.counts).toEqual({ ...NOTHING, failed: 1 });
    expect(logger.warnings).toHaveLength(1);
    for (const [, millis] of waited.mock.calls) expect(millis).toBeLessThan(5);
    waited.mockRestore();
  });
});

describe("each span is counted once", () => {
  it("as its batch's result says; a span that it does not mention was left out", async () => {
    const prepare: Prepare = ({ name }) => (name === "left out" ? undefined : span(name));
    const { delivery, exporter, add } = start({}, new Held(), prepare);
    add("1", "left out", "2", "3", "4");
    const flushed = delivery.flush();
    await turns();
    expect(exporter.batches).toEqual([["1", "2", "3", "4"]]);
    await exporter.answer(0, { exported: 1, rejected: 1, failed: 2 });
    expect(await flushed).toEqual({ exported: 1, rejected: 1, failed: 2, dropped: 1, pending: 0 });
  });

  it("where all are left out, without a request", async () => {
    const { delivery, exporter, add } = start({}, new Held(), () => undefined);
    add("1", "2");
    expect(await delivery.flush()).toEqual({ ...NOTHING, dropped: 2 });
    expect(exporter.batches).toEqual([]);
  });

  it("as dropped where there is nowhere to send it to", async () => {
    const settings = { flushTimeoutMillis: HOUR } as DeliverySettings;
    const delivery = new Delivery(undefined, (one) => one, settings, new Warnings());
    delivery.add(span("1"));
    expect(await delivery.flush()).toEqual({ ...NOTHING, dropped: 1 });
    expect(await delivery.flush()).toEqual(NOTHING);
    await delivery.shutdown();
  });

  it("as dropped where too many wait, or too much, until some of it is gone", async () => {
    using logger = new HostLogger();
    const few = start({ maxQueueSize: 2 });
    few.add("1", "2", "3");
    expect(few.delivery.counts).toEqual({ ...NOTHING, dropped: 1, pending: 2 });
    const light = start({ maxQueueBytes: 10_000 });
    for (const name of ["1", "2"]) light.delivery.add(span(name, 4_000));
    light.delivery.add(span("3", 4_000));
    expect(light.delivery.counts).toEqual({ ...NOTHING, dropped: 1, pending: 2 });
    await turns();
    light.delivery.add(span("4", 4_000));
    expect(light.delivery.counts).toEqual({ ...NOTHING, dropped: 2, pending: 2 });
    await light.exporter.answer(0);
    light.delivery.add(span("5", 4_000));
    expect(light.delivery.counts.dropped).toBe(2);
    expect(logger.warnings).toEqual([
      expect.stringContaining("the export queue is full (2 spans"),
      expect.stringContaining("see OTEL_BSP_MAX_QUEUE_SIZE and maxQueueBytes"),
    ]);
  });

  it("at a shutdown as failed where it is on its way, and dropped where it waits; a late answer changes nothing", async () => {
    using logger = new HostLogger();
    const { delivery, exporter, add } = start({ maxExportBatchSize: 2, flushTimeoutMillis: 1 });
    add("1", "2", "3");
    await turns();
    const closing = delivery.shutdown();
    add("too late");
    await closing;
    expect(delivery.shutdown()).toBe(delivery.shutdown());
    expect(delivery.counts).toEqual({ ...NOTHING, failed: 2, dropped: 2 });
    expect(exporter.signal?.aborted).toBe(true);
    expect(exporter.log).toEqual(["shut down"]);
    await exporter.answer(0);
    expect(delivery.counts).toEqual({ ...NOTHING, failed: 2, dropped: 2 });
    expect(exporter.batches).toHaveLength(1);
    expect(logger.warnings).toEqual(["respan-instructor: 3 spans could not be delivered before the shutdown was over"]);
  });

  it("and a shutdown waits for the exporter's own, as long as it may", async () => {
    const slow = new Held();
    slow.shutdown = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      slow.log.push("shut down");
    };
    await start({}, slow).delivery.shutdown();
    expect(slow.log).toEqual(["shut down"]);
    const never = new Held();
    never.shutdown = () => new Promise(() => undefined);
    await start({ flushTimeoutMillis: 1 }, never).delivery.shutdown();
  });

  it("at a shutdown as its result says where that comes in time", async () => {
    using logger = new HostLogger();
    const { delivery, exporter, add } = start();
    add("1");
    const closing = delivery.shutdown();
    await turns();
    await exporter.answer(0);
    await closing;
    expect(delivery.counts).toEqual({ ...NOTHING, exported: 1 });
    expect(logger.warnings).toEqual([]);
  });

  const boom = (): never => {
    throw new Error("boom");
  };
  it.each<[string, Partial<BatchExporter>, Prepare]>([
    ["in the exporter", { export: () => Promise.reject(new Error("boom")) }, (one) => one],
    ["in the preparation", {}, (one) => (one.name === "1" ? boom() : one)],
  ])("as failed where the fault is our own, %s; the next batch goes out", async (_where, fault, prepare) => {
    using logger = new HostLogger();
    const exporter = new Held();
    const { delivery, add } = start({}, Object.assign(exporter, fault), prepare);
    add("1");
    expect(await delivery.flush()).toEqual({ ...NOTHING, failed: 1 });
    exporter.export = (spans) => Promise.resolve({ exported: spans.length, rejected: 0, failed: 0 });
    exporter.shutdown = boom;
    add("2");
    expect(await delivery.flush()).toEqual({ ...NOTHING, exported: 1 });
    await delivery.shutdown();
    expect(logger.warnings).toEqual([expect.stringContaining("an export failed (Error)")]);
  });
});

describe("a resource that is still finding itself out", () => {
  const resource = (wait: () => Promise<void>, isPending = true) => {
    const asked = jest.fn(wait);
    return { asked, resource: { asyncAttributesPending: isPending, waitForAsyncAttributes: asked } as never };
  };

  it("is waited for, once for all spans that share it", async () => {
    let found = (): void => undefined;
    const one = resource(() => new Promise((resolve) => (found = resolve)));
    const other = resource(() => Promise.reject(new Error("no cloud")));
    const known = resource(() => Promise.resolve(), false);
    const { delivery, exporter } = start();
    for (const { resource } of [one, one, other, known]) delivery.add(span("1", 0, resource));
    const flushed = delivery.flush();
    await turns();
    expect(exporter.batches).toEqual([]);
    found();
    await turns();
    expect(exporter.batches).toHaveLength(1);
    await exporter.answer(0);
    expect(await flushed).toEqual({ ...NOTHING, exported: 4 });
    expect([one, other, known].map(({ asked }) => asked.mock.calls.length)).toEqual([1, 1, 0]);
  });
});

describe("about how many bytes a span holds", () => {
  const bare = { attributes: {}, events: [], links: [], status: { code: 0 } };
  const weigh = (parts: object): number => estimatedBytes({ ...bare, ...parts } as unknown as ReadableSpan);
  const LONG = 10_000;
  const text = "x".repeat(LONG);

  it.each<[string, object, number]>([
    ["a text", { attributes: { text } }, LONG],
    ["a text of another alphabet", { attributes: { text: "ä".repeat(LONG / 2) } }, LONG],
    ["a name", { attributes: { [text]: 1 } }, LONG],
    ["texts in a list", { attributes: { list: [text, 1, null, text] } }, 2 * LONG],
    ["what its error says", { status: { code: 2, message: text } }, LONG],
    ["what an event says", { events: [{ attributes: { text } }, { attributes: undefined }] }, LONG],
    ["what a link says", { links: [{ attributes: { text } }, {}] }, LONG],
  ])("counts %s, and little around it", (_what, parts, bytes) => {
    const added = weigh(parts) - weigh({});
    expect(added).toBeGreaterThanOrEqual(bytes);
    expect(added).toBeLessThan(bytes * 1.4);
  });

  it.each<[string, object]>([
    ["a span", {}],
    ["an event", { events: [{}] }],
    ["a link", { links: [{}] }],
    ["a number", { attributes: { n: 1 } }],
  ])("counts something for %s without texts", (what, parts) => {
    const added = what === "a span" ? weigh({}) : weigh(parts) - weigh({});
    expect(added).toBeGreaterThan(20);
    expect(added).toBeLessThan(1_000);
  });
});
