import type { Context } from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import type { Sampler, SamplingResult } from "@opentelemetry/sdk-trace-node";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import { isUnwantedPromise } from "../../capture/unwanted-promise.js";
import { callUntraced } from "../../scope/tracing.js";
import type { Settings } from "../settings/settings.js";
import type { Warnings } from "../diagnostics.js";
import { ownParent } from "../selection/ancestry.js";

/** Which traces are recorded. */
export function samplerOf({ sampler, sampleRate }: Settings, warnings: Warnings): Sampler {
  return sampler === undefined ? ownParentSampler(sampleRate) : guardedSampler(sampler, warnings);
}

/**
 * A span below our own follows it, so that a trace is recorded whole or not at all. A parent of another library
 * decides nothing: a proxy's `traceparent: …-00`, or a tool that samples a tenth, must not silence this package.
 */
function ownParentSampler(sampleRate: number | undefined): Sampler {
  const parentBased = new ParentBasedSampler({ root: rootSampler(sampleRate) });
  return { shouldSample: (context, ...asked) => parentBased.shouldSample(contextOfOurs(context), ...asked) };
}

/** The ratio sampler reads the trace id of every span, which needs no reading where all or none are recorded. */
function rootSampler(sampleRate = 1): Sampler {
  if (sampleRate === 0) return new AlwaysOffSampler();
  return sampleRate === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(sampleRate);
}

/** The context with our nearest span as the parent, or with none. */
function contextOfOurs(context: Context): Context {
  const parent = trace.getSpan(context);
  if (parent === undefined) return context;
  const ours = ownParent(context, parent);
  if (ours === parent) return context;
  return ours === undefined ? trace.deleteSpan(context) : trace.setSpan(context, ours);
}

const NOT_RECORDED: SamplingResult = Object.freeze({ decision: SamplingDecision.NOT_RECORD });

/**
 * The sampler of the options. Where it fails, the span is not recorded and its caller does not notice: the host's own
 * spans may start through the same provider, in code that expects no exception.
 */
function guardedSampler(sampler: Sampler, warnings: Warnings): Sampler {
  const shouldSample: Sampler["shouldSample"] = (...asked) => {
    let complaint = "failed";
    try {
      const result = callUntraced(sampler, NOT_RECORDED, () => sampler.shouldSample(...asked));
      // Reading it may throw too.
      if (result.decision in SamplingDecision) return result;
      if (isUnwantedPromise(result)) complaint = "must not be async";
    } catch {
      // Its decision is unknown.
    }
    warnings.warn(`sampler ${complaint}`, `the sampler ${complaint}; the spans that it was asked for are not recorded`);
    return NOT_RECORDED;
  };
  return { shouldSample };
}
