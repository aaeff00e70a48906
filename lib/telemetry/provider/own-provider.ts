import type { Context, Span, SpanOptions, Tracer, TraceState } from "@opentelemetry/api";
import { isSpanContextValid, SpanKind, trace, TraceFlags } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import type { Span as RecordingSpan, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Tracing } from "../../scope/tracing.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import type { Settings } from "../settings/settings.js";
import type { Warnings } from "../warnings.js";
import { resourceOf } from "./resource.js";
import { SamplerOfUndecided, samplerOf, traceDecision } from "./sampling.js";
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
  const begin = (name: string, options: SpanOptions, parent: Context): Span =>
    isWatched() ? tracer.startSpan(name, options, parent) : startThenSet(tracer, name, options, parent);
  const beginSampled: Start = (...span) => sampler.knowing(begin, ...span);
  const start = settings.sampler === undefined ? ifSampled(beginSampled, ids, settings.sampleRate) : begin;
  return {
    provider,
    startSpan: (name, options, parent, traceId) =>
      traceId === undefined ? start(name, options, parent) : ids.within(traceId, () => start(name, options, parent)),
  };
}

type Start = (name: string, options: SpanOptions, parent: Context) => Span;

/**
 * What {@link samplerOf} decides, decided before the tracer is asked: that asks its sampler last, when it has prepared
 * what a recorded span needs, and to begin with looks up the parent in two ways.
 */
function ifSampled(begin: Start, ids: AdoptingIdGenerator, sampleRate: number | undefined): Start {
  const isSampled = sampleRate === undefined ? undefined : traceDecision(sampleRate);
  return (name, options, parent) => {
    const above = trace.getSpanContext(parent);
    if (above !== undefined && (above.traceFlags & TraceFlags.SAMPLED) !== 0) return begin(name, options, parent);
    if (above !== undefined && isSpanContextValid(above)) {
      return unsampled(above.traceId, ids.generateSpanId(), above.traceState);
    }
    if (isSampled === undefined) return begin(name, options, parent);
    const traceId = ids.generateTraceId();
    return isSampled(traceId)
      ? ids.within(traceId, () => begin(name, options, parent))
      : unsampled(traceId, ids.generateSpanId(), undefined);
  };
}

function unsampled(traceId: string, spanId: string, traceState: TraceState | undefined): Span {
  const inherited = traceState === undefined ? undefined : { traceState };
  return trace.wrapSpanContext({ traceId, spanId, traceFlags: TraceFlags.NONE, ...inherited });
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
