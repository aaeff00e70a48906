import type { Tracer } from "@opentelemetry/api";
import { ROOT_CONTEXT, context, createContextKey, trace } from "@opentelemetry/api";
import { SDK_NAME } from "../../wire/version.js";

const PROBE = createContextKey("respan-instructor.probe");

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
