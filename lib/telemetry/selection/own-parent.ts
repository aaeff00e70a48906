import type { Context, Span } from "@opentelemetry/api";
import { trace, TraceFlags } from "@opentelemetry/api";
import type { Scope } from "../../scope/scope.js";
import { SCOPE_KEY } from "../../scope/scope.js";

/**
 * Our entry of the W3C trace state: the id of the nearest exported span in the calling service, or {@link NOT_SAMPLED}
 * where this package left the trace out there. See `ParentPropagator`.
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
  const scope = context.getValue(SCOPE_KEY) as Scope | undefined;
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
