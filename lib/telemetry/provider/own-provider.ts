import type { SpanLimits, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import type { Tracing } from "../../scope/tracing.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import { tracerOptionsOf } from "../settings/opentelemetry-settings.js";
import type { Settings } from "../settings/settings.js";
import type { Warnings } from "../warnings.js";
import { resourceOf } from "./resource.js";
import { samplerOf } from "./sampling.js";
import { AdoptingIdGenerator } from "./trace-id-adoption.js";

/**
 * Every limit is given, because the SDK reads a missing one from the host's `OTEL_*_LIMIT`. The counts are above its
 * default of 128: sixty messages or a hundred metadata keys would exceed that, and the SDK drops the rest silently.
 */
const SPAN_LIMITS: Required<SpanLimits> = {
  attributeValueLengthLimit: Infinity,
  attributeCountLimit: 4_096,
  linkCountLimit: 128,
  eventCountLimit: 1_024,
  attributePerEventCountLimit: 4_096,
  attributePerLinkCountLimit: 128,
};

/** OpenTelemetry's provider with our settings. */
export interface OwnProvider {
  readonly provider: NodeTracerProvider;
  readonly startSpan: Tracing["startSpan"];
}

/**
 * Makes a provider that the host's `OTEL_TRACES_SAMPLER` and `OTEL_*_LIMIT` do not reach. The SDK still complains of a
 * sampler that it does not know, so construct this before setting a `diag` logger.
 */
export function ownProvider(settings: Settings, processor: SpanProcessor, warnings: Warnings): OwnProvider {
  const ids = new AdoptingIdGenerator();
  const provider = new NodeTracerProvider({
    resource: resourceOf(settings),
    sampler: samplerOf(settings, warnings),
    spanLimits: SPAN_LIMITS,
    idGenerator: ids,
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer(SDK_NAME, SDK_VERSION, tracerOptionsOf(settings.otel));
  return {
    provider,
    startSpan: (name, options, parent, traceId) => {
      const start = () => tracer.startSpan(name, options, parent);
      return traceId === undefined ? start() : ids.within(traceId, start);
    },
  };
}
