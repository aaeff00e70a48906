import type { ApiSpan, CallCost, TraceSummary } from "../api.js";
import type { Prices } from "../cost/prices.js";
import type { SpanFacts } from "./span-facts.js";
import { factsOf } from "./span-facts.js";
import type { SharedText, SharedTexts } from "./shared-texts.js";
import { summaryOf } from "./summary.js";
import { callsOf } from "./trace-calls.js";
import type { HeldCall } from "./trace-calls.js";

/** About what a held span costs beside its text. */
const SPAN_OVERHEAD = 500;

interface HeldSpan {
  readonly facts: SpanFacts;
  /** The span's JSON without its resource and scope, as bytes outside of the JavaScript heap. */
  readonly text: Buffer;
  /** Resource and scope, which most spans of a service have in common. */
  readonly origin: SharedText;
}

/** The spans of one trace. Each is kept as text, since most are never looked at. */
export class HeldTrace {
  readonly traceId: string;
  readonly #spans = new Map<string, HeldSpan>();
  readonly #origins: SharedTexts;
  readonly #prices: Prices;
  #bytes = 0;
  #calls: readonly HeldCall[] | undefined;
  #summary: TraceSummary | undefined;
  /** The number of the change that touched this trace last. */
  changedAt = 0;

  constructor(traceId: string, { origins, prices }: { readonly origins: SharedTexts; readonly prices: Prices }) {
    this.traceId = traceId;
    this.#prices = prices;
    this.#origins = origins;
  }

  get spanCount(): number {
    return this.#spans.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get summary(): TraceSummary {
    return (this.#summary ??= summaryOf(this.traceId, this.#spans, this.calls));
  }

  /** Its model calls, found once after each change. */
  get calls(): readonly HeldCall[] {
    return (this.#calls ??= callsOf(this.traceId, this.#spans));
  }

  /** Takes a span in; one with the same id is replaced. */
  add(span: ApiSpan): void {
    this.#remove(span.spanId);
    const { resource, scope, ...own } = span;
    const origin = this.#origins.hold(JSON.stringify({ resource, scope }));
    const text = Buffer.from(JSON.stringify(own));
    this.#spans.set(span.spanId, { facts: factsOf(span, this.#prices), text, origin });
    this.#bytes += text.length + SPAN_OVERHEAD;
    this.#forget();
  }

  /** Lets the span go that came first. */
  removeFirst(): void {
    const [first] = this.#spans.keys();
    if (first !== undefined) this.#remove(first);
  }

  clear(): void {
    for (const { origin } of this.#spans.values()) this.#origins.release(origin);
    this.#spans.clear();
  }

  /** The JSON of each span, in order of their start. */
  *spanTexts(): Generator<string> {
    const inOrder = [...this.#spans.values()].sort((a, b) => a.facts.startTime - b.facts.startTime);
    for (const span of inOrder) yield jsonOf(span);
  }

  /** The JSON of each span without resource and scope, in no order. */
  *ownTexts(): Generator<string> {
    for (const { text } of this.#spans.values()) yield text.toString();
  }

  /** What each of its model calls cost. */
  costs(): Readonly<Record<string, CallCost>> {
    return Object.fromEntries(
      this.calls.map(({ spanId, facts: { call } }) => [
        spanId,
        { usd: call.usd ?? null, attempts: call.attempts.map(({ usd }) => usd ?? null) },
      ]),
    );
  }

  /** One of its spans; undefined where it is not held. */
  span(spanId: string): ApiSpan | undefined {
    const held = this.#spans.get(spanId);
    return held === undefined ? undefined : (JSON.parse(jsonOf(held)) as ApiSpan);
  }

  #remove(spanId: string): void {
    const span = this.#spans.get(spanId);
    if (span === undefined) return;
    this.#spans.delete(spanId);
    this.#origins.release(span.origin);
    this.#bytes -= span.text.length + SPAN_OVERHEAD;
    this.#forget();
  }

  #forget(): void {
    this.#calls = undefined;
    this.#summary = undefined;
  }
}

/** A span as it came, with its resource and scope. */
function jsonOf({ text, origin }: HeldSpan): string {
  return `${text.toString("utf8", 0, text.length - 1)},${origin.text.slice(1)}`;
}
