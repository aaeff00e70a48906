import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from "@opentelemetry/api";
import { createTraceState, trace, TraceFlags } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import type { AcceptedAncestry } from "../selection/accepted-ancestry.js";
import { NOT_SAMPLED, ownParent, TRACE_STATE_KEY } from "../selection/own-parent.js";

/**
 * W3C trace context and baggage. The span that is active when a request leaves is most often an HTTP instrumentation's,
 * which is not exported: the trace state, W3C's place for such things, says which span is, so that the other side can
 * hang its own on that one; or that the trace is not recorded here.
 */
export class ParentPropagator implements TextMapPropagator {
  readonly #w3c = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  });
  readonly #ancestry: AcceptedAncestry;

  constructor(ancestry: AcceptedAncestry) {
    this.#ancestry = ancestry;
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    this.#w3c.inject(this.#withParent(context), carrier, setter);
  }

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    return this.#w3c.extract(context, carrier, getter);
  }

  fields(): string[] {
    return this.#w3c.fields();
  }

  #withParent(context: Context): Context {
    const active = trace.getSpanContext(context);
    if (active === undefined) return context;
    const standing = active.traceState ?? createTraceState();
    const announced = this.#ancestry.nearest(active)?.spanId ?? (isLeftOut(context) ? NOT_SAMPLED : undefined);
    const traceState =
      announced === undefined ? standing.unset(TRACE_STATE_KEY) : standing.set(TRACE_STATE_KEY, announced);
    return trace.setSpanContext(context, { ...active, traceState });
  }
}

/** Whether a span of ours decided that this trace is not recorded: the other side keeps to that. */
function isLeftOut(context: Context): boolean {
  const ours = ownParent(context)?.spanContext();
  return ours !== undefined && (ours.traceFlags & TraceFlags.SAMPLED) === 0;
}
