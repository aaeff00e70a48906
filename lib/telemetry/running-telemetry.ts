import type { SpanProcessor } from "@opentelemetry/sdk-trace";
import { createRedactor } from "../capture/redaction.js";
import type { Tracing } from "../scope/tracing.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { flushBeforeExit } from "./delivery/exit-flush.js";
import { settledWithin } from "./delivery/within.js";
import { lendDiagLogger } from "./diag-logger.js";
import { ExportPipeline } from "./export-pipeline.js";
import { defaultsScope } from "./provider/defaults-scope.js";
import { ownProvider } from "./provider/own-provider.js";
import { register } from "./provider/registration.js";
import { SpanProcessors } from "./provider/span-processors.js";
import { hasTelemetry, provideTracing } from "./provider/tracing-owners.js";
import type { Settings } from "./settings/settings.js";
import { Warnings } from "./warnings.js";

/** Telemetry that is switched on: a provider of our own, its pipeline, and what was taken for them. */
export class RunningTelemetry {
  readonly #settings: Settings;
  readonly #tracing: Tracing;
  readonly #pipeline: ExportPipeline;
  readonly #processors: SpanProcessors;
  /** Gives back what was taken, last taken first. */
  readonly #giveBack: (() => void)[] = [];
  #shutdown: Promise<void> | undefined;

  constructor(settings: Settings) {
    const warnings = new Warnings();
    this.#settings = settings;
    this.#giveBack.push(lendDiagLogger(settings.logLevel));
    for (const warning of settings.otel.warnings) warnings.warn(warning, warning);
    if (hasTelemetry()) {
      warnings.warn("second", "another RespanTelemetry is active; new spans go to this one until it is shut down");
    }
    const redactor = createRedactor(settings.redact);
    this.#pipeline = new ExportPipeline(settings, redactor, warnings);
    this.#processors = new SpanProcessors([this.#pipeline, ...(settings.spanProcessors ?? [])], warnings);
    const { provider, startSpan } = ownProvider(settings, this.#processors);
    const { contexts, isIsolated, giveBack } = register(provider, settings.registerGlobal);
    this.#giveBack.push(giveBack);
    this.#tracing = {
      contexts,
      isIsolated,
      defaults: defaultsScope(settings, redactor),
      redactor,
      usesLatestGenAi: settings.otel.usesLatestGenAi,
      open: new Set(),
      startSpan,
    };
    this.#giveBack.push(provideTracing(this.#tracing, false));
    this.#giveBack.push(flushBeforeExit(() => this.flush()));
  }

  get counts(): DeliveryCounts {
    return this.#pipeline.counts;
  }

  addProcessor(processor: SpanProcessor): void {
    this.#processors.add(processor);
  }

  async flush(): Promise<DeliveryCounts> {
    const [counts] = await Promise.all([
      this.#pipeline.flush(),
      settledWithin(this.#processors.forceFlush(), this.#settings.flushTimeoutMillis),
    ]);
    return counts;
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    const [diagLogger, ...others] = this.#giveBack;
    for (const giveBack of others.reverse()) giveBack();
    for (const open of this.#tracing.open) open.end();
    await Promise.all([
      this.#pipeline.shutdown(),
      settledWithin(this.#processors.shutdown(), this.#settings.flushTimeoutMillis),
    ]);
    // Last, so that what is lost on the way is still said.
    diagLogger?.();
  }
}
