import type { Context, Span, SpanOptions, TracerOptions, TracerProvider } from "@opentelemetry/api";
import { INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import { SDK_NAME, SDK_VERSION } from "../../wire/version.js";
import type { Warnings } from "../warnings.js";
import type { LivingProcessor } from "./living-processors.js";
import { livingProcessors, processorsTold } from "./living-processors.js";
import { isReadable, warnOfReplacedSdk } from "./replaced-sdk.js";

const UNSEEN =
  "a span started that no RespanSpanProcessor was told of, so that it is not exported: give one to the constructor of its tracer provider";

/** Starts spans of ours through a provider of the host's, and learns from the first which processors of ours it has. */
export class HostTracer {
  readonly #provider: Pick<TracerProvider, "getTracer">;
  readonly #warnings: Warnings;
  readonly #options: TracerOptions | undefined;
  #processors: ReadonlySet<LivingProcessor> | undefined;
  #isReplaced = false;

  /**
   * @param provider asked at every span: the API's gives the tracer of whatever SDK is registered by then
   * @param options what the scope of our spans says beside name and version
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

/** A span that keeps nothing, under which the host's own hang where they would without it. */
function notRecorded(parent: Context): Span {
  return trace.wrapSpanContext({ ...(trace.getSpanContext(parent) ?? INVALID_SPAN_CONTEXT) });
}
