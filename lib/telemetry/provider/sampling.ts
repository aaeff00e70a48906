import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace";
import {
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
import { isUnwantedPromise } from "../../capture/unwanted-promise.js";
import type { Settings } from "../settings/settings.js";
import type { Warnings } from "../warnings.js";

/** Which traces are recorded. A span with a parent follows it, so that a trace is whole or not there at all. */
export function samplerOf({ sampler, sampleRate }: Settings, warnings: Warnings): Sampler {
  if (sampler !== undefined) return new GuardedSampler(sampler, warnings);
  return new ParentBasedSampler({
    root: sampleRate === undefined ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(sampleRate),
  });
}

const SAMPLED: SamplingResult = Object.freeze({ decision: SamplingDecision.RECORD_AND_SAMPLED });

/** Asks a sampler, but not about spans that were decided on before OpenTelemetry's tracer was asked for them. */
export class SamplerOfUndecided implements Sampler {
  readonly #sampler: Sampler;
  #isDecided = false;

  constructor(sampler: Sampler) {
    this.#sampler = sampler;
  }

  /** Runs `start`, which starts one span that is to be recorded. */
  knowing<Args extends unknown[], R>(start: (...args: Args) => R, ...args: Args): R {
    this.#isDecided = true;
    try {
      return start(...args);
    } finally {
      this.#isDecided = false;
    }
  }

  shouldSample(...asked: Parameters<Sampler["shouldSample"]>): SamplingResult {
    if (!this.#isDecided) return this.#sampler.shouldSample(...asked);
    // A processor that is told of the span may start one of its own.
    this.#isDecided = false;
    return SAMPLED;
  }

  toString(): string {
    return this.#sampler.toString();
  }
}

const NOT_SAMPLED: SamplingResult = Object.freeze({ decision: SamplingDecision.NOT_RECORD });

/**
 * A sampler of the user's, whose failure costs a span and not the work that the span is for: a host's own spans are
 * started through the same provider, by code that expects no exception.
 */
class GuardedSampler implements Sampler {
  readonly #sampler: Sampler;
  readonly #warnings: Warnings;

  constructor(sampler: Sampler, warnings: Warnings) {
    this.#sampler = sampler;
    this.#warnings = warnings;
  }

  shouldSample(...asked: Parameters<Sampler["shouldSample"]>): SamplingResult {
    let complaint = "failed";
    try {
      const result = this.#sampler.shouldSample(...asked);
      // Read here, where it may throw.
      if (result.decision in SamplingDecision) return result;
      if (isUnwantedPromise(result)) complaint = "must not be async";
    } catch {
      // What it would have said is unknown.
    }
    this.#warnings.warn(
      `sampler ${complaint}`,
      `the sampler ${complaint}; the spans that it was asked for are not recorded`,
    );
    return NOT_SAMPLED;
  }

  toString(): string {
    return "GuardedSampler";
  }
}
