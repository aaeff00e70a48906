import type { Attributes } from "@opentelemetry/api";
import { isValidTraceId } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import type { IdGenerator, SpanLimits, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { NodeTracerProvider, RandomIdGenerator } from "@opentelemetry/sdk-trace-node";
import type { Tracing } from "../../scope/tracing.js";
import { DEPLOYMENT_ENVIRONMENT_NAME, SERVICE_NAME } from "../../wire/attributes.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import { tracerOptionsOf } from "../settings/variables.js";
import type { Settings } from "../settings/settings.js";
import type { Warnings } from "../diagnostics.js";
import { samplerOf } from "./sampling.js";

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

/** OpenTelemetry's random ids, except for a span that joins the trace of a host beside which it lives. */
class AdoptingIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #adopted: string | undefined;

  generateTraceId = (): string => {
    const adopted = this.#adopted;
    // A processor that is told of the span may start one of its own.
    this.#adopted = undefined;
    return adopted ?? this.#random.generateTraceId();
  };

  generateSpanId = (): string => this.#random.generateSpanId();

  /** Runs `start` with a trace id for the one root span that it starts; an invalid one is ignored. */
  within<R>(traceId: string, start: () => R): R {
    if (!isValidTraceId(traceId)) return start();
    this.#adopted = traceId;
    try {
      return start();
    } finally {
      this.#adopted = undefined;
    }
  }
}

/** The service that spans come from: constructor over variable over what the detector finds, OTEL_SERVICE_NAME first. */
function resourceOf({ given, appName, environment, resourceAttributes }: Settings): Resource {
  const attributes: Attributes = { ...resourceAttributes };
  // A name among `resourceAttributes` is the constructor's too; `appName` may be the variable's.
  if (given.has("appName") || attributes[SERVICE_NAME] === undefined) attributes[SERVICE_NAME] = appName;
  if (environment !== undefined) attributes[DEPLOYMENT_ENVIRONMENT_NAME] = environment;
  return defaultResource()
    .merge(resourceFromAttributes({ [SERVICE_NAME]: "respan" }))
    .merge(detectResources({ detectors: [envDetector] }))
    .merge(resourceFromAttributes(attributes));
}
