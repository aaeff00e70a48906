import type { Attributes, Context, MeterProvider } from "@opentelemetry/api";
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

/**
 * Records a value on an instrument whose sets of labels are bounded.
 * @param fixed labels with few values, which are never replaced
 */
type Instrument = (value: number, labels: Attributes, context: Context, fixed?: Attributes) => void;

/** What a call is measured with. */
export type Instruments = NonNullable<ReturnType<typeof instrumentsOf>>;

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

function instrumentsOf(provider: MeterProvider) {
  const meter = provider.getMeter(SDK_NAME, SDK_VERSION);
  // What the API gives where no provider is registered.
  if (meter === createNoopMeter()) return undefined;
  const histogram = (name: string, description: string, unit: string, explicitBucketBoundaries: number[]) => {
    const made = meter.createHistogram(name, { description, unit, advice: { explicitBucketBoundaries } });
    return bounded((value, labels, context) => made.record(value, labels, context));
  };
  const counter = (name: string, description: string, unit = "{token}") => {
    const made = meter.createCounter(name, { description, unit });
    return bounded((value, labels, context) => made.add(value, labels, context));
  };
  return {
    duration: histogram(INFERENCE_DURATION_METRIC, "Duration of a structured call.", "s", SECONDS),
    /** By the counts of a usage. */
    tokens: {
      input: counter(INPUT_TOKENS_METRIC, "Input tokens used, cached ones included."),
      output: counter(OUTPUT_TOKENS_METRIC, "Output tokens used, those for reasoning included."),
      cached: counter(CACHE_READ_METRIC, "Input tokens read from the provider's cache."),
      cacheWritten: counter(CACHE_WRITE_METRIC, "Input tokens written to the provider's cache."),
      reasoning: counter(REASONING_METRIC, "Output tokens used for reasoning."),
    },
    attempts: histogram(ATTEMPTS_METRIC, "Attempts of a structured call.", "{attempt}", ATTEMPTS),
    validationFailures: counter(
      VALIDATION_FAILURES_METRIC,
      "Attempts that failed validation, by path and code.",
      "{attempt}",
    ),
  };
}

/** Enough for a dashboard; a backend keeps one time series, or a dozen, for each set. */
const MOST_SETS = 200;
/** In place of every label of a set that there is no room for. */
const OTHER = "other";

/**
 * Bounds how many sets of labels an instrument gets. A program that makes up names, of response models say, would
 * otherwise create time series without end. Of a set too many each text becomes `other`; numbers are left out.
 */
function bounded(record: (value: number, labels: Attributes, context: Context) => void): Instrument {
  const known = new Set<string>();
  return (value, labels, context, fixed) => {
    const key = JSON.stringify(labels);
    if (known.has(key) || known.size < MOST_SETS) {
      known.add(key);
      record(value, { ...labels, ...fixed }, context);
      return;
    }
    const texts = Object.keys(labels).filter((name) => typeof labels[name] === "string");
    record(value, { ...Object.fromEntries(texts.map((name) => [name, OTHER])), ...fixed }, context);
  };
}
