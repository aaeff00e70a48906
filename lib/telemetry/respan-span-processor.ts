import type { Context } from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Tracing } from "../scope/tracing.js";
import { SDK_NAME, SDK_VERSION } from "../wire/version.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { NO_COUNTS } from "./delivery/delivery-counts.js";
import { flushBeforeExit } from "./delivery/exit-flush.js";
import { lendDiagLogger } from "./diag-logger.js";
import { ExportPipeline } from "./export-pipeline.js";
import type { CarriedProcessor } from "./provider/carried-processor.js";
import { SPAN_PROCESSOR_KEY } from "./provider/carried-processor.js";
import { Claims } from "./provider/claims.js";
import { HostContexts } from "./provider/host-contexts.js";
import { endOpenSpans, tracingOf } from "./provider/provided-tracing.js";
import { provideTracing } from "./provider/tracing-owners.js";
import type { Settings } from "./settings/settings.js";
import { readSettings } from "./settings/settings.js";
import type { ExportOptions } from "./telemetry-options.js";
import { Warnings } from "./warnings.js";

/**
 * Sends spans of a service's own OpenTelemetry to Respan: one processor beside those that are there. Every span that
 * starts in a scope is stamped with it; exported are, by default, those of this package and those with `gen_ai.*`
 * attributes. Decorators and traced clients open their spans through the global provider, unless a `RespanTelemetry`
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
export class RespanSpanProcessor implements SpanProcessor, CarriedProcessor {
  /** @internal */
  readonly [SPAN_PROCESSOR_KEY] = true;
  readonly #settings: Settings;
  /** `undefined` where it is disabled. */
  readonly #pipeline: ExportPipeline | undefined;
  readonly #tracing: Tracing | undefined;
  readonly #claims = new Claims();
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
    this.#claims.add(lendDiagLogger(settings.logLevel));
    const warnings = this.#warnings;
    for (const warning of settings.warnings) warnings.warn(warning, warning);
    // The API's tracer finds the provider when there is one: it is constructed after its processors.
    const tracer = trace.getTracer(SDK_NAME, SDK_VERSION);
    const tracing = tracingOf(settings, {
      contexts: new HostContexts(),
      isIsolated: false,
      startSpan: (name, spanOptions, parent) => tracer.startSpan(name, spanOptions, parent),
    });
    this.#tracing = tracing;
    const pipeline = new ExportPipeline(settings, warnings);
    this.#pipeline = pipeline;
    this.#claims.add(provideTracing(tracing, true));
    this.#claims.add(
      flushBeforeExit({
        queued: () => pipeline.queued,
        flush: () => pipeline.flush(),
        endOpenSpans: () => endOpenSpans(tracing),
        warn: () => pipeline.warnAtExit(),
      }),
    );
  }

  /** Called by the provider when a span starts: stamps it, and decides whether it is exported. */
  onStart(span: Span, parent: Context): void {
    try {
      this.#pipeline?.onStart(span, parent);
    } catch {
      this.#warnings.warn("onStart", "a span that started could not be read; it may lack its scope");
    }
  }

  /** Called by the provider when a span has ended: queues it, if it is exported. */
  onEnd(span: ReadableSpan): void {
    try {
      this.#pipeline?.onEnd(span);
    } catch {
      this.#warnings.warn("onEnd", "a span that ended could not be read; it is lost");
    }
  }

  /** Delivers every span that has ended so far, within `flushTimeoutMillis`. Never rejects. */
  async forceFlush(): Promise<void> {
    await this.flush();
  }

  /** The same as {@link RespanSpanProcessor.forceFlush}; resolves with what became of spans since this call. */
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
    this.#claims.release();
  }
}
