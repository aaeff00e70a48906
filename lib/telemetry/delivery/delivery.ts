import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { AsyncResource } from "node:async_hooks";
import { describeError } from "../../observe/error-description.js";
import type { BatchExporter, BatchResult } from "../exporter/batch-exporter.js";
import type { Warnings } from "../warnings.js";
import type { DeliveryCounts } from "./delivery-counts.js";
import { countsBetween, DeliveryCounter } from "./delivery-counts.js";
import { SpanQueue } from "./span-queue.js";
import { estimatedBytes } from "./span-size.js";
import { settledWithin } from "./within.js";

/** How spans are gathered and how many may wait. */
export interface DeliveryLimits {
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxExportBatchSize: number;
  readonly scheduleDelayMillis: number;
  /** How many batches may be on their way at once. */
  readonly maxConcurrentExports: number;
  /** Whether a batch waits for others to join it. */
  readonly isBatching: boolean;
}

/** A batch on its way. */
interface Batch {
  /** The place of its first span among all that were ever queued. */
  readonly first: number;
  readonly count: number;
  readonly bytes: number;
}

interface Waiter {
  /** Waits until this many of the spans ever queued have been settled. */
  readonly until: number;
  readonly done: () => void;
}

const NOTHING: BatchResult = Object.freeze({ exported: 0, rejected: 0, failed: 0 });

/**
 * The most that a batch weighs, unless one span alone weighs more. A batch is serialized in one go, which stops the host
 * for as long, and receivers take only so much at once.
 */
const BATCH_BYTES = 1024 * 1024;

/** How long a batch waits for a resource that is still finding itself out. */
const RESOURCE_TIMEOUT = 5_000;

/**
 * The way of ended spans out of the process: a bounded queue, batches, and the count of what became of each span.
 * Nothing of it happens on the path of the traced call but putting the span into the queue.
 */
export class Delivery {
  readonly #counter = new DeliveryCounter();
  readonly #queue = new SpanQueue();
  readonly #onTheWay = new Set<Batch>();
  readonly #waiters = new Set<Waiter>();
  readonly #stop = new AbortController();
  /** Timers and connections must not carry the context, or any other async-local state, of some request along. */
  readonly #home = new AsyncResource("RespanDelivery");
  readonly #exporter: BatchExporter | undefined;
  readonly #prepare: (span: ReadableSpan) => ReadableSpan | undefined;
  readonly #limits: DeliveryLimits;
  readonly #warnings: Warnings;
  /** A queue that is half full goes out, however few spans it holds. */
  readonly #batchBytes: number;
  #queued = 0;
  #bytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #isClosed = false;
  #shutdown: Promise<void> | undefined;

  /**
   * @param exporter `undefined` where there is nowhere to send spans to
   * @param prepare makes of a span what is exported of it, or `undefined` to leave it out
   */
  constructor(
    exporter: BatchExporter | undefined,
    prepare: (span: ReadableSpan) => ReadableSpan | undefined,
    limits: DeliveryLimits,
    warnings: Warnings,
  ) {
    this.#exporter = exporter;
    this.#prepare = prepare;
    this.#limits = limits;
    this.#warnings = warnings;
    this.#batchBytes = Math.min(BATCH_BYTES, limits.maxQueueBytes / 2);
  }

  /** How many spans have been queued so far, in all. */
  get queued(): number {
    return this.#queued;
  }

  get counts(): DeliveryCounts {
    return this.#counter.total;
  }

  /** Says, once, that spans are still waiting at a moment after which nothing may be heard of them. */
  warnOfWaiting(moment: string): void {
    let waiting = this.#queue.length;
    for (const { count } of this.#onTheWay) waiting += count;
    if (waiting > 0) this.#warnings.warn("waiting", `${waiting} spans could not be delivered before ${moment}`);
  }

  /** Takes a span that has ended. */
  add(span: ReadableSpan): void {
    if (this.#exporter === undefined || this.#isClosed) {
      this.#counter.dropped++;
      return;
    }
    const size = estimatedBytes(span);
    if (this.#queue.length >= this.#limits.maxQueueSize || this.#bytes + size > this.#limits.maxQueueBytes) {
      this.#counter.dropped++;
      this.#warnings.warn(
        "queue",
        `the export queue is full (${this.#queue.length} spans, ${this.#bytes} bytes); spans are dropped: see OTEL_BSP_MAX_QUEUE_SIZE and maxQueueBytes`,
      );
      return;
    }
    this.#queue.push(span, size);
    this.#queued++;
    this.#bytes += size;
    this.#arrange();
  }

  /**
   * Exports everything that has ended so far. Never rejects; ends no span.
   * @returns what became of spans since this call, when all that had ended is settled or the time is over
   */
  async flush(timeoutMillis: number): Promise<DeliveryCounts> {
    const before = this.#counter.total;
    await settledWithin(() => this.#flushed(), timeoutMillis);
    return countsBetween(before, this.#counter.total);
  }

  /** Flushes, and then takes no more: what is left when the time is over is given up and counted. */
  shutdown(timeoutMillis: number): Promise<void> {
    this.#shutdown ??= this.#close(timeoutMillis);
    return this.#shutdown;
  }

  async #flushed(): Promise<void> {
    await this.#settled(this.#queued);
    await this.#exporter?.forceFlush?.();
  }

  async #close(timeoutMillis: number): Promise<void> {
    this.#isClosed = true;
    const deadline = performance.now() + timeoutMillis;
    await settledWithin(() => this.#settled(this.#queued), timeoutMillis);
    this.#giveUp();
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    await settledWithin(() => this.#exporter?.shutdown(), Math.max(0, deadline - performance.now()));
  }

  #giveUp(): void {
    this.#stop.abort();
    this.warnOfWaiting("the shutdown was over");
    let failed = 0;
    for (const batch of this.#onTheWay) failed += batch.count;
    const dropped = this.#queue.take(this.#queue.length, Number.POSITIVE_INFINITY).spans.length;
    this.#counter.failed += failed;
    this.#counter.dropped += dropped;
    this.#onTheWay.clear();
    this.#bytes = 0;
    this.#wake();
  }

  /** Settles once the first `until` spans ever queued have been exported or given up. */
  #settled(until: number): Promise<void> {
    if (this.#frontier() >= until) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiters.add({ until, done: resolve });
      this.#home.runInAsyncScope(() => this.#pump());
    });
  }

  /** How many of the spans ever queued have been settled, without a gap. */
  #frontier(): number {
    let frontier = this.#queued - this.#queue.length;
    for (const { first } of this.#onTheWay) frontier = Math.min(frontier, first);
    return frontier;
  }

  #wake(): void {
    const frontier = this.#frontier();
    for (const waiter of this.#waiters) {
      if (waiter.until > frontier) continue;
      this.#waiters.delete(waiter);
      waiter.done();
    }
  }

  /** Whether a batch is due now. */
  #isDue(): boolean {
    const { length, bytes } = this.#queue;
    if (length === 0) return false;
    if (this.#waiters.size > 0 || !this.#limits.isBatching) return true;
    return length >= this.#limits.maxExportBatchSize || bytes >= this.#batchBytes;
  }

  /** Sees to it that what is queued goes out: soon where a batch is due, else when the delay is over. */
  #arrange(): void {
    if (this.#isDue()) {
      if (this.#immediate === undefined && this.#onTheWay.size < this.#limits.maxConcurrentExports) {
        this.#home.runInAsyncScope(() => {
          this.#immediate = setImmediate(() => {
            this.#immediate = undefined;
            this.#pump();
          }).unref();
        });
      }
      return;
    }
    if (this.#timer !== undefined || this.#queue.length === 0) return;
    this.#home.runInAsyncScope(() => {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (this.#onTheWay.size < this.#limits.maxConcurrentExports) this.#send();
        this.#arrange();
      }, this.#limits.scheduleDelayMillis).unref();
    });
  }

  #pump(): void {
    while (this.#isDue() && this.#onTheWay.size < this.#limits.maxConcurrentExports) this.#send();
    this.#arrange();
  }

  #send(): void {
    if (this.#exporter === undefined || this.#queue.length === 0) return;
    const first = this.#queued - this.#queue.length;
    const { spans, bytes } = this.#queue.take(this.#limits.maxExportBatchSize, this.#batchBytes);
    const batch: Batch = { first, count: spans.length, bytes };
    this.#onTheWay.add(batch);
    void this.#export(this.#exporter, spans, batch);
  }

  async #export(exporter: BatchExporter, spans: readonly ReadableSpan[], batch: Batch): Promise<void> {
    const result = await this.#resultOf(exporter, spans);
    // Given up in the meantime, and counted there.
    if (!this.#onTheWay.delete(batch)) return;
    this.#counter.exported += result.exported;
    this.#counter.rejected += result.rejected;
    this.#counter.failed += result.failed;
    this.#counter.dropped += spans.length - result.exported - result.rejected - result.failed;
    this.#bytes -= batch.bytes;
    this.#wake();
    this.#pump();
  }

  /** Exports a batch; what its result does not tell of was left out. */
  async #resultOf(exporter: BatchExporter, spans: readonly ReadableSpan[]): Promise<BatchResult> {
    try {
      await resourcesOf(spans);
      const prepared = spans.flatMap((span) => this.#prepare(span) ?? []);
      return prepared.length === 0 ? NOTHING : await exporter.export(prepared, this.#stop.signal);
    } catch (error) {
      this.#warnings.warn("export", `an export failed (${describeError(error).type}); spans are lost`);
      return { exported: 0, rejected: 0, failed: spans.length };
    }
  }
}

/** A host's resource may still be finding itself out (its cloud, its host name). */
async function resourcesOf(spans: readonly ReadableSpan[]): Promise<void> {
  const waitedFor = new Set<unknown>();
  for (const { resource } of spans) {
    if (resource.asyncAttributesPending !== true || waitedFor.has(resource)) continue;
    waitedFor.add(resource);
    // Where that takes too long, it is exported with what it knows.
    await settledWithin(() => resource.waitForAsyncAttributes?.(), RESOURCE_TIMEOUT);
  }
}
