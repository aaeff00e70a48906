import type { TracerProvider } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { InstructorInstrumentor } from "../instructor/instrumentor/instrumentor.js";
import { describeError } from "../observe/errors.js";
import { InvalidSettingError } from "../options/check-options.js";
import type { DeliveryCounts } from "./delivery/batch-exporter.js";
import { NO_COUNTS, sumOfCounts } from "./delivery/batch-exporter.js";
import { shareDiagLogger, Warnings } from "./diagnostics.js";
import { flushBeforeExit } from "./exit-flush.js";
import { ExportPipeline } from "./export-pipeline.js";
import { HostTracer, isSdkReplaced, livingProcessors, warnOfReplacedSdk } from "./provider/host-tracer.js";
import { ownProvider, SpanProcessors } from "./provider/own-provider.js";
import { endOpenSpans, hasTelemetry, provideTracing, register, tracingOf } from "./provider/tracing.js";
import { parentPropagator } from "./selection/span-selection.js";
import type { Settings } from "./settings/settings.js";
import { readSettings } from "./settings/settings.js";
import type { OptionName } from "./settings/settings-table.js";
import type { RespanTelemetryOptions } from "./telemetry-options.js";
import { settledWithin } from "./timers.js";

/**
 * Telemetry for decorated methods and Instructor calls, from construction until {@link RespanTelemetry.shutdown}.
 *
 * If no OpenTelemetry SDK is registered, it registers its own provider; otherwise it keeps its own provider beside that
 * SDK. Construct it after other SDKs, or with `registerGlobal: false`.
 *
 * @example
 * ```ts
 * const telemetry = new RespanTelemetry({ appName: "instructor-support-api" }); // or RESPAN_* variables
 * // …
 * await telemetry.flush();
 * ```
 */
export class RespanTelemetry implements AsyncDisposable {
  /** `undefined` where telemetry is disabled. */
  readonly #session: TelemetrySession | undefined;
  #shutdown: Promise<void> | undefined;

  /**
   * @param options all optional; an option overrides its environment variable, which overrides the default
   * @throws InvalidSettingError for an invalid option or variable, and for an unknown option
   */
  constructor(options?: RespanTelemetryOptions) {
    const settings = readSettings(options, process.env);
    if (!settings.isEnabled) return;
    const { tracerProvider } = settings;
    this.#session = tracerProvider === undefined ? ownSession(settings) : broughtSession(settings, tracerProvider);
  }

  /**
   * Delivers every span that has ended, within `flushTimeoutMillis`. It ends no spans and never rejects.
   * @returns counts since the previous `flush()`, or since the start; overlapping flushes share a result
   */
  async flush(): Promise<DeliveryCounts> {
    return this.#session?.flush() ?? NO_COUNTS;
  }

  /**
   * Ends open spans, delivers them within `flushTimeoutMillis`, and unregisters what the constructor registered. It
   * never rejects; a second call waits for the first.
   */
  async shutdown(): Promise<void> {
    await (this.#shutdown ??= this.#session?.close());
  }

  /** Counts of all spans that have ended since the start. */
  stats(): DeliveryCounts {
    return this.#session?.counts() ?? NO_COUNTS;
  }

  /** Adds a span processor, which sees the spans that start or end from now on. */
  addProcessor(processor: SpanProcessor): void {
    this.#session?.addProcessor(processor);
  }

  /** {@link RespanTelemetry.shutdown}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

/** Telemetry that is switched on, over a provider of our own or over one that was given. None of it rejects. */
interface TelemetrySession {
  counts(): DeliveryCounts;
  addProcessor(processor: SpanProcessor): void;
  flush(): Promise<DeliveryCounts>;
  close(): Promise<void>;
}

/** Telemetry over a provider of our own. */
function ownSession(settings: Settings): TelemetrySession {
  const warnings = new Warnings();
  const processors = new SpanProcessors(warnings);
  // Before our logger is set: the SDK complains of an OTEL_TRACES_SAMPLER that is not meant for this provider.
  const own = isSdkReplaced() ? undefined : ownProvider(settings, processors, warnings);
  const takeLoggerBack = shareDiagLogger(settings.logLevel);
  for (const warning of settings.warnings) warnings.warn(warning, warning);
  const pipeline = new ExportPipeline(settings, warnings);
  const { ancestry, delivery } = pipeline;
  processors.add(pipeline);
  for (const processor of settings.spanProcessors ?? []) processors.addUntraced(processor);
  const waited = (work: () => Promise<void>): Promise<void> => settledWithin(work, settings.flushTimeoutMillis);
  const flush = async (): Promise<DeliveryCounts> => {
    const [counts] = await Promise.all([delivery.flush(), waited(() => processors.forceFlush())]);
    return counts;
  };
  /** Gives back what was taken of the process, the last first. */
  const givesBack: (() => void)[] = [];
  if (own === undefined) warnOfReplacedSdk();
  else {
    if (hasTelemetry()) {
      warnings.warn("second", "another RespanTelemetry is active; new spans go to this one until it is shut down");
    }
    const { giveBack, ...contexts } = register(own.provider, parentPropagator(ancestry), settings.registerGlobal);
    const tracing = tracingOf(settings, { ...contexts, startSpan: own.startSpan });
    givesBack.push(() => endOpenSpans(tracing), giveBack, provideTracing(tracing, false));
    givesBack.push(flushBeforeExit({ delivery, tracing, flush }));
    if (settings.isAutoInstrument) givesBack.push(activateInstrumentor(warnings));
  }
  return {
    counts: () => delivery.counts,
    addProcessor: (processor) => processors.addUntraced(processor),
    flush,
    close: async () => {
      // At once, so that the next telemetry can be constructed without waiting for this one's last request.
      for (const giveBack of givesBack.reverse()) giveBack();
      await Promise.all([delivery.shutdown(), waited(() => processors.shutdown())]);
      // Last, so that warnings of lost spans are still written.
      takeLoggerBack();
    },
  };
}

/**
 * Telemetry over the option `tracerProvider`, and over the `RespanSpanProcessor` in it.
 * @throws InvalidSettingError for options that belong to the processor or the provider
 */
function broughtSession(settings: Settings, provider: TracerProvider): TelemetrySession {
  refuseOthers(settings);
  const warnings = new Warnings();
  const takeLoggerBack = shareDiagLogger(settings.logLevel);
  const tracer = new HostTracer(settings, () => provider, warnings);
  const givesBack = [provideTracing(tracer.tracing, false)];
  if (settings.isAutoInstrument) givesBack.push(activateInstrumentor(warnings));
  const flush = async (): Promise<DeliveryCounts> =>
    sumOfCounts(await Promise.all(tracer.processors.map((processor) => processor.flush())));
  return {
    counts: () => sumOfCounts(tracer.processors.map((processor) => processor.stats())),
    addProcessor: () => warnings.warn("addProcessor", "a processor cannot be added to your own tracerProvider"),
    flush,
    close: async () => {
      for (const giveBack of givesBack.reverse()) giveBack();
      endOpenSpans(tracer.tracing);
      // The provider, and the processor in it, are the host's to shut down.
      await flush();
      takeLoggerBack();
    },
  };
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

/**
 * Traces every Instructor client of the process. A service whose Instructor cannot be traced must run all the same.
 * @returns takes it back
 */
function activateInstrumentor(warnings: Warnings): () => void {
  const instrumentor = new InstructorInstrumentor();
  try {
    instrumentor.activate();
  } catch (error) {
    const reason = describeError(error).message;
    warnings.warn("instrumentor", `Instructor clients that other code constructs are not traced: ${reason}`);
  }
  return () => instrumentor.deactivate();
}
