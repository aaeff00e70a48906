import type { Context, Span, SpanOptions, TracerOptions, TracerProvider } from "@opentelemetry/api";
import { INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import { sharedState } from "../../wire/shared-state.js";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import type { DeliveryCounts } from "../delivery/delivery-counts.js";
import type { Warnings } from "../diagnostics.js";
import { isReadable, warnOfReplacedSdk } from "./replaced-sdk.js";

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
  "a span started that no RespanSpanProcessor was told of, so that it is not exported: give one to the constructor of its tracer provider";

/** Starts our spans through the host's provider, and learns from the first which `RespanSpanProcessor`s it has. */
export class HostTracer {
  readonly #provider: Pick<TracerProvider, "getTracer">;
  readonly #warnings: Warnings;
  readonly #options: TracerOptions | undefined;
  #processors: ReadonlySet<LivingProcessor> | undefined;
  #isReplaced = false;

  /**
   * @param provider asked at every span: the API's gives the tracer of whatever SDK is registered by then
   * @param options the scope of our spans beside name and version
   */
  constructor(provider: Pick<TracerProvider, "getTracer">, warnings: Warnings, options?: TracerOptions) {
    this.#provider = provider;
    this.#options = options;
    this.#warnings = warnings;
  }

  /** The processors that the provider has; as long as that is not known, all that live. */
  get processors(): readonly LivingProcessor[] {
    const known = this.#processors;
    return [...(known === undefined || known.size === 0 ? livingProcessors : known)];
  }

  start(name: string, options: SpanOptions, parent: Context): Span {
    if (this.#isReplaced) return notRecorded(parent);
    const tracer = this.#provider.getTracer(SDK_NAME, SDK_VERSION, this.#options);
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
