import type { Context } from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { Tracing } from "../scope/tracing.js";
import type { DeliveryCounts } from "./delivery/batch-exporter.js";
import { NO_COUNTS } from "./delivery/batch-exporter.js";
import { shareDiagLogger, Warnings } from "./diagnostics.js";
import { flushBeforeExit } from "./exit-flush.js";
import { ExportPipeline } from "./export-pipeline.js";
import { HostTracer, isReadable, noteStarted, registerProcessor, warnOfReplacedSdk } from "./provider/host-tracer.js";
import { endOpenSpans, provideTracing } from "./provider/tracing.js";
import type { Settings } from "./settings/settings.js";
import { readSettings } from "./settings/settings.js";
import type { ExportOptions } from "./telemetry-options.js";

/**
 * Sends spans of your own OpenTelemetry provider to Respan. By default it exports this package's spans, GenAI spans,
 * and your program's INTERNAL spans inside them. Spans that start in a scope get its attributes. Decorators and traced
 * clients use the global provider, unless a `RespanTelemetry` is active.
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
  /** Gives back what was taken of the process, the last first. */
  readonly #givesBack: (() => void)[] = [];
  readonly #warnings = new Warnings();
  #shutdown: Promise<void> | undefined;

  /**
   * @param options all optional; an option overrides its environment variable, which overrides the default
   * @throws InvalidSettingError for an invalid option or variable, and for an unknown option
   */
  constructor(options?: ExportOptions) {
    const settings = readSettings(options, process.env, "RespanSpanProcessor");
    this.#settings = settings;
    if (!settings.isEnabled) return;
    this.#givesBack.push(shareDiagLogger(settings.logLevel));
    for (const warning of settings.warnings) this.#warnings.warn(warning, warning);
    const { tracing } = new HostTracer(settings, () => trace.getTracerProvider(), this.#warnings);
    const pipeline = new ExportPipeline(settings, this.#warnings);
    const { delivery } = pipeline;
    this.#tracing = tracing;
    this.#pipeline = pipeline;
    this.#givesBack.push(registerProcessor(this), provideTracing(tracing, true));
    this.#givesBack.push(flushBeforeExit({ delivery, tracing, flush: () => delivery.flush() }));
  }

  /** Called by the provider when a span starts: adds the attributes of its scope and decides whether it is exported. */
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

  /** Called by the provider when a span has ended: queues it if it is exported. */
  onEnd(span: ReadableSpan): void {
    try {
      if (isReadable(span)) this.#pipeline?.onEnd(span);
    } catch {
      this.#warnings.warn("onEnd", "a span that ended could not be read; it is lost");
    }
  }

  /** Delivers every span that has ended, within `flushTimeoutMillis`. Never rejects. */
  async forceFlush(): Promise<void> {
    await this.#pipeline?.forceFlush();
  }

  /**
   * The same as {@link RespanSpanProcessor.forceFlush}.
   * @returns counts since the previous `flush()`, or since the start
   */
  async flush(): Promise<DeliveryCounts> {
    return this.#pipeline?.delivery.flush() ?? NO_COUNTS;
  }

  /** Counts of all selected spans that have ended since the start. */
  stats(): DeliveryCounts {
    return this.#pipeline?.delivery.counts ?? NO_COUNTS;
  }

  /** @internal */
  has(option: "apiKey" | "baseUrl", value: string): boolean {
    return this.#settings[option] === value;
  }

  /** Ends this package's open spans and delivers them within `flushTimeoutMillis`. Never rejects. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    if (this.#tracing !== undefined) endOpenSpans(this.#tracing);
    await this.#pipeline?.shutdown();
    for (const giveBack of this.#givesBack.reverse()) giveBack();
  }
}
