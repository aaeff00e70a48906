import type { Tracer } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Tracing } from "../../scope/tracing.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import type { Settings } from "../settings/settings.js";
import { resourceOf } from "./resource.js";
import { samplerOf } from "./sampling.js";
import { AdoptingIdGenerator } from "./trace-id-adoption.js";

/** Sixty messages, or a hundred metadata keys, are over OpenTelemetry's 128; what is over is silently left out. */
const ATTRIBUTES = 4_096;
const EVENTS = 1_024;

/** A provider of our own. It does not read the host's `OTEL_TRACES_SAMPLER` and `OTEL_*_LIMIT`. */
export interface OwnProvider {
  readonly provider: TracerProvider;
  readonly startSpan: Tracing["startSpan"];
}

export function ownProvider(settings: Settings, processor: SpanProcessor): OwnProvider {
  const ids = new AdoptingIdGenerator();
  const provider = new TracerProvider({
    resource: resourceOf(settings),
    sampler: samplerOf(settings),
    spanLimits: { attributeCountLimit: ATTRIBUTES, attributePerEventCountLimit: ATTRIBUTES, eventCountLimit: EVENTS },
    idGenerator: ids,
    spanProcessors: [processor],
  });
  const tracer: Tracer = provider.getTracer(SDK_NAME, SDK_VERSION);
  return {
    provider,
    startSpan: (name, options, parent, traceId) =>
      traceId === undefined
        ? tracer.startSpan(name, options, parent)
        : ids.within(traceId, () => tracer.startSpan(name, options, parent)),
  };
}
