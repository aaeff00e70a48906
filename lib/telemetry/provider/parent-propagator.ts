import type { Context, TextMapPropagator } from "@opentelemetry/api";
import { createTraceState, trace, TraceFlags } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import type { Ancestry } from "../selection/ancestry.js";
import { NOT_SAMPLED, ownParent, TRACE_STATE_KEY } from "../selection/ancestry.js";

/**
 * W3C trace context and baggage. The span that is active when a request leaves is most often an HTTP instrumentation's,
 * which is not exported: the trace state, W3C's place for such things, says which span is, so that the other side can
 * hang its own on that one; or that the trace is not recorded here.
 */
export function parentPropagator(ancestry: Ancestry): TextMapPropagator {
  const w3c = new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] });
  return {
    inject: (context, carrier, setter) => w3c.inject(withParent(context, ancestry), carrier, setter),
    extract: (context, carrier, getter) => w3c.extract(context, carrier, getter),
    fields: () => w3c.fields(),
  };
}

function withParent(context: Context, ancestry: Ancestry): Context {
  const active = trace.getSpanContext(context);
  if (active === undefined) return context;
  const standing = active.traceState ?? createTraceState();
  const announced = ancestry.nearest(active)?.spanId ?? (isLeftOut(context) ? NOT_SAMPLED : undefined);
  const traceState =
    announced === undefined ? standing.unset(TRACE_STATE_KEY) : standing.set(TRACE_STATE_KEY, announced);
  return trace.setSpanContext(context, { ...active, traceState });
}

/** Whether one of our spans decided that this trace is not recorded: the other side keeps to that. */
function isLeftOut(context: Context): boolean {
  const ours = ownParent(context)?.spanContext();
  return ours !== undefined && (ours.traceFlags & TraceFlags.SAMPLED) === 0;
}
