import type { Context, Span, SpanContext } from "@opentelemetry/api";
import { isValidSpanId, trace, TraceFlags } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { scopeIn } from "../../scope/scope.js";

/**
 * Our entry of the W3C trace state: the id of the nearest exported span in the calling service, or {@link NOT_SAMPLED}
 * where this package left the trace out there. `parentPropagator` writes it.
 */
export const TRACE_STATE_KEY = "respan";

/** Said by a caller that runs this package and does not record this trace. */
export const NOT_SAMPLED = "0";

/**
 * The nearest span of this package above a context: an open one of this process, the one that a job carried, or the one
 * that the calling service announced in the trace state. Spans of other libraries in between do not count.
 * @param parent the context's span
 */
export function ownParent(context: Context, parent = trace.getSpan(context)): Span | undefined {
  if (parent === undefined) return undefined;
  const scope = scopeIn(context);
  const ours = scope?.open?.span ?? scope?.remote;
  if (ours === parent) return parent;
  const spanContext = parent.spanContext();
  // A span of another trace is not above this one, even if the scope still holds it.
  if (ours?.spanContext().traceId === spanContext.traceId) return ours;
  const announced = spanContext.traceState?.get(TRACE_STATE_KEY);
  if (announced === undefined) return undefined;
  const traceFlags = announced === NOT_SAMPLED ? TraceFlags.NONE : TraceFlags.SAMPLED;
  return trace.wrapSpanContext({ ...spanContext, traceFlags });
}

/**
 * Hangs each exported span on its nearest exported ancestor, so that a trace has no missing parents. Places are kept by
 * the very objects of the spans and go with them, however late a child may start under a span that has ended.
 */
export class Ancestry {
  /**
   * The nearest exported ancestor of each span that is not exported, by span context, which is where a child finds its
   * parent; `undefined` where its children become roots.
   */
  readonly #rejected = new WeakMap<SpanContext, SpanContext | undefined>();
  /** The parents of exported spans that hang elsewhere than where they started. */
  readonly #moved = new WeakMap<ReadableSpan, SpanContext | undefined>();

  /**
   * Notes a span that starts.
   * @param isChosen whether it is to be exported; a sampler may have a span recorded for processors alone, which is not
   */
  note(span: ReadableSpan, isChosen: boolean): void {
    const parent = span.parentSpanContext;
    if (!isChosen || !isSampled(span.spanContext())) {
      this.#rejected.set(span.spanContext(), this.#above(parent));
    } else if (parent !== undefined) {
      const ancestor = this.nearest(parent);
      if (ancestor !== parent) this.#moved.set(span, ancestor);
    }
  }

  /** Whether a span that ends is exported. */
  isAccepted(span: ReadableSpan): boolean {
    const spanContext = span.spanContext();
    return isSampled(spanContext) && !this.#rejected.has(spanContext);
  }

  /** The parent that a span is exported with. */
  parentOf(span: ReadableSpan): SpanContext | undefined {
    return this.#moved.has(span) ? this.#moved.get(span) : span.parentSpanContext;
  }

  /** The span itself where it is exported, as far as is known, else its nearest ancestor that is. */
  nearest(span: SpanContext): SpanContext | undefined {
    if (this.#rejected.has(span)) return this.#rejected.get(span);
    const exported = span.isRemote === true ? announced(span) : undefined;
    // A span that is not sampled arrives nowhere, and what is above it is not known.
    return exported ?? (isSampled(span) ? span : undefined);
  }

  #above(parent: SpanContext | undefined): SpanContext | undefined {
    if (parent === undefined) return undefined;
    // An instrumentation's span under one of another process, about which that process says nothing: most likely it is
    // an instrumentation's as well, and not exported.
    return parent.isRemote === true ? announced(parent) : this.nearest(parent);
  }
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

function announced(remote: SpanContext): SpanContext | undefined {
  const spanId = remote.traceState?.get(TRACE_STATE_KEY);
  return spanId !== undefined && isValidSpanId(spanId) ? { ...remote, spanId } : undefined;
}
