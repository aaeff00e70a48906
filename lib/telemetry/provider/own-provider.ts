import type { Context, Span, SpanOptions, Tracer } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Span as RecordingSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Tracing } from "../../scope/tracing.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import type { Settings } from "../settings/settings.js";
import type { Warnings } from "../warnings.js";
import { resourceOf } from "./resource.js";
import type { Start } from "./sampled-start.js";
import { sampledStart } from "./sampled-start.js";
import { SamplerOfUndecided, samplerOf } from "./sampling.js";
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
  const sampler = new SamplerOfUndecided(samplerOf(settings, warnings));
  const provider = new TracerProvider({
    resource: resourceOf(settings),
    sampler,
    spanLimits: { attributeCountLimit: ATTRIBUTES, attributePerEventCountLimit: ATTRIBUTES, eventCountLimit: EVENTS },
    idGenerator: ids,
    spanProcessors: [processor],
  });
  const tracer: Tracer = provider.getTracer(SDK_NAME, SDK_VERSION);
  const begin: Start = (name, options, parent) =>
    isWatched() ? tracer.startSpan(name, options, parent) : startThenSet(tracer, name, options, parent);
  const start = settings.sampler === undefined ? sampledStart(begin, sampler, ids, settings.sampleRate) : begin;
  return {
    provider,
    startSpan: (name, options, parent, traceId) =>
      traceId === undefined ? start(name, options, parent) : ids.within(traceId, () => start(name, options, parent)),
  };
}

/**
 * Starts a span and gives it its attributes when it has started: OpenTelemetry copies and checks those that a span
 * starts with three times over. Ours are attributes already, and fewer than a span may have.
 */
function startThenSet(tracer: Tracer, name: string, { kind, attributes }: SpanOptions, parent: Context): Span {
  const span = tracer.startSpan(name, kind === undefined || kind === SpanKind.INTERNAL ? undefined : { kind }, parent);
  if (attributes !== undefined && span.isRecording()) Object.assign((span as RecordingSpan).attributes, attributes);
  return span;
}
