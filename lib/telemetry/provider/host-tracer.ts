import type { Context, Span, SpanOptions, TracerProvider } from "@opentelemetry/api";
import { INVALID_SPAN_CONTEXT, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { AlwaysOnSampler, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { warnOnce } from "../../observe/warn-once.js";
import type { Tracing } from "../../scope/tracing.js";
import { SDK_NAME, SDK_VERSION, sharedState } from "../../wire/package.js";
import type { DeliveryCounts } from "../delivery/batch-exporter.js";
import type { Warnings } from "../diagnostics.js";
import type { Settings } from "../settings/settings.js";
import { tracerOptionsOf } from "../settings/settings.js";
import { hostContexts, tracingOf } from "./tracing.js";

/** A `RespanSpanProcessor` that has not been shut down, of any copy of this package. */
export interface LivingProcessor {
  flush(): Promise<DeliveryCounts>;
  stats(): DeliveryCounts;
  /** Whether it was given this very value, by option or variable. */
  has(option: "apiKey" | "baseUrl", value: string): boolean;
}

interface ProcessorSlot {
  readonly living: Set<LivingProcessor>;
  /** Those that were told of the span that {@link processorsTold} starts at the moment. */
  told: Set<LivingProcessor> | undefined;
}

const processors = sharedState<ProcessorSlot>("processors.1", () => ({ living: new Set(), told: undefined }));

/** All that live now. */
export const livingProcessors: ReadonlySet<LivingProcessor> = processors.living;

/** @returns takes it out of the living */
export function registerProcessor(processor: LivingProcessor): () => void {
  processors.living.add(processor);
  return () => processors.living.delete(processor);
}

/** Called by a processor in its `onStart`. */
export function noteStarted(processor: LivingProcessor): void {
  processors.told?.add(processor);
}

/** Starts a span, and returns it with the processors whose `onStart` was called. */
function processorsTold<R>(start: () => R): readonly [R, ReadonlySet<LivingProcessor>] {
  const told = (processors.told = new Set<LivingProcessor>());
  try {
    return [start(), told];
  } finally {
    processors.told = undefined;
  }
}

const UNSEEN =
  "a span is not exported because its tracer provider has no RespanSpanProcessor: pass one to the provider's constructor";

/** Starts our spans through the host's provider, and learns from the first which `RespanSpanProcessor`s it has. */
export class HostTracer {
  /** Decorators and clients open their spans by this. */
  readonly tracing: Tracing;
  readonly #settings: Settings;
  readonly #provider: () => TracerProvider;
  readonly #warnings: Warnings;
  #processors: ReadonlySet<LivingProcessor> | undefined;
  #isReplaced = false;

  /** @param provider asked at every span: the API's changes when an SDK is registered */
  constructor(settings: Settings, provider: () => TracerProvider, warnings: Warnings) {
    this.#settings = settings;
    this.#provider = provider;
    this.#warnings = warnings;
    this.tracing = tracingOf(settings, {
      contexts: hostContexts(),
      isIsolated: false,
      startSpan: (name, options, parent) => this.#start(name, options, parent),
    });
  }

  /** The processors that the provider has; as long as that is not known, all that live. */
  get processors(): readonly LivingProcessor[] {
    const known = this.#processors;
    return [...(known === undefined || known.size === 0 ? livingProcessors : known)];
  }

  #start(name: string, options: SpanOptions, parent: Context): Span {
    if (this.#isReplaced) return notRecorded(parent);
    const tracer = this.#provider().getTracer(SDK_NAME, SDK_VERSION, tracerOptionsOf(this.#settings));
    if (this.#processors !== undefined) return tracer.startSpan(name, options, parent);
    const [span, told] = processorsTold(() => tracer.startSpan(name, options, parent));
    // Left out by a sampler, or no provider is registered yet: the next span may tell.
    if (!span.isRecording()) return span;
    if (told.size === 0 && !isReadable(span)) {
      this.#isReplaced = true;
      warnOfReplacedSdk();
      span.end();
      return notRecorded(parent);
    }
    this.#processors = told;
    if (told.size === 0) this.#warnings.warn("unseen", UNSEEN);
    return span;
  }
}

/** A span that keeps nothing; the host's spans below it get the parent that they would have without it. */
function notRecorded(parent: Context): Span {
  return trace.wrapSpanContext({ ...(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT) });
}

/** Whether a span can be read back, as every span of OpenTelemetry's SDK can. */
export function isReadable(span: object): span is ReadableSpan {
  const isObject = (name: string): boolean => typeof Reflect.get(span, name) === "object";
  return isObject("attributes") && isObject("instrumentationScope");
}

/**
 * Whether another tool has replaced the classes that OpenTelemetry's SDK exports. Its spans would go to that tool, and
 * nothing could be read from them.
 */
export function isSdkReplaced(): boolean {
  const provider = new NodeTracerProvider({ sampler: new AlwaysOnSampler() });
  return !isReadable(provider.getTracer(SDK_NAME).startSpan("probe", {}, ROOT_CONTEXT));
}

/** Says, once in the process, that spans cannot be recorded. */
export function warnOfReplacedSdk(): void {
  warnOnce(
    "replaced-sdk",
    "another tool replaces OpenTelemetry's tracer provider, as dd-trace does with DD_TRACE_OTEL_ENABLED; nothing is recorded or exported: unset that variable",
  );
}
