import type { Context, ContextManager, Span, SpanOptions, Tracer } from "@opentelemetry/api";
import type { CaptureLimits } from "../capture/bounds.js";
import { DEFAULT_LIMITS } from "../capture/bounds.js";
import type { Redactor } from "../capture/masking/redactor.js";
import { sharedState, SDK_NAME } from "../wire/package.js";
import type { Scope } from "./scope.js";
import { ROOT_CONTEXT, context, createContextKey, trace } from "@opentelemetry/api";
import { isTracingSuppressed, suppressTracing } from "@opentelemetry/core";

/** Where the current context is read and a function is run under another: OpenTelemetry's API, or a manager of our own. */
export type Contexts = Pick<ContextManager, "active" | "with" | "bind">;

/** What can be ended from outside. */
export interface Endable {
  end(): void;
}

/**
 * What decorators and the traced client need of telemetry. Its shape is shared by every copy of this package in the
 * process (the ESM and the CommonJS build, or two versions), so that it may only grow.
 */
export interface Tracing {
  readonly contexts: Contexts;
  /** Whether our spans live beside a host's: under {@link SCOPE_KEY} alone, never as the host's active span. */
  readonly isIsolated: boolean;
  /** The outermost scope: what every span inherits. */
  readonly defaults: Scope;
  readonly redactor: Redactor;
  /** How much of a value is recorded; absent where another version of this package provides tracing. */
  readonly limits?: CaptureLimits | undefined;
  /** Whether content is written in the current OpenTelemetry GenAI form. */
  readonly usesLatestGenAi: boolean;
  /** Our spans that are open now, to be ended when telemetry shuts down. */
  readonly open: Set<Endable>;
  /**
   * Starts a span.
   * @param parent the context with the parent span, or with none
   * @param traceId the trace that a span without a parent belongs to
   */
  startSpan(name: string, options: SpanOptions, parent: Context, traceId: string | undefined): Span;
}

/** The one place of the process that holds the tracing of the newest telemetry. */
export interface TracingSlot {
  tracing: Tracing | undefined;
}

/** How much of a value is recorded. */
export function limitsOf({ limits = DEFAULT_LIMITS }: Tracing): CaptureLimits {
  return limits;
}

/** Read at every call: one property of one object that all copies of this package hold. */
export const slot: TracingSlot = sharedState("tracing.1", () => ({ tracing: undefined }));

/** Where the current context lives: telemetry's, or OpenTelemetry's API where there is none. */
export function contexts(): Contexts {
  return slot.tracing?.contexts ?? context;
}

/**
 * Runs work that calls the host's code only because of tracing: `toJSON`, getters, options that are functions.
 * No span opens in it, nor in what it starts and does not wait for.
 */
export function untraced<R>(work: () => R): R {
  const where = contexts();
  const here = where.active();
  return isTracingSuppressed(here) ? work() : where.with(suppressTracing(here), work);
}

/** What is being called by {@link callUntraced} now. */
const running = new Set<object>();

/**
 * Calls a function of the options untraced, and not from inside itself: one that adds an event to the current span, say,
 * would be asked about that event too.
 * @param fn the function, or the object whose method is called
 * @param again the result of a call from inside itself: the strictest one
 * @throws what the call throws
 */
export function callUntraced<R>(fn: object, again: R, call: () => R): R {
  if (running.has(fn)) return again;
  running.add(fn);
  try {
    return untraced(call);
  } finally {
    running.delete(fn);
  }
}

const PROBE_KEY = createContextKey("respan-instructor.probe");
const PROBE = ROOT_CONTEXT.setValue(PROBE_KEY, true);

/** Whether an OpenTelemetry SDK has registered a tracer provider in this process. */
export function hasTracerProvider(): boolean {
  // The API's `ProxyTracerProvider` has no tracer to delegate to until a provider is registered.
  const provider = trace.getTracerProvider() as { getDelegateTracer?: (name: string) => Tracer | undefined };
  return provider.getDelegateTracer === undefined || provider.getDelegateTracer(SDK_NAME) !== undefined;
}

/** Whether a context manager is registered that carries contexts. The API cannot be asked, so this tries it. */
export function hasContextManager(): boolean {
  try {
    return context.with(PROBE, () => context.active().getValue(PROBE_KEY) === true);
  } catch {
    return false;
  }
}
