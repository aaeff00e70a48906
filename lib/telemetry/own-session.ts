import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Tracing } from "../scope/tracing.js";
import { activateInstrumentor } from "./auto-instrumentation.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { countsBetween } from "./delivery/delivery-counts.js";
import { flushBeforeExit } from "./delivery/exit-flush.js";
import { settledWithin } from "./delivery/within.js";
import { lendDiagLogger } from "./diag-logger.js";
import { ExportPipeline } from "./export-pipeline.js";
import { Claims } from "./provider/claims.js";
import { ownProvider } from "./provider/own-provider.js";
import { ParentPropagator } from "./provider/parent-propagator.js";
import { endOpenSpans, tracingOf } from "./provider/provided-tracing.js";
import { register } from "./provider/registration.js";
import { SpanProcessors } from "./provider/span-processors.js";
import { hasTelemetry, provideTracing } from "./provider/tracing-owners.js";
import type { Settings } from "./settings/settings.js";
import type { TelemetrySession } from "./telemetry-session.js";
import { Warnings } from "./warnings.js";

/** Telemetry over a provider of our own. */
export class OwnSession implements TelemetrySession {
  readonly #flushTimeoutMillis: number;
  readonly #tracing: Tracing;
  readonly #pipeline: ExportPipeline;
  readonly #processors: SpanProcessors;
  readonly #claims = new Claims();
  readonly #takeLoggerBack: () => void;
  #shutdown: Promise<void> | undefined;

  constructor(settings: Settings) {
    const warnings = new Warnings();
    this.#flushTimeoutMillis = settings.flushTimeoutMillis;
    this.#takeLoggerBack = lendDiagLogger(settings.logLevel);
    for (const warning of settings.warnings) warnings.warn(warning, warning);
    if (hasTelemetry()) {
      warnings.warn("second", "another RespanTelemetry is active; new spans go to this one until it is shut down");
    }
    this.#pipeline = new ExportPipeline(settings, warnings);
    this.#processors = new SpanProcessors([this.#pipeline, ...(settings.spanProcessors ?? [])], warnings);
    const isChosen = settings.sampler !== undefined || settings.shouldExportSpan !== undefined;
    const isWatched = (): boolean => isChosen || this.#processors.count > 1;
    const { provider, startSpan } = ownProvider(settings, this.#processors, isWatched, warnings);
    const registration = register(provider, new ParentPropagator(this.#pipeline.ancestry), settings.registerGlobal);
    this.#claims.add(registration.giveBack);
    this.#tracing = tracingOf(settings, { ...registration, startSpan });
    this.#claims.add(provideTracing(this.#tracing, false));
    this.#claims.add(
      flushBeforeExit({
        queued: () => this.#pipeline.queued,
        flush: () => this.flush(),
        endOpenSpans: () => endOpenSpans(this.#tracing),
        warn: () => this.#pipeline.warnAtExit(),
      }),
    );
    if (settings.isAutoInstrument) this.#claims.add(activateInstrumentor(warnings));
  }

  get counts(): DeliveryCounts {
    return this.#pipeline.counts;
  }

  addProcessor(processor: SpanProcessor): void {
    this.#processors.add(processor);
  }

  async flush(): Promise<DeliveryCounts> {
    const before = this.counts;
    await settledWithin(() => this.#processors.forceFlush(), this.#flushTimeoutMillis);
    return countsBetween(before, this.counts);
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    // At once, so that the next telemetry can be constructed without waiting for this one's last request.
    this.#claims.release();
    endOpenSpans(this.#tracing);
    await Promise.all([
      this.#pipeline.shutdown(),
      settledWithin(() => this.#processors.shutdown(), this.#flushTimeoutMillis),
    ]);
    // Last, so that what is lost on the way is still said.
    this.#takeLoggerBack();
  }
}
