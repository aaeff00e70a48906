import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { NO_COUNTS } from "./delivery/delivery-counts.js";
import type { TelemetrySession } from "./sessions.js";
import { BroughtSession, OwnSession } from "./sessions.js";
import type { Settings } from "./settings/settings.js";
import { readSettings } from "./settings/settings.js";
import type { RespanTelemetryOptions } from "./telemetry-options.js";

/**
 * Telemetry for decorated methods and Instructor calls: ready when the constructor returns, and gone without a trace
 * after {@link RespanTelemetry.shutdown}.
 *
 * With no OpenTelemetry SDK registered in the process it registers a provider of its own; with one registered it leaves
 * that alone and keeps its own beside it. Construct it after other SDKs, or with `registerGlobal: false`.
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

  /**
   * @param options all optional; each wins over its environment variable, which wins over the default
   * @throws InvalidSettingError for an option or a variable that cannot be used, and for an option that does not exist
   */
  constructor(options?: RespanTelemetryOptions) {
    const settings = readSettings(options, process.env);
    this.#session = settings.isEnabled ? sessionOf(settings) : undefined;
  }

  /**
   * Delivers every span that has ended so far, within `flushTimeoutMillis`. It ends no span and never rejects.
   * @returns what became of spans since the previous `flush()` returned, or since the start; flushes that overlap share it
   */
  async flush(): Promise<DeliveryCounts> {
    return this.#session?.flush() ?? NO_COUNTS;
  }

  /**
   * Ends spans that are still open, delivers what there is within `flushTimeoutMillis`, and gives back what the
   * constructor took. Never rejects; a second call waits for the first.
   */
  async shutdown(): Promise<void> {
    await this.#session?.shutdown();
  }

  /** What became of all spans that have ended so far. */
  stats(): DeliveryCounts {
    return this.#session?.counts ?? NO_COUNTS;
  }

  /** Adds a processor, which sees every span that starts or ends from now on. */
  addProcessor(processor: SpanProcessor): void {
    this.#session?.addProcessor(processor);
  }

  /** {@link RespanTelemetry.shutdown}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

function sessionOf(settings: Settings): TelemetrySession {
  const { tracerProvider } = settings;
  return tracerProvider === undefined ? new OwnSession(settings) : new BroughtSession(settings, tracerProvider);
}
