import type { Context, ContextManager, Span, SpanOptions } from "@opentelemetry/api";
import type { CaptureLimits } from "../capture/bounds.js";
import { DEFAULT_LIMITS } from "../capture/bounds.js";
import type { Redactor } from "../capture/masking/redactor.js";
import { sharedState } from "../wire/package.js";
import type { Scope } from "./scope.js";

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
