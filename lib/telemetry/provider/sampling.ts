import type { Sampler } from "@opentelemetry/sdk-trace";
import { AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace";
import type { Settings } from "../settings/settings.js";

/** Which traces are recorded. A span with a parent follows it, so that a trace is whole or not there at all. */
export function samplerOf({ sampler, sampleRate }: Settings): Sampler {
  if (sampler !== undefined) return sampler;
  return new ParentBasedSampler({
    root: sampleRate === undefined ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(sampleRate),
  });
}
