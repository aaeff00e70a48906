import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { AsyncResource } from "node:async_hooks";
import { describeError } from "../../observe/errors.js";
import type { Warnings } from "../diagnostics.js";
import type { DeliveryCounts } from "./delivery-counts.js";
import { NO_COUNTS, countsBetween } from "./delivery-counts.js";
import { estimatedBytes } from "./span-size.js";
import { clearImmediate, clearTimeout, now, setImmediate, setTimeout, settledWithin } from "../timers.js";

/** How spans are batched and how many may wait. */
export interface DeliveryLimits {
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxExportBatchSize: number;
  readonly scheduleDelayMillis: number;
  /** How many batches may be in flight at once. */
  readonly maxConcurrentExports: number;
  /** Whether a batch waits for more spans. */
  readonly isBatching: boolean;
}

/** The outcome of a batch; spans that are in none of the counts were left out. */
export type BatchResult = Omit<DeliveryCounts, "dropped" | "pending">;

/** Exports batches of spans. */
export interface BatchExporter {
  /** Exports a batch and reports what became of it; never rejects. `signal` aborts the attempt. */
  export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult>;
  /** Exports what the exporter itself has kept back. */
  forceFlush?(): Promise<void>;
  /** Closes connections. */
  shutdown(): Promise<void>;
}

/** The result of a batch that was lost as a whole. */
export function allFailed(spans: readonly ReadableSpan[]): BatchResult {
  return { exported: 0, rejected: 0, failed: spans.length };
}

/** Prepares an ended span for its export; `undefined` leaves it out. */
export type Prepare = (span: ReadableSpan) => ReadableSpan | undefined | Promise<ReadableSpan | undefined>;

interface QueuedSpan {
  readonly span: ReadableSpan;
  readonly bytes: number;
}

interface Batch {
  /** The position of its first span among all spans ever queued. */
  readonly first: number;
  readonly spans: readonly ReadableSpan[];
  readonly bytes: number;
}

/** Waits until all spans up to a position among all spans ever queued are settled. */
interface Target {
  until: number;
}

/** The most bytes in a batch of several spans: it is serialized in one go, which blocks the host's event loop. */
const BATCH_BYTES = 1024 * 1024;
/** How long a batch waits for resource attributes that are still being detected. */
const RESOURCE_TIMEOUT_MILLIS = 5_000;
/** Timers are started in here, so that they keep no async-local state of the request whose span ended. */
const outsideRequests = new AsyncResource("RespanDelivery");

/** Takes spans that have ended out of the process: a bounded queue, batches, and a count of what became of each span. */
export class Delivery {
  readonly #counts = { exported: 0, rejected: 0, failed: 0, dropped: 0 };
  readonly #queue: QueuedSpan[] = [];
  readonly #inFlight = new Set<Batch>();
  /** One function for each flush that waits; each removes itself when its spans are settled. */
  readonly #flushes = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #exporter: BatchExporter | undefined;
  readonly #prepare: Prepare;
  readonly #limits: DeliveryLimits;
  readonly #warnings: Warnings;
  readonly #batchBytes: number;
  #queued = 0;
  #queueBytes = 0;
  #inFlightBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #isDelayOver = false;
  /** Since when a flush has been waiting without any batch being settled. */
  #silentSince: number | undefined;
  /** The newest flush that has not returned. */
  #flush: { readonly target: Target; readonly counts: Promise<DeliveryCounts> } | undefined;
  /** The counts when the last flush returned. */
  #reported = NO_COUNTS;
  #shutdown: Promise<void> | undefined;

  /**
   * @param exporter `undefined` where there is nowhere to send spans to
   * @param prepare returns what is exported of a span, or `undefined` to leave it out
   */
  constructor(exporter: BatchExporter | undefined, prepare: Prepare, limits: DeliveryLimits, warnings: Warnings) {
    this.#exporter = exporter;
    this.#prepare = prepare;
    this.#limits = limits;
    this.#warnings = warnings;
    // Half of the queue at most, so that a few large spans leave before it overflows.
    this.#batchBytes = Math.min(BATCH_BYTES, limits.maxQueueBytes / 2);
  }

  get queued(): number {
    return this.#queued;
  }

  get counts(): DeliveryCounts {
    return { ...this.#counts, pending: this.#pending };
  }

  /** Whether the last flush ran out of time and no batch has been settled since. */
  get isReceiverSilent(): boolean {
    return this.#silentSince !== undefined;
  }

  /** Queues a span that has ended. */
  add(span: ReadableSpan): void {
    if (this.#exporter === undefined || this.#shutdown !== undefined) {
      this.#counts.dropped++;
      return;
    }
    const bytes = estimatedBytes(span);
    const waitingBytes = this.#queueBytes + this.#inFlightBytes;
    if (this.#queue.length >= this.#limits.maxQueueSize || waitingBytes + bytes > this.#limits.maxQueueBytes) {
      this.#counts.dropped++;
      this.#warnings.warn(
        "queue",
        `the export queue is full (${this.#queue.length} spans, ${waitingBytes} bytes); spans are dropped: see OTEL_BSP_MAX_QUEUE_SIZE and maxQueueBytes`,
      );
      return;
    }
    this.#queue.push({ span, bytes });
    this.#queued++;
    this.#queueBytes += bytes;
    this.#schedule();
  }

  /**
   * Exports all spans that have ended so far, and waits until they are settled or the time is over. Never rejects; ends no
   * span. Flushes that overlap share a result, so that no span is reported twice.
   * @returns what became of spans since the previous flush returned
   */
  flush(timeoutMillis: number): Promise<DeliveryCounts> {
    const joined = this.#join();
    if (joined !== undefined) return joined;
    const target = { until: this.#queued };
    const counts = this.#flushed(target, timeoutMillis);
    this.#flush = { target, counts };
    return counts;
  }

  /** The same, without a report. */
  async forceFlush(timeoutMillis: number): Promise<void> {
    await (this.#join() ?? this.#delivered({ until: this.#queued }, timeoutMillis));
  }

  /**
   * Flushes and accepts no more spans; what is left when the time is over is given up and counted. The time that a flush
   * has just waited in vain is not waited again.
   */
  shutdown(timeoutMillis: number): Promise<void> {
    this.#shutdown ??= this.#close(timeoutMillis);
    return this.#shutdown;
  }

  /** Warns, once, of spans that are still pending at a moment after which they may be lost. */
  warnOfPending(moment: string): void {
    const pending = this.#pending;
    if (pending > 0) this.#warnings.warn("pending", `${pending} spans could not be delivered before ${moment}`);
  }

  async #close(timeoutMillis: number): Promise<void> {
    const deadline = (this.#silentSince ?? now()) + timeoutMillis;
    const timeLeft = (): number => Math.max(0, deadline - now());
    await settledWithin(() => this.#settled({ until: this.#queued }), timeLeft());
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.warnOfPending("the shutdown was over");
    this.#stop.abort();
    this.#counts.dropped += this.#queue.splice(0).length;
    for (const { spans } of this.#inFlight) this.#counts.failed += spans.length;
    this.#inFlight.clear();
    for (const check of this.#flushes) check();
    await settledWithin(() => this.#exporter?.shutdown(), timeLeft());
  }

  get #pending(): number {
    let pending = this.#queue.length;
    for (const { spans } of this.#inFlight) pending += spans.length;
    return pending;
  }

  /** Lets the running flush wait for later spans too, unless its own have left: under load it would never return. */
  #join(): Promise<DeliveryCounts> | undefined {
    if (this.#flush === undefined) return undefined;
    const { target, counts } = this.#flush;
    const isWaiting = target.until > this.#queued - this.#queue.length;
    if (!isWaiting && target.until < this.#queued) return undefined;
    target.until = this.#queued;
    return counts;
  }

  async #flushed(target: Target, timeoutMillis: number): Promise<DeliveryCounts> {
    await this.#delivered(target, timeoutMillis);
    if (this.#flush?.target === target) this.#flush = undefined;
    const total = this.counts;
    const counts = countsBetween(this.#reported, total);
    this.#reported = total;
    return counts;
  }

  #delivered(target: Target, timeoutMillis: number): Promise<void> {
    const start = async (): Promise<void> => {
      await this.#settled(target);
      await this.#exporter?.forceFlush?.();
    };
    return settledWithin(start, timeoutMillis);
  }

  /** Resolves when the spans up to the target are settled. Later spans may be settled before them. */
  #settled(target: Target): Promise<void> {
    if (this.#oldestPending() >= target.until) return Promise.resolve();
    this.#silentSince ??= now();
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#oldestPending() < target.until) return;
        this.#flushes.delete(check);
        resolve();
      };
      this.#flushes.add(check);
      this.#schedule();
    });
  }

  /** The position of the first span that is not settled. */
  #oldestPending(): number {
    let oldest = this.#queued - this.#queue.length;
    for (const { first } of this.#inFlight) oldest = Math.min(oldest, first);
    return oldest;
  }

  #isDue(): boolean {
    if (this.#queue.length === 0) return false;
    if (!this.#limits.isBatching || this.#isDelayOver || this.#flushes.size > 0) return true;
    return this.#queue.length >= this.#limits.maxExportBatchSize || this.#queueBytes >= this.#batchBytes;
  }

  /** Sends what is due at the end of this turn of the event loop, and the rest when the delay is over. */
  #schedule(): void {
    if (this.#queue.length === 0) return;
    if (!this.#isDue()) {
      const onTimeout = (): void => {
        this.#timer = undefined;
        this.#isDelayOver = this.#queue.length > 0;
        this.#sendDue();
      };
      const start = (): NodeJS.Timeout => setTimeout(onTimeout, this.#limits.scheduleDelayMillis).unref();
      this.#timer ??= outsideRequests.runInAsyncScope(start);
    } else if (this.#inFlight.size < this.#limits.maxConcurrentExports) {
      const onTurn = (): void => {
        this.#immediate = undefined;
        this.#sendDue();
      };
      this.#immediate ??= outsideRequests.runInAsyncScope(() => setImmediate(onTurn).unref());
    }
  }

  #sendDue(): void {
    while (this.#isDue() && this.#inFlight.size < this.#limits.maxConcurrentExports) {
      const batch = this.#takeBatch();
      this.#inFlight.add(batch);
      void this.#send(batch);
    }
    this.#schedule();
  }

  #takeBatch(): Batch {
    const first = this.#queued - this.#queue.length;
    let count = 0;
    let total = 0;
    for (const { bytes } of this.#queue) {
      if (count === this.#limits.maxExportBatchSize || (count > 0 && total + bytes > this.#batchBytes)) break;
      count++;
      total += bytes;
    }
    const spans = this.#queue.splice(0, count).map(({ span }) => span);
    this.#queueBytes -= total;
    this.#inFlightBytes += total;
    this.#isDelayOver = false;
    return { first, spans, bytes: total };
  }

  async #send(batch: Batch): Promise<void> {
    const { exported, rejected, failed } = await this.#export(batch.spans);
    // Given up and counted by a shutdown in the meantime.
    if (!this.#inFlight.delete(batch)) return;
    this.#counts.exported += exported;
    this.#counts.rejected += rejected;
    this.#counts.failed += failed;
    this.#counts.dropped += batch.spans.length - exported - rejected - failed;
    this.#inFlightBytes -= batch.bytes;
    for (const check of this.#flushes) check();
    this.#silentSince = this.#flushes.size > 0 ? now() : undefined;
    this.#sendDue();
  }

  async #export(spans: readonly ReadableSpan[]): Promise<BatchResult> {
    try {
      await resourcesOf(spans);
      const prepared: ReadableSpan[] = [];
      for (const span of spans) {
        const exported = await this.#prepare(span);
        if (exported !== undefined) prepared.push(exported);
      }
      if (prepared.length === 0 || this.#exporter === undefined) return { exported: 0, rejected: 0, failed: 0 };
      return await this.#exporter.export(prepared, this.#stop.signal);
    } catch (error) {
      this.#warnings.warn("export", `an export failed (${describeError(error).type}); spans are lost`);
      return { exported: 0, rejected: 0, failed: spans.length };
    }
  }
}

/** Waits for resources whose attributes (cloud, host name) are still being detected. */
async function resourcesOf(spans: readonly ReadableSpan[]): Promise<void> {
  for (const resource of new Set(spans.map((span) => span.resource))) {
    if (resource.asyncAttributesPending !== true) continue;
    await settledWithin(() => resource.waitForAsyncAttributes?.(), RESOURCE_TIMEOUT_MILLIS);
  }
}
