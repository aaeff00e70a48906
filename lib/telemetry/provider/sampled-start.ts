import type { Context, Span, SpanOptions } from "@opentelemetry/api";
import { isSpanContextValid, trace, TraceFlags } from "@opentelemetry/api";
import { RandomTraceId } from "./random-ids.js";
import type { SamplerOfUndecided } from "./sampling.js";
import type { AdoptingIdGenerator } from "./trace-id-adoption.js";
import { UnsampledSpan } from "./unsampled-span.js";

export type Start = (name: string, options: SpanOptions, parent: Context) => Span;

/**
 * Decides on spans of ours what the provider's sampler would, before OpenTelemetry's tracer is asked for them: that asks
 * its sampler when it has prepared all that a recorded span needs, and looks up the parent twice.
 * @param begin starts a span that is recorded
 */
export function sampledStart(
  begin: Start,
  sampler: SamplerOfUndecided,
  ids: AdoptingIdGenerator,
  sampleRate: number | undefined,
): Start {
  const record: Start = (...span) => sampler.knowing(begin, ...span);
  const sampledPlaces = sampleRate === undefined ? undefined : placesSampled(sampleRate);
  return (name, options, parent) => {
    const above = trace.getSpan(parent);
    if (above instanceof UnsampledSpan) return new UnsampledSpan(above.trace);
    const aboveIds = above?.spanContext();
    const isSampled = aboveIds === undefined || (aboveIds.traceFlags & TraceFlags.SAMPLED) !== 0;
    // Where all roots are recorded it does not matter whether this is one: ids are dear to check.
    if (isSampled && sampledPlaces === undefined) return record(name, options, parent);
    if (aboveIds !== undefined && isSpanContextValid(aboveIds)) {
      if (isSampled) return record(name, options, parent);
      return new UnsampledSpan({ id: { text: aboveIds.traceId }, traceState: aboveIds.traceState });
    }
    if (sampledPlaces === undefined) return record(name, options, parent);
    const { adopted } = ids;
    const id = adopted === undefined ? new RandomTraceId() : { text: adopted, place: placeOf(adopted) };
    return id.place < sampledPlaces
      ? ids.within(id.text, () => record(name, options, parent))
      : new UnsampledSpan({ id, traceState: undefined });
  };
}

/** How many of the 2^32 places are sampled, as OpenTelemetry's `TraceIdRatioBasedSampler` counts them. */
function placesSampled(sampleRate: number): number {
  return sampleRate === 1 ? 2 ** 32 : Math.floor(sampleRate * (2 ** 32 - 1));
}

/** A trace's place by its id, as that sampler reads it: services that keep the same share keep the same traces. */
function placeOf(traceId: string): number {
  let place = 0;
  for (let at = 0; at < traceId.length; at += 8) place ^= Number.parseInt(traceId.slice(at, at + 8), 16);
  return place >>> 0;
}
