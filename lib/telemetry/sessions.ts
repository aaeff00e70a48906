import type { TracerProvider } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { InstructorInstrumentor } from "../instructor/instrumentor/instrumentor.js";
import { describeError } from "../observe/errors.js";
import { InvalidSettingError } from "../options/check-options.js";
import type { Tracing } from "../scope/tracing.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { sumOfCounts } from "./delivery/delivery-counts.js";
import { shareDiagLogger, Warnings } from "./diagnostics.js";
import { ExportPipeline } from "./export-pipeline.js";
import { HostTracer, livingProcessors } from "./provider/host-tracer.js";
import { ownProvider } from "./provider/own-provider.js";
import { parentPropagator } from "./provider/parent-propagator.js";
import { hostContexts, register } from "./provider/registration.js";
import { isSdkReplaced, warnOfReplacedSdk } from "./provider/replaced-sdk.js";
import { SpanProcessors, untracedProcessor } from "./provider/span-processors.js";
import { endOpenSpans, hasTelemetry, provideTracing, tracingOf } from "./provider/tracing.js";
import type { Settings } from "./settings/settings.js";
import type { OptionName } from "./settings/settings-table.js";
import { tracerOptionsOf } from "./settings/variables.js";
import { settledWithin } from "./timers.js";

/** Telemetry that is switched on, over a provider of our own or over one that was given. */
export interface TelemetrySession {
  readonly counts: DeliveryCounts;
  addProcessor(processor: SpanProcessor): void;
  /** Never rejects. */
  flush(): Promise<DeliveryCounts>;
  /** Never rejects; a second call waits for the first. */
  shutdown(): Promise<void>;
}

/** Telemetry over a provider of our own. */
export class OwnSession implements TelemetrySession {
  readonly #settings: Settings;
  readonly #warnings = new Warnings();
  readonly #processors = new SpanProcessors(this.#warnings);
  readonly #pipeline: ExportPipeline;
  /** `undefined` where OpenTelemetry's SDK is replaced, and nothing can be recorded. */
  readonly #tracing: Tracing | undefined;
  /** Gives back what was taken of the process, the last first. */
  readonly #givesBack: (() => void)[] = [];
  readonly #takeLoggerBack: () => void;
  #shutdown: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    // Before our logger is set: the SDK complains of an OTEL_TRACES_SAMPLER that is not meant for this provider.
    const own = isSdkReplaced() ? undefined : ownProvider(settings, this.#processors, this.#warnings);
    this.#takeLoggerBack = shareDiagLogger(settings.logLevel);
    for (const warning of settings.warnings) this.#warnings.warn(warning, warning);
    this.#pipeline = new ExportPipeline(settings, this.#warnings);
    this.#processors.add(this.#pipeline);
    for (const processor of settings.spanProcessors ?? []) this.addProcessor(processor);
    if (own === undefined) {
      warnOfReplacedSdk();
      return;
    }
    if (hasTelemetry()) {
      this.#warnings.warn(
        "second",
        "another RespanTelemetry is active; new spans go to this one until it is shut down",
      );
    }
    const propagator = parentPropagator(this.#pipeline.ancestry);
    const { contexts, isIsolated, giveBack } = register(own.provider, propagator, settings.registerGlobal);
    const tracing = tracingOf(settings, { contexts, isIsolated, startSpan: own.startSpan });
    this.#tracing = tracing;
    this.#givesBack.push(giveBack, provideTracing(tracing, false));
    this.#givesBack.push(this.#pipeline.flushBeforeExit(tracing, () => this.flush()));
    if (settings.isAutoInstrument) this.#givesBack.push(activateInstrumentor(this.#warnings));
  }

  get counts(): DeliveryCounts {
    return this.#pipeline.counts;
  }

  addProcessor(processor: SpanProcessor): void {
    this.#processors.add(untracedProcessor(processor));
  }

  async flush(): Promise<DeliveryCounts> {
    const [counts] = await Promise.all([
      this.#pipeline.flush(),
      settledWithin(() => this.#processors.forceFlush(), this.#settings.flushTimeoutMillis),
    ]);
    return counts;
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    // At once, so that the next telemetry can be constructed without waiting for this one's last request.
    for (const giveBack of this.#givesBack.reverse()) giveBack();
    if (this.#tracing !== undefined) endOpenSpans(this.#tracing);
    await Promise.all([
      this.#pipeline.shutdown(),
      settledWithin(() => this.#processors.shutdown(), this.#settings.flushTimeoutMillis),
    ]);
    // Last, so that warnings of lost spans are still written.
    this.#takeLoggerBack();
  }
}

/** Options of what spans inherit and hold; all others are the processor's or the provider's. */
const OPTIONS_BESIDE: ReadonlySet<OptionName> = new Set([
  "tracerProvider",
  "isAutoInstrument",
  "customerIdentifier",
  "customerEmail",
  "customerName",
  "threadIdentifier",
  "sessionIdentifier",
  "metadata",
  "properties",
  "environment",
  "traceContent",
  "isEnabled",
  "logLevel",
  "redact",
  "limits",
  "propagateBaggage",
]);

/** Telemetry over the option `tracerProvider`, and over the `RespanSpanProcessor` in it. */
export class BroughtSession implements TelemetrySession {
  readonly #tracer: HostTracer;
  readonly #tracing: Tracing;
  readonly #warnings = new Warnings();
  readonly #givesBack: (() => void)[] = [];
  readonly #takeLoggerBack: () => void;
  #shutdown: Promise<void> | undefined;

  /** @throws InvalidSettingError for options that belong to the processor or the provider */
  constructor(settings: Settings, provider: TracerProvider) {
    refuseOthers(settings);
    this.#takeLoggerBack = shareDiagLogger(settings.logLevel);
    this.#tracer = new HostTracer(provider, this.#warnings, tracerOptionsOf(settings.otel));
    this.#tracing = hostTracingOf(settings, this.#tracer);
    this.#givesBack.push(provideTracing(this.#tracing, false));
    if (settings.isAutoInstrument) this.#givesBack.push(activateInstrumentor(this.#warnings));
  }

  get counts(): DeliveryCounts {
    return sumOfCounts(this.#tracer.processors.map((processor) => processor.stats()));
  }

  addProcessor(): void {
    this.#warnings.warn("addProcessor", "a processor cannot be added to a tracerProvider that was brought along");
  }

  async flush(): Promise<DeliveryCounts> {
    return sumOfCounts(await Promise.all(this.#tracer.processors.map((processor) => processor.flush())));
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    for (const giveBack of this.#givesBack.reverse()) giveBack();
    endOpenSpans(this.#tracing);
    // The provider, and the processor in it, are the host's to shut down.
    await this.flush();
    this.#takeLoggerBack();
  }
}

function refuseOthers(settings: Settings): void {
  for (const option of settings.given) {
    if (OPTIONS_BESIDE.has(option)) continue;
    // The same value twice does no harm.
    if (option === "apiKey" || option === "baseUrl") {
      const value = settings[option] ?? "";
      if ([...livingProcessors].some((processor) => processor.has(option, value))) continue;
    }
    throw new InvalidSettingError(
      `option "${option}" cannot be given beside "tracerProvider"; it belongs to the RespanSpanProcessor or to the provider itself`,
      option,
    );
  }
}

/** Tracing whose spans start in a provider of the host's. */
export function hostTracingOf(settings: Settings, tracer: HostTracer): Tracing {
  return tracingOf(settings, {
    contexts: hostContexts(),
    isIsolated: false,
    startSpan: (name, options, parent) => tracer.start(name, options, parent),
  });
}

/**
 * Traces every Instructor client of the process. A service whose Instructor cannot be traced must run all the same.
 * @returns takes it back
 */
export function activateInstrumentor(warnings: Warnings): () => void {
  const instrumentor = new InstructorInstrumentor();
  try {
    instrumentor.activate();
  } catch (error) {
    const reason = describeError(error).message;
    warnings.warn("instrumentor", `Instructor clients that others construct are not traced: ${reason}`);
  }
  return () => instrumentor.deactivate();
}
