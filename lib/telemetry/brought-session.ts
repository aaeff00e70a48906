import type { TracerProvider } from "@opentelemetry/api";
import type { Tracing } from "../scope/tracing.js";
import { activateInstrumentor } from "./auto-instrumentation.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { sumOfCounts } from "./delivery/delivery-counts.js";
import { lendDiagLogger } from "./diag-logger.js";
import { Disposables } from "./provider/disposables.js";
import { HostTracer } from "./provider/host-tracer.js";
import { livingProcessors } from "./provider/living-processors.js";
import { endOpenSpans, hostTracingOf } from "./provider/provided-tracing.js";
import { provideTracing } from "./provider/tracing-owners.js";
import { InvalidSettingError } from "./settings/invalid-setting-error.js";
import { tracerOptionsOf } from "./settings/opentelemetry-settings.js";
import type { Settings } from "./settings/settings.js";
import type { OptionName } from "./settings/settings-table.js";
import type { TelemetrySession } from "./telemetry-session.js";
import { Warnings } from "./warnings.js";

/** Options that say what spans inherit and hold; all others are the processor's or the provider's. */
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

/** Telemetry over a provider that the user brought, and over the `RespanSpanProcessor` in it. */
export class BroughtSession implements TelemetrySession {
  readonly #tracer: HostTracer;
  readonly #tracing: Tracing;
  readonly #taken = new Disposables();
  readonly #takeLoggerBack: () => void;
  readonly #warnings = new Warnings();
  #shutdown: Promise<void> | undefined;

  /** @throws InvalidSettingError for options that belong to the processor or the provider */
  constructor(settings: Settings, provider: TracerProvider) {
    refuseOthers(settings);
    this.#takeLoggerBack = lendDiagLogger(settings.logLevel);
    this.#tracer = new HostTracer(provider, this.#warnings, tracerOptionsOf(settings.otel));
    this.#tracing = hostTracingOf(settings, this.#tracer);
    this.#taken.add(provideTracing(this.#tracing, false));
    if (settings.isAutoInstrument) this.#taken.add(activateInstrumentor(this.#warnings));
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
    this.#taken.dispose();
    endOpenSpans(this.#tracing);
    // The provider, and the processor in it, are the user's to shut down.
    await this.flush();
    this.#takeLoggerBack();
  }
}

function refuseOthers(settings: Settings): void {
  for (const option of settings.given) {
    if (OPTIONS_BESIDE.has(option)) continue;
    // Saying it twice in the same words does no harm.
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
