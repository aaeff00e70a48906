import type { Context, TracerProvider } from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { Tracing } from "../scope/tracing.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { NO_COUNTS } from "./delivery/delivery-counts.js";
import { flushBeforeExit } from "./delivery/exit-flush.js";
import { lendDiagLogger } from "./diag-logger.js";
import { ExportPipeline } from "./export-pipeline.js";
import { Disposables } from "./provider/disposables.js";
import { HostTracer } from "./provider/host-tracer.js";
import { noteStarted, registerProcessor } from "./provider/living-processors.js";
import { endOpenSpans, hostTracingOf } from "./provider/provided-tracing.js";
import { isReadable, warnOfReplacedSdk } from "./provider/replaced-sdk.js";
import { provideTracing } from "./provider/tracing-owners.js";
import { tracerOptionsOf } from "./settings/opentelemetry-settings.js";
import type { Settings } from "./settings/settings.js";
import { readSettings } from "./settings/settings.js";
import type { ExportOptions } from "./telemetry-options.js";
import { Warnings } from "./warnings.js";

/** The provider that is registered at the moment: `trace.getTracer` itself takes no options. */
const REGISTERED: Pick<TracerProvider, "getTracer"> = {
  getTracer: (name, version, options) => trace.getTracerProvider().getTracer(name, version, options),
};

/**
 * Sends spans of a service's own OpenTelemetry to Respan: one processor beside those that are there. Every span that
 * starts in a scope is stamped with it; exported are, by default, those of this package, GenAI spans, and the steps
 * of your program inside ours. Decorators and traced clients open their spans through the global provider, unless a `RespanTelemetry`
 * says otherwise.
 *
 * @example
 * ```ts
 * const sdk = new NodeSDK({
 *   spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter()), new RespanSpanProcessor()],
 * });
 * sdk.start();
 * ```
 */
export class RespanSpanProcessor implements SpanProcessor {
  readonly #settings: Settings;
  /** `undefined` where it is disabled. */
  readonly #pipeline: ExportPipeline | undefined;
  readonly #tracing: Tracing | undefined;
  readonly #taken = new Disposables();
  readonly #warnings = new Warnings();
  #shutdown: Promise<void> | undefined;

  /**
   * @param options all optional; each wins over its environment variable, which wins over the default
   * @throws InvalidSettingError for an option or a variable that cannot be used, and for an option that does not exist
   */
  constructor(options?: ExportOptions) {
    const settings = readSettings(options, process.env, "RespanSpanProcessor");
    this.#settings = settings;
    if (!settings.isEnabled) return;
    this.#taken.add(lendDiagLogger(settings.logLevel));
    const warnings = this.#warnings;
    for (const warning of settings.warnings) warnings.warn(warning, warning);
    const tracing = hostTracingOf(settings, new HostTracer(REGISTERED, warnings, tracerOptionsOf(settings.otel)));
    this.#tracing = tracing;
    const pipeline = new ExportPipeline(settings, warnings);
    this.#pipeline = pipeline;
    this.#taken.add(registerProcessor(this));
    this.#taken.add(provideTracing(tracing, true));
    this.#taken.add(
      flushBeforeExit({
        queued: () => pipeline.queued,
        isReceiverSilent: () => pipeline.isReceiverSilent,
        flush: () => pipeline.flush(),
        endOpenSpans: () => endOpenSpans(tracing),
        warn: (reason) => pipeline.warnAtExit(reason),
      }),
    );
  }

  /** Called by the provider when a span starts: stamps it, and decides whether it is exported. */
  onStart(span: Span, parent: Context): void {
    if (this.#pipeline === undefined) return;
    try {
      if (!isReadable(span)) {
        warnOfReplacedSdk();
        return;
      }
      this.#pipeline.onStart(span, parent);
      noteStarted(this);
    } catch {
      this.#warnings.warn("onStart", "a span that started could not be read; it may lack its scope");
    }
  }

  /** Called by the provider when a span has ended: queues it, if it is exported. */
  onEnd(span: ReadableSpan): void {
    try {
      if (isReadable(span)) this.#pipeline?.onEnd(span);
    } catch {
      this.#warnings.warn("onEnd", "a span that ended could not be read; it is lost");
    }
  }

  /** Delivers every span that has ended so far, within `flushTimeoutMillis`. Never rejects. */
  async forceFlush(): Promise<void> {
    await this.#pipeline?.forceFlush();
  }

  /**
   * The same as {@link RespanSpanProcessor.forceFlush}.
   * @returns what became of spans since the previous `flush()` returned, or since the start
   */
  async flush(): Promise<DeliveryCounts> {
    return this.#pipeline?.flush() ?? NO_COUNTS;
  }

  /** What became of all spans that have ended so far and were to be exported. */
  stats(): DeliveryCounts {
    return this.#pipeline?.counts ?? NO_COUNTS;
  }

  /** @internal */
  has(option: "apiKey" | "baseUrl", value: string): boolean {
    return this.#settings[option] === value;
  }

  /** Ends spans of ours that are still open and delivers what there is within `flushTimeoutMillis`. Never rejects. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    if (this.#tracing !== undefined) endOpenSpans(this.#tracing);
    await this.#pipeline?.shutdown();
    this.#taken.dispose();
  }
}
