import type { Span } from "@opentelemetry/api";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { AlwaysOnSampler, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { warnOnce } from "../../observe/warn-once.js";
import { SDK_NAME } from "../../wire/version.js";

/** Whether a span can be read back, as every span of OpenTelemetry's SDK can. */
export function isReadable(span: object): span is ReadableSpan {
  const isObject = (name: string): boolean => typeof Reflect.get(span, name) === "object";
  return isObject("attributes") && isObject("instrumentationScope");
}

/**
 * Whether another tool has replaced the classes that OpenTelemetry's SDK exports. Its spans would go to that tool, and
 * nothing could be read from them.
 */
export function isSdkReplaced(): boolean {
  const provider = new NodeTracerProvider({ sampler: new AlwaysOnSampler() });
  const probe: Span = provider.getTracer(SDK_NAME).startSpan("probe", {}, ROOT_CONTEXT);
  return !isReadable(probe);
}

/** Says, once in the process, that spans cannot be recorded. */
export function warnOfReplacedSdk(): void {
  warnOnce(
    "replaced-sdk",
    "another tool replaces OpenTelemetry's tracer provider, as dd-trace does with DD_TRACE_OTEL_ENABLED; nothing is recorded or exported: unset that variable",
  );
}
