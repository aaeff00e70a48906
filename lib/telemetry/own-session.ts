import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { Tracing } from "../scope/tracing.js";
import { activateInstrumentor } from "./auto-instrumentation.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { flushBeforeExit } from "./delivery/exit-flush.js";
import { settledWithin } from "./timers.js";
import { lendDiagLogger } from "./diag-logger.js";
import { ExportPipeline } from "./export-pipeline.js";
import { Disposables } from "./provider/disposables.js";
import type { OwnProvider } from "./provider/own-provider.js";
import { ownProvider } from "./provider/own-provider.js";
import { ParentPropagator } from "./provider/parent-propagator.js";
import { endOpenSpans, tracingOf } from "./provider/provided-tracing.js";
import { register } from "./provider/registration.js";
import { isSdkReplaced, warnOfReplacedSdk } from "./provider/replaced-sdk.js";
import { SpanProcessors } from "./provider/span-processors.js";
import { UntracedProcessor } from "./provider/untraced-processor.js";
import { hasTelemetry, provideTracing } from "./provider/tracing-owners.js";
import type { Settings } from "./settings/settings.js";
import type { TelemetrySession } from "./telemetry-session.js";
import { Warnings } from "./warnings.js";

/** Telemetry over a provider of our own. */
export class OwnSession implements TelemetrySession {
  readonly #flushTimeoutMillis: number;
  /** `undefined` where OpenTelemetry's SDK is replaced, and nothing can be recorded. */
  readonly #tracing: Tracing | undefined;
  readonly #pipeline: ExportPipeline;
  readonly #processors: SpanProcessors;
  readonly #taken = new Disposables();
  readonly #takeLoggerBack: () => void;
  #shutdown: Promise<void> | undefined;

  constructor(settings: Settings) {
    const warnings = new Warnings();
    this.#flushTimeoutMillis = settings.flushTimeoutMillis;
    this.#processors = new SpanProcessors(warnings);
    // Before our logger is set: the SDK complains of an OTEL_TRACES_SAMPLER that is not meant for this provider.
    const own = isSdkReplaced() ? undefined : ownProvider(settings, this.#processors, warnings);
    this.#takeLoggerBack = lendDiagLogger(settings.logLevel);
    for (const warning of settings.warnings) warnings.warn(warning, warning);
    this.#pipeline = new ExportPipeline(settings, warnings);
    this.#processors.add(this.#pipeline);
    for (const processor of settings.spanProcessors ?? []) this.addProcessor(processor);
    if (own === undefined) warnOfReplacedSdk();
    else this.#tracing = this.#start(settings, own, warnings);
  }

  get counts(): DeliveryCounts {
    return this.#pipeline.counts;
  }

  addProcessor(processor: SpanProcessor): void {
    this.#processors.add(new UntracedProcessor(processor));
  }

  async flush(): Promise<DeliveryCounts> {
    const [counts] = await Promise.all([
      this.#pipeline.flush(),
      settledWithin(() => this.#processors.forceFlush(), this.#flushTimeoutMillis),
    ]);
    return counts;
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  #start(settings: Settings, { provider, startSpan }: OwnProvider, warnings: Warnings): Tracing {
    if (hasTelemetry()) {
      warnings.warn("second", "another RespanTelemetry is active; new spans go to this one until it is shut down");
    }
    const registration = register(provider, new ParentPropagator(this.#pipeline.ancestry), settings.registerGlobal);
    this.#taken.add(registration.giveBack);
    const tracing = tracingOf(settings, { ...registration, startSpan });
    this.#taken.add(provideTracing(tracing, false));
    this.#taken.add(
      flushBeforeExit({
        queued: () => this.#pipeline.queued,
        isReceiverSilent: () => this.#pipeline.isReceiverSilent,
        flush: () => this.flush(),
        endOpenSpans: () => endOpenSpans(tracing),
        warn: (reason) => this.#pipeline.warnAtExit(reason),
      }),
    );
    if (settings.isAutoInstrument) this.#taken.add(activateInstrumentor(warnings));
    return tracing;
  }

  async #close(): Promise<void> {
    // At once, so that the next telemetry can be constructed without waiting for this one's last request.
    this.#taken.dispose();
    if (this.#tracing !== undefined) endOpenSpans(this.#tracing);
    await Promise.all([
      this.#pipeline.shutdown(),
      settledWithin(() => this.#processors.shutdown(), this.#flushTimeoutMillis),
    ]);
    // Last, so that what is lost on the way is still said.
    this.#takeLoggerBack();
  }
}
