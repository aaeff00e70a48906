import type { Attributes, Context } from "@opentelemetry/api";
import { isValidTraceId, trace } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import type {
  IdGenerator,
  ReadableSpan,
  Sampler,
  SamplingResult,
  Span,
  SpanLimits,
  SpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import {
  AlwaysOnSampler,
  NodeTracerProvider,
  ParentBasedSampler,
  RandomIdGenerator,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import { isUnwantedPromise } from "../../capture/user-values.js";
import type { Tracing } from "../../scope/tracing.js";
import { callUntraced } from "../../scope/tracing.js";
import { DEPLOYMENT_ENVIRONMENT_NAME, SERVICE_NAME } from "../../wire/attributes.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/package.js";
import type { Warnings } from "../diagnostics.js";
import { ownParent } from "../selection/span-selection.js";
import type { Settings } from "../settings/settings.js";
import { tracerOptionsOf } from "../settings/settings.js";

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
  const { sampler, sampleRate } = settings;
  const provider = new NodeTracerProvider({
    resource: resourceOf(settings),
    sampler: sampler === undefined ? ownParentSampler(sampleRate) : guardedSampler(sampler, warnings),
    spanLimits: SPAN_LIMITS,
    idGenerator: ids,
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer(SDK_NAME, SDK_VERSION, tracerOptionsOf(settings));
  return {
    provider,
    startSpan: (name, options, parent, traceId) => {
      ids.adopt(traceId);
      try {
        return tracer.startSpan(name, options, parent);
      } finally {
        ids.adopt(undefined);
      }
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

  /** Takes a trace id for the next span without a parent; an invalid one is ignored. */
  adopt(traceId: string | undefined): void {
    this.#adopted = traceId !== undefined && isValidTraceId(traceId) ? traceId : undefined;
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

/**
 * A span below our own follows it, so that a trace is recorded whole or not at all. A parent of another library
 * decides nothing: a proxy's `traceparent: …-00`, or a tool that samples a tenth, must not silence this package.
 */
function ownParentSampler(sampleRate: number | undefined): Sampler {
  const root = sampleRate === undefined ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(sampleRate);
  const parentBased = new ParentBasedSampler({ root });
  return { shouldSample: (context, ...asked) => parentBased.shouldSample(contextOfOurs(context), ...asked) };
}

/** The context with our nearest span as the parent, or with none. */
function contextOfOurs(context: Context): Context {
  const ours = ownParent(context);
  if (ours === trace.getSpan(context)) return context;
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
    warnings.warn(`sampler ${complaint}`, `the sampler ${complaint}; the affected spans are not recorded`);
    return NOT_RECORDED;
  };
  return { shouldSample };
}

const ASYNC =
  "a span processor returned a promise but must not be async; the promise is not awaited, and its errors are lost";

/**
 * The processors of our provider. More may be added later, and one that fails costs neither the others nor the traced
 * call.
 */
export class SpanProcessors implements SpanProcessor {
  #processors: readonly SpanProcessor[] = [];
  readonly #warnings: Warnings;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  add(processor: SpanProcessor): void {
    this.#processors = [...this.#processors, processor];
  }

  /** Adds a processor of the options, whose callbacks open no spans and are not told of spans that they start themselves. */
  addUntraced(processor: SpanProcessor): void {
    // Each callback is its own key: a span that one of them starts on purpose is still told to the others.
    const onStart: SpanProcessor["onStart"] = (span, parent) =>
      callUntraced(onStart, undefined, () => processor.onStart(span, parent));
    const onEnding = (span: Span): void => callUntraced(onEnding, undefined, () => processor.onEnding?.(span));
    const onEnd: SpanProcessor["onEnd"] = (span) => callUntraced(onEnd, undefined, () => processor.onEnd(span));
    const forceFlush = (): Promise<void> => processor.forceFlush();
    this.add({ onStart, onEnding, onEnd, forceFlush, shutdown: () => processor.shutdown() });
  }

  onStart(span: Span, parent: Context): void {
    this.#tell("started", (processor) => processor.onStart(span, parent));
  }

  onEnding(span: Span): void {
    this.#tell("was ending", (processor) => processor.onEnding?.(span));
  }

  onEnd(span: ReadableSpan): void {
    this.#tell("ended", (processor) => processor.onEnd(span));
  }

  forceFlush(): Promise<void> {
    return this.#all((processor) => processor.forceFlush());
  }

  shutdown(): Promise<void> {
    return this.#all((processor) => processor.shutdown());
  }

  #tell(when: string, tell: (processor: SpanProcessor) => unknown): void {
    for (const processor of this.#processors) {
      try {
        // One that is written as an async function rejects where another throws.
        if (isUnwantedPromise(tell(processor))) this.#warnings.warn("processor:async", ASYNC);
      } catch {
        this.#complain(when);
      }
    }
  }

  async #all(ask: (processor: SpanProcessor) => Promise<void>): Promise<void> {
    const asked = this.#processors.map(async (processor) => ask(processor));
    for (const { status } of await Promise.allSettled(asked)) {
      if (status === "rejected") this.#complain("was flushed");
    }
  }

  #complain(when: string): void {
    this.#warnings.warn(`processor ${when}`, `a span processor failed when a span ${when}`);
  }
}
