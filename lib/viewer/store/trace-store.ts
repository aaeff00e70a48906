import type { ApiSpan, CallPlace, DroppedCounts, TraceSummary } from "../api.js";
import { Prices } from "../cost/prices.js";
import type { ReceivedSpan } from "../otlp/spans.js";
import { HeldTrace } from "./held-trace.js";
import { SharedTexts } from "./shared-texts.js";

export interface StoreLimits {
  readonly maxTraces: number;
  /** Bytes of all spans together, about: their text and what is kept beside it. */
  readonly maxBytes: number;
}

export const DEFAULT_LIMITS: StoreLimits = { maxTraces: 50_000, maxBytes: 256 * 1024 * 1024 };

/** What changed since some moment, and the moment to ask for next. */
export interface Changes {
  readonly traces: readonly HeldTrace[];
  readonly cursor: number;
}

/**
 * Traces in memory, as many as the limits allow: the trace that has been quiet for longest goes first. Spans of a trace
 * may arrive in any order and in many requests.
 */
export class TraceStore {
  readonly #limits: StoreLimits;
  /** In the order of their last change, the oldest first. */
  readonly #traces = new Map<string, HeldTrace>();
  readonly #origins = new SharedTexts();
  #bytes = 0;
  #droppedTraces = 0;
  #droppedSpans = 0;
  #changes = 0;

  /** What calls are priced by. */
  readonly prices: Prices;

  constructor(limits: StoreLimits = DEFAULT_LIMITS, prices = new Prices()) {
    this.#limits = limits;
    this.prices = prices;
  }

  get size(): number {
    return this.#traces.size;
  }

  get dropped(): DroppedCounts {
    return { traces: this.#droppedTraces, spans: this.#droppedSpans };
  }

  /** How many changes there have been: grows with each. */
  get changes(): number {
    return this.#changes;
  }

  add(spans: readonly ReceivedSpan[]): void {
    for (const { traceId, span } of spans) {
      const trace = this.#traces.get(traceId) ?? this.#newTrace(traceId);
      const before = trace.bytes;
      trace.add(span);
      this.#bytes += trace.bytes - before;
      trace.changedAt = ++this.#changes;
      // Back at the end, as the one that changed last.
      this.#traces.delete(traceId);
      this.#traces.set(traceId, trace);
      this.#makeRoom(trace);
    }
  }

  find(traceId: string): HeldTrace | undefined {
    return this.#traces.get(traceId);
  }

  /** A span; undefined where it is not held. */
  span({ traceId, spanId }: CallPlace): ApiSpan | undefined {
    return this.#traces.get(traceId)?.span(spanId);
  }

  /** All traces, in no order that means anything. */
  all(): Iterable<HeldTrace> {
    return this.#traces.values();
  }

  /** All traces, the latest start first. */
  newestFirst(): readonly HeldTrace[] {
    // Nearly in order already, which makes sorting quick.
    return [...this.#traces.values()].reverse().sort((a, b) => compare(a.summary, b.summary));
  }

  /** The traces that changed after `cursor`, the earliest change first, at most so many. */
  changedSince(cursor: number, limit: number): Changes {
    const traces: HeldTrace[] = [];
    if (cursor >= this.#changes) return { traces, cursor };
    for (const trace of this.#traces.values()) {
      if (trace.changedAt <= cursor) continue;
      traces.push(trace);
      if (traces.length >= limit) return { traces, cursor: trace.changedAt };
    }
    return { traces, cursor: this.#changes };
  }

  #newTrace(traceId: string): HeldTrace {
    return new HeldTrace(traceId, { origins: this.#origins, prices: this.prices });
  }

  #makeRoom(latest: HeldTrace): void {
    const { maxTraces, maxBytes } = this.#limits;
    while (this.#traces.size > maxTraces || (this.#bytes > maxBytes && this.#traces.size > 1)) this.#dropOldest();
    // A single trace beyond the limit keeps its latest spans.
    while (this.#bytes > maxBytes && latest.spanCount > 0) {
      const before = latest.bytes;
      latest.removeFirst();
      this.#bytes += latest.bytes - before;
      this.#droppedSpans++;
    }
    if (latest.spanCount === 0) this.#traces.delete(latest.traceId);
  }

  #dropOldest(): void {
    const [oldest] = this.#traces.values();
    if (oldest === undefined) return;
    this.#traces.delete(oldest.traceId);
    this.#bytes -= oldest.bytes;
    this.#droppedTraces++;
    this.#droppedSpans += oldest.spanCount;
    oldest.clear();
  }
}

/** What decides where a trace stands in the list. */
export type TracePlace = Pick<TraceSummary, "startTime" | "traceId">;

/** The order of the list: the latest start first, and by id where two started together. */
export function compare(a: TracePlace, b: TracePlace): number {
  if (a.startTime !== b.startTime) return b.startTime - a.startTime;
  return a.traceId < b.traceId ? 1 : a.traceId > b.traceId ? -1 : 0;
}
