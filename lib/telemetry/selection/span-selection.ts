import type { Context, Span, SpanContext, TextMapPropagator } from "@opentelemetry/api";
import { createTraceState, isValidSpanId, SpanKind, trace, TraceFlags } from "@opentelemetry/api";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { isUnwantedPromise } from "../../capture/user-values.js";
import { EMPTY_SCOPE, scopeIn } from "../../scope/scope.js";
import { scopeOf } from "../../scope/standing-scope.js";
import { callUntraced } from "../../scope/tracing.js";
import { LLM_REQUEST_TYPE, LOG_TYPE, SPAN_KIND } from "../../wire/attributes.js";
import { SDK_NAME } from "../../wire/package.js";
import type { Warnings } from "../diagnostics.js";
import type { ShouldExportSpan } from "../telemetry-options.js";

const GEN_AI_ATTRIBUTE = "gen_ai.";

/** How instrumentations of GenAI libraries call themselves. */
const GEN_AI_INSTRUMENTATIONS = [
  "@opentelemetry/instrumentation-openai",
  "@traceloop/instrumentation-",
  "@arizeai/openinference-",
  "@respan/",
  "opentelemetry.instrumentation.openai",
  "openinference.instrumentation.",
];

/** Names that would be found in others as well: taken whole. */
const GEN_AI_INSTRUMENTATION_NAMES = new Set(["ai", "openai", "anthropic"]);

/** How OpenTelemetry's own instrumentations of libraries and frameworks call themselves. */
const INSTRUMENTATION = "@opentelemetry/instrumentation-";

/** Attributes that give a handmade span its kind at the service. */
const KIND_ATTRIBUTES = [SPAN_KIND, LLM_REQUEST_TYPE, LOG_TYPE];

/** Whether a span was opened by this package. */
export function isOurs(span: ReadableSpan): boolean {
  return span.instrumentationScope.name === SDK_NAME;
}

/** Whether a span tells of a call to a model: by its attributes, or by who made it. */
export function isGenAi(span: ReadableSpan): boolean {
  const { name } = span.instrumentationScope;
  if (GEN_AI_INSTRUMENTATION_NAMES.has(name) || GEN_AI_INSTRUMENTATIONS.some((start) => name.startsWith(start))) {
    return true;
  }
  for (const attribute in span.attributes) if (attribute.startsWith(GEN_AI_ATTRIBUTE)) return true;
  return false;
}

/**
 * Whether a span is exported where the user does not choose.
 * @param parent the context that it starts in
 */
export function isExportedByDefault(span: ReadableSpan, parent: Context): boolean {
  if (isOurs(span)) return true;
  const { isInsideChat, open } = scopeOf(parent, EMPTY_SCOPE);
  // It would repeat the chat span.
  if (isGenAi(span)) return !isInsideChat;
  if (KIND_ATTRIBUTES.some((name) => span.attributes[name] !== undefined)) {
    return !isInsideChat || span.attributes[LLM_REQUEST_TYPE] === undefined;
  }
  const isOfProgram = !span.instrumentationScope.name.startsWith(INSTRUMENTATION);
  return open !== undefined && isOfProgram && span.kind === SpanKind.INTERNAL;
}

/**
 * Whether a span that starts is exported.
 * @param parent the context that it starts in
 * @param choose the option `shouldExportSpan`
 */
export function isExported(
  span: ReadableSpan,
  parent: Context,
  choose: ShouldExportSpan | undefined,
  warnings: Warnings,
): boolean {
  const byDefault = isExportedByDefault(span, parent);
  if (choose === undefined) return byDefault;
  // It may be there to keep data from leaving: where its answer is unknown, nothing leaves.
  try {
    const choice: unknown = callUntraced(choose, false, () => choose(span, byDefault));
    if (!isUnwantedPromise(choice)) return Boolean(choice);
    warnings.warn("shouldExportSpan:async", "shouldExportSpan must not be async; its spans are not exported");
  } catch {
    warnings.warn("shouldExportSpan", "shouldExportSpan failed; the affected spans are not exported");
  }
  return false;
}

/**
 * Our entry of the W3C trace state: the id of the nearest exported span in the calling service, or {@link NOT_SAMPLED}
 * where this package left the trace out there.
 */
const TRACE_STATE_KEY = "respan";

/** Said by a caller that runs this package and does not record this trace. */
const NOT_SAMPLED = "0";

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
