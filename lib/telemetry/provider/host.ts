import type { Tracer } from "@opentelemetry/api";
import { ROOT_CONTEXT, context, createContextKey, trace } from "@opentelemetry/api";
import { SDK_NAME } from "../../wire/version.js";

/** What is registered with OpenTelemetry's API for the process. */
export interface RegisteredApi {
  readonly context?: unknown;
  readonly diag?: unknown;
}

const API_KEY = Symbol.for("opentelemetry.js.api.1");
const PROBE = createContextKey("respan-instructor.probe");

/** Where the API keeps what is registered: it has no question for whether a logger or a context manager is. */
export function registeredApi(): RegisteredApi | undefined {
  return (globalThis as Record<symbol, unknown>)[API_KEY] as RegisteredApi | undefined;
}

/** Whether some OpenTelemetry SDK has registered a tracer provider in this process. */
export function hasTracerProvider(): boolean {
  // The API's stand-in has no tracer to delegate to until somebody registers a provider.
  const provider = trace.getTracerProvider() as { getDelegateTracer?: (name: string) => Tracer | undefined };
  return provider.getDelegateTracer === undefined || provider.getDelegateTracer(SDK_NAME) !== undefined;
}

/** Whether a context manager is registered that really carries contexts: tried, because the API's stand-in looks the same. */
export function hasContextManager(): boolean {
  try {
    return context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE)) === true;
  } catch {
    return false;
  }
}
