import type { Span, SpanContext, TraceState } from "@opentelemetry/api";
import { TraceFlags } from "@opentelemetry/api";
import { randomSpanId } from "./random-ids.js";

/** What the spans of a trace that is not recorded have in common. */
export interface UnsampledTrace {
  readonly id: { readonly text: string };
  readonly traceState: TraceState | undefined;
}

/** A span that is not recorded. It has ids, for those who pass them on; they are made when somebody asks for them. */
export class UnsampledSpan implements Span {
  #context: SpanContext | undefined;

  constructor(readonly trace: UnsampledTrace) {}

  spanContext(): SpanContext {
    return (this.#context ??= this.#made());
  }

  #made(): SpanContext {
    const { id, traceState } = this.trace;
    const ids = { traceId: id.text, spanId: randomSpanId(), traceFlags: TraceFlags.NONE };
    return traceState === undefined ? ids : { ...ids, traceState };
  }

  isRecording(): boolean {
    return false;
  }

  setAttribute(): this {
    return this;
  }

  setAttributes(): this {
    return this;
  }

  addEvent(): this {
    return this;
  }

  addLink(): this {
    return this;
  }

  addLinks(): this {
    return this;
  }

  setStatus(): this {
    return this;
  }

  updateName(): this {
    return this;
  }

  recordException(): void {
    // Nothing is kept.
  }

  end(): void {
    // Nothing was begun.
  }
}
