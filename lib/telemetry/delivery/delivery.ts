import type { Attributes } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { AsyncResource } from "node:async_hooks";
import { describeError } from "../../observe/errors.js";
import type { Warnings } from "../diagnostics.js";
import type { Settings } from "../settings/settings.js";
import { clearImmediate, clearTimeout, now, setImmediate, setTimeout, settledWithin, Turn } from "../timers.js";
import type { BatchExporter, BatchResult, DeliveryCounts } from "./batch-exporter.js";
import { allFailed, NO_COUNTS } from "./batch-exporter.js";

/**
 * Prepares an ended span for its export; `undefined` leaves it out.
 * @param turn the batch's, yielded when it is over
 */
export type Prepare = (span: ReadableSpan, turn: Turn) => ReadableSpan | undefined | Promise<ReadableSpan | undefined>;

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

/** The position before which all spans are to be settled. */
interface Target {
  until: number;
}

/** The settings that delivery reads. */
export type DeliverySettings = Pick<Settings, "otel" | "maxQueueBytes" | "isBatchingEnabled" | "flushTimeoutMillis">;

/** How many batches may be in flight at once where spans are not batched. */
const UNBATCHED_EXPORTS = 8;
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
  /** Called when the next batch is settled. */
  readonly #waiting = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #exporter: BatchExporter | undefined;
  readonly #prepare: Prepare;
  readonly #settings: DeliverySettings;
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
  constructor(exporter: BatchExporter | undefined, prepare: Prepare, settings: DeliverySettings, warnings: Warnings) {
    this.#exporter = exporter;
    this.#prepare = prepare;
    this.#settings = settings;
    this.#warnings = warnings;
    // Half of the queue at most, so that a few large spans leave before it overflows.
    this.#batchBytes = Math.min(BATCH_BYTES, settings.maxQueueBytes / 2);
  }

  /** How many spans were ever queued. */
  get queued(): number {
    return this.#queued;
  }

  get counts(): DeliveryCounts {
    let pending = this.#queue.length;
    for (const { spans } of this.#inFlight) pending += spans.length;
    return { ...this.#counts, pending };
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
    const { otel, maxQueueBytes } = this.#settings;
    if (this.#queue.length >= otel.maxQueueSize || waitingBytes + bytes > maxQueueBytes) {
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
  flush(): Promise<DeliveryCounts> {
    const running = this.#flush;
    // Later spans join a flush whose own still wait; otherwise it would never return under load.
    if (running !== undefined && (running.target.until > this.#firstQueued || running.target.until === this.#queued)) {
      running.target.until = this.#queued;
      return running.counts;
    }
    const target = { until: this.#queued };
    const counts = this.#delivered(target).then(() => {
      if (this.#flush?.target === target) this.#flush = undefined;
      return this.#report();
    });
    this.#flush = { target, counts };
    return counts;
  }

  /** The same, without a report. */
  forceFlush(): Promise<void> {
    return this.#delivered({ until: this.#queued });
  }

  /**
   * Flushes and accepts no more spans. What is left when the time is over is dropped and counted. The time that a flush has
   * just spent on a silent receiver counts.
   */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  /** Warns, once, of spans that are still pending at a moment after which they may be lost. */
  warnOfPending(moment: string): void {
    const { pending } = this.counts;
    if (pending > 0) this.#warnings.warn("pending", `${pending} spans could not be delivered before ${moment}`);
  }

  async #close(): Promise<void> {
    const deadline = (this.#silentSince ?? now()) + this.#settings.flushTimeoutMillis;
    const timeLeft = (): number => Math.max(0, deadline - now());
    await settledWithin(() => this.#settled({ until: this.#queued }), timeLeft());
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.warnOfPending("the shutdown was over");
    this.#stop.abort();
    this.#counts.dropped += this.#queue.splice(0).length;
    for (const { spans } of this.#inFlight) this.#counts.failed += spans.length;
    this.#inFlight.clear();
    this.#wakeFlushes();
    await settledWithin(() => this.#exporter?.shutdown(), timeLeft());
  }

  #report(): DeliveryCounts {
    const { exported, rejected, failed, dropped } = this.#reported;
    const total = (this.#reported = this.counts);
    return {
      exported: total.exported - exported,
      rejected: total.rejected - rejected,
      failed: total.failed - failed,
      dropped: total.dropped - dropped,
      pending: total.pending,
    };
  }

  #delivered(target: Target): Promise<void> {
    return settledWithin(async () => {
      await this.#settled(target);
      await this.#exporter?.forceFlush?.();
    }, this.#settings.flushTimeoutMillis);
  }

  /** Resolves when the spans before a position are settled, which may move on meanwhile. */
  async #settled(target: Target): Promise<void> {
    while (this.#firstPending() < target.until) {
      this.#silentSince ??= now();
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
        this.#schedule();
      });
    }
  }

  /** The position of the first span that waits in the queue. */
  get #firstQueued(): number {
    return this.#queued - this.#queue.length;
  }

  /** The position of the first span that is not settled. Later spans may be settled before it. */
  #firstPending(): number {
    return Math.min(this.#firstQueued, ...[...this.#inFlight].map(({ first }) => first));
  }

  #isDue(): boolean {
    if (this.#queue.length === 0) return false;
    if (!this.#settings.isBatchingEnabled || this.#isDelayOver || this.#waiting.size > 0) return true;
    return this.#queue.length >= this.#settings.otel.maxExportBatchSize || this.#queueBytes >= this.#batchBytes;
  }

  get #mayExport(): boolean {
    return this.#inFlight.size < (this.#settings.isBatchingEnabled ? 1 : UNBATCHED_EXPORTS);
  }

  /** Sends what is due at the end of this turn of the event loop, and the rest when the delay is over. */
  #schedule(): void {
    if (this.#queue.length === 0) return;
    if (!this.#isDue()) {
      const { scheduleDelayMillis } = this.#settings.otel;
      const start = (): NodeJS.Timeout => setTimeout(() => this.#onDelay(), scheduleDelayMillis).unref();
      this.#timer ??= outsideRequests.runInAsyncScope(start);
    } else if (this.#mayExport) {
      // Without `unref()`: an idle event loop runs an unreferenced immediate only after its next event.
      this.#immediate ??= outsideRequests.runInAsyncScope(() => setImmediate(() => this.#sendDue()));
    }
  }

  #onDelay(): void {
    this.#timer = undefined;
    this.#isDelayOver = this.#queue.length > 0;
    this.#sendDue();
  }

  #sendDue(): void {
    this.#immediate = undefined;
    while (this.#isDue() && this.#mayExport) void this.#send(this.#takeBatch());
    this.#schedule();
  }

  #takeBatch(): Batch {
    const first = this.#firstQueued;
    let count = 0;
    let total = 0;
    for (const { bytes } of this.#queue) {
      if (count === this.#settings.otel.maxExportBatchSize || (count > 0 && total + bytes > this.#batchBytes)) break;
      count++;
      total += bytes;
    }
    const spans = this.#queue.splice(0, count).map(({ span }) => span);
    this.#queueBytes -= total;
    this.#isDelayOver = false;
    return { first, spans, bytes: total };
  }

  async #send(batch: Batch): Promise<void> {
    this.#inFlight.add(batch);
    this.#inFlightBytes += batch.bytes;
    const { exported, rejected, failed } = await this.#export(batch.spans);
    // Given up and counted by a shutdown in the meantime.
    if (!this.#inFlight.delete(batch)) return;
    this.#inFlightBytes -= batch.bytes;
    this.#counts.exported += exported;
    this.#counts.rejected += rejected;
    this.#counts.failed += failed;
    this.#counts.dropped += batch.spans.length - exported - rejected - failed;
    this.#silentSince = undefined;
    this.#wakeFlushes();
    this.#schedule();
  }

  #wakeFlushes(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #export(spans: readonly ReadableSpan[]): Promise<BatchResult> {
    try {
      await resourcesOf(spans);
      const prepared: ReadableSpan[] = [];
      const turn = new Turn();
      for (const span of spans) {
        if (turn.isOver) await turn.yield();
        const preparing = this.#prepare(span, turn);
        // Most need no waiting, which would cost a turn of the microtask queue for each span.
        const exported = preparing instanceof Promise ? await preparing : preparing;
        if (exported !== undefined) prepared.push(exported);
      }
      if (prepared.length === 0 || this.#exporter === undefined) return { exported: 0, rejected: 0, failed: 0 };
      return await this.#exporter.export(prepared, this.#stop.signal);
    } catch (error) {
      this.#warnings.warn("export", `an export failed (${describeError(error).type}); spans are lost`);
      return allFailed(spans);
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

/** Estimates for a span, an event and an attribute without their texts: identifiers, times, the objects themselves. */
const SPAN = 400;
const EVENT = 100;
const ATTRIBUTE = 32;

/** About how many bytes a span holds. Texts are what makes it large: they are measured, the rest is estimated. */
export function estimatedBytes(span: ReadableSpan): number {
  let bytes = SPAN + textBytes(span.status.message) + attributesBytes(span.attributes);
  for (const { attributes } of span.events) bytes += EVENT + attributesBytes(attributes);
  for (const { attributes } of span.links) bytes += EVENT + attributesBytes(attributes);
  return bytes;
}

function attributesBytes(attributes: Attributes = {}): number {
  let bytes = 0;
  for (const name in attributes) {
    const value = attributes[name];
    bytes += ATTRIBUTE + name.length;
    if (Array.isArray(value)) for (const item of value) bytes += ATTRIBUTE + textBytes(item);
    else bytes += textBytes(value);
  }
  return bytes;
}

/** Shorter texts count a byte for each character: dozens of them are on each span. */
const SHORT_TEXT = 128;

function textBytes(value: unknown): number {
  if (typeof value !== "string") return 0;
  return value.length < SHORT_TEXT ? value.length : Buffer.byteLength(value);
}
