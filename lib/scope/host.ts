import type { Tracer } from "@opentelemetry/api";
import { ROOT_CONTEXT, context, createContextKey, trace } from "@opentelemetry/api";
import { SDK_NAME } from "../wire/package.js";

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
