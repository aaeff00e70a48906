import type { TracerProvider } from "@opentelemetry/api";
import type { Tracing } from "../scope/tracing.js";
import { SDK_NAME, SDK_VERSION } from "../wire/version.js";
import { activateInstrumentor } from "./auto-instrumentation.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { lendDiagLogger } from "./diag-logger.js";
import type { CarriedProcessor } from "./provider/carried-processor.js";
import { carriedProcessor } from "./provider/carried-processor.js";
import { Claims } from "./provider/claims.js";
import { HostContexts } from "./provider/host-contexts.js";
import { endOpenSpans, tracingOf } from "./provider/provided-tracing.js";
import { provideTracing } from "./provider/tracing-owners.js";
import { InvalidSettingError } from "./settings/invalid-setting-error.js";
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
  "metadata",
  "environment",
  "traceContent",
  "isEnabled",
  "logLevel",
  "redact",
  "propagateBaggage",
]);

/** Telemetry over a provider that the user brought, and over the span processor of ours that it carries. */
export class BroughtSession implements TelemetrySession {
  readonly #processor: CarriedProcessor;
  readonly #tracing: Tracing;
  readonly #claims = new Claims();
  readonly #takeLoggerBack: () => void;
  readonly #warnings = new Warnings();
  #shutdown: Promise<void> | undefined;

  /** @throws InvalidSettingError where the provider carries no processor of ours, and for options that belong to it */
  constructor(settings: Settings, provider: TracerProvider) {
    const processor = carriedProcessor(provider);
    if (processor === undefined) {
      throw new InvalidSettingError(
        'option "tracerProvider" must be a provider that carries a RespanSpanProcessor (OpenTelemetry 2 cannot add one later), got one without it',
        "tracerProvider",
      );
    }
    refuseOthers(settings, processor);
    this.#processor = processor;
    this.#takeLoggerBack = lendDiagLogger(settings.logLevel);
    const tracer = provider.getTracer(SDK_NAME, SDK_VERSION);
    this.#tracing = tracingOf(settings, {
      contexts: new HostContexts(),
      isIsolated: false,
      startSpan: (name, options, parent) => tracer.startSpan(name, options, parent),
    });
    this.#claims.add(provideTracing(this.#tracing, false));
    if (settings.isAutoInstrument) this.#claims.add(activateInstrumentor(this.#warnings));
  }

  get counts(): DeliveryCounts {
    return this.#processor.stats();
  }

  addProcessor(): void {
    this.#warnings.warn("addProcessor", "a processor cannot be added to a tracerProvider that was brought along");
  }

  flush(): Promise<DeliveryCounts> {
    return this.#processor.flush();
  }

  shutdown(): Promise<void> {
    this.#shutdown ??= this.#close();
    return this.#shutdown;
  }

  async #close(): Promise<void> {
    this.#claims.release();
    endOpenSpans(this.#tracing);
    // The provider, and the processor in it, are the user's to shut down.
    await this.#processor.flush();
    this.#takeLoggerBack();
  }
}

function refuseOthers(settings: Settings, processor: CarriedProcessor): void {
  for (const option of settings.given) {
    if (OPTIONS_BESIDE.has(option)) continue;
    // Said twice in the same words, it does no harm.
    if ((option === "apiKey" || option === "baseUrl") && processor.has(option, settings[option] ?? "")) continue;
    throw new InvalidSettingError(
      `option "${option}" cannot be given beside "tracerProvider"; it belongs to the RespanSpanProcessor or to the provider itself`,
      option,
    );
  }
}
