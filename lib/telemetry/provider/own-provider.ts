import type { Context, Span, SpanOptions, Tracer } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { setAttributes } from "../../scope/set-attributes.js";
import type { Tracing } from "../../scope/tracing.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import type { Settings } from "../settings/settings.js";
import type { Warnings } from "../warnings.js";
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

/**
 * @param isWatched whether somebody looks at attributes when a span starts: a sampler or a processor of the user's
 */
export function ownProvider(
  settings: Settings,
  processor: SpanProcessor,
  isWatched: () => boolean,
  warnings: Warnings,
): OwnProvider {
  const ids = new AdoptingIdGenerator();
  const provider = new TracerProvider({
    resource: resourceOf(settings),
    sampler: samplerOf(settings, warnings),
    spanLimits: { attributeCountLimit: ATTRIBUTES, attributePerEventCountLimit: ATTRIBUTES, eventCountLimit: EVENTS },
    idGenerator: ids,
    spanProcessors: [processor],
  });
  const tracer: Tracer = provider.getTracer(SDK_NAME, SDK_VERSION);
  const start = (name: string, options: SpanOptions, parent: Context): Span =>
    isWatched() ? tracer.startSpan(name, options, parent) : startThenSet(tracer, name, options, parent);
  return {
    provider,
    startSpan: (name, options, parent, traceId) =>
      traceId === undefined ? start(name, options, parent) : ids.within(traceId, () => start(name, options, parent)),
  };
}

/**
 * Starts a span and sets its attributes when it has started: OpenTelemetry copies and checks those that a span starts
 * with three times over, which is a third of what starting it costs.
 */
function startThenSet(tracer: Tracer, name: string, { kind, attributes }: SpanOptions, parent: Context): Span {
  const span = tracer.startSpan(name, kind === undefined || kind === SpanKind.INTERNAL ? undefined : { kind }, parent);
  if (attributes !== undefined) setAttributes(span, attributes);
  return span;
}
