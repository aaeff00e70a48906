import type { Attributes, Context, Counter, Histogram, MeterProvider } from "@opentelemetry/api";
import { createNoopMeter, metrics } from "@opentelemetry/api";
import { quietly } from "../observe/warn-once.js";
import {
  ATTEMPTS_METRIC,
  CACHE_READ_METRIC,
  CACHE_WRITE_METRIC,
  INFERENCE_DURATION_METRIC,
  INPUT_TOKENS_METRIC,
  OUTPUT_TOKENS_METRIC,
  REASONING_METRIC,
  VALIDATION_FAILURES_METRIC,
} from "../wire/attributes.js";
import { SDK_NAME, SDK_VERSION } from "../wire/package.js";

/** An instrument whose sets of labels are bounded. */
export interface Instrument {
  /** @param fixed labels with few values, which are never replaced */
  record(value: number, labels: Attributes, context: Context, fixed?: Attributes): void;
}

/** What a call is measured with. */
export interface Instruments {
  readonly duration: Instrument;
  readonly inputTokens: Instrument;
  readonly outputTokens: Instrument;
  readonly cacheRead: Instrument;
  readonly cacheWrite: Instrument;
  readonly reasoning: Instrument;
  readonly attempts: Instrument;
  readonly validationFailures: Instrument;
}

/** The boundaries that the GenAI conventions ask for. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const ATTEMPTS = [1, 2, 3, 4, 5, 10];

let held: { readonly provider: MeterProvider; readonly instruments: Instruments | undefined } | undefined;

/** The instruments of the `MeterProvider` that is registered now, made at first use; `undefined` where none is. */
export function registeredInstruments(): Instruments | undefined {
  const provider = metrics.getMeterProvider();
  if (held?.provider !== provider) {
    held = { provider, instruments: quietly("metrics could not be set up", () => instrumentsOf(provider)) };
  }
  return held.instruments;
}

function instrumentsOf(provider: MeterProvider): Instruments | undefined {
  const meter = provider.getMeter(SDK_NAME, SDK_VERSION);
  // What the API gives where no provider is registered.
  if (meter === createNoopMeter()) return undefined;
  const seconds = { unit: "s", advice: { explicitBucketBoundaries: SECONDS } };
  const attempts = { unit: "{attempt}", advice: { explicitBucketBoundaries: ATTEMPTS } };
  const tokens = (name: string, description: string): Instrument =>
    counting(meter.createCounter(name, { unit: "{token}", description }));
  return {
    duration: measuring(
      meter.createHistogram(INFERENCE_DURATION_METRIC, { ...seconds, description: "Duration of a structured call." }),
    ),
    inputTokens: tokens(INPUT_TOKENS_METRIC, "Input tokens used, cached ones included."),
    outputTokens: tokens(OUTPUT_TOKENS_METRIC, "Output tokens used, those for reasoning included."),
    cacheRead: tokens(CACHE_READ_METRIC, "Input tokens read from the provider's cache."),
    cacheWrite: tokens(CACHE_WRITE_METRIC, "Input tokens written to the provider's cache."),
    reasoning: tokens(REASONING_METRIC, "Output tokens used for reasoning."),
    attempts: measuring(
      meter.createHistogram(ATTEMPTS_METRIC, { ...attempts, description: "Attempts of a structured call." }),
    ),
    validationFailures: counting(
      meter.createCounter(VALIDATION_FAILURES_METRIC, {
        unit: "{attempt}",
        description: "Attempts that failed validation, by path and code.",
      }),
    ),
  };
}

function measuring(histogram: Histogram): Instrument {
  const sets = new LabelSets();
  return {
    record: (value, labels, context, fixed) => histogram.record(value, { ...sets.bounded(labels), ...fixed }, context),
  };
}

function counting(counter: Counter): Instrument {
  const sets = new LabelSets();
  return {
    record: (value, labels, context, fixed) => counter.add(value, { ...sets.bounded(labels), ...fixed }, context),
  };
}

/** Enough for a dashboard; a backend keeps one time series, or a dozen, for each set. */
const MOST_SETS = 200;

/** In place of every label of a set that there is no room for. */
const OTHER = "other";

/**
 * Bounds how many sets of labels an instrument gets. A program that makes up names, of response models say, would
 * otherwise create time series without end.
 */
class LabelSets {
  readonly #known = new Set<string>();

  /** The labels as they are, or with `other` for each text where there are too many sets; numbers are then left out. */
  bounded(labels: Attributes): Attributes {
    const key = JSON.stringify(labels);
    if (this.#known.has(key)) return labels;
    if (this.#known.size < MOST_SETS) {
      this.#known.add(key);
      return labels;
    }
    const names = Object.keys(labels).filter((name) => typeof labels[name] === "string");
    return Object.fromEntries(names.map((name) => [name, OTHER]));
  }
}
