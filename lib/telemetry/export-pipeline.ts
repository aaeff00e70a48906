import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { stampScope } from "../scope/standing-scope.js";
import type { Tracing } from "../scope/tracing.js";
import { RESPAN_API_KEY } from "../wire/environment.js";
import type { BatchExporter } from "./delivery/delivery.js";
import { Delivery } from "./delivery/delivery.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { flushBeforeExit } from "./delivery/exit-flush.js";
import { RespanExporter } from "./delivery/respan-exporter.js";
import { SpanExporterAdapter } from "./delivery/span-exporter-adapter.js";
import { isServiceUrl } from "./delivery/traces-url.js";
import { endOpenSpans } from "./provider/tracing.js";
import { Ancestry } from "./selection/ancestry.js";
import { OthersContent } from "./selection/others-content.js";
import { SpanPreparation } from "./selection/span-preparation.js";
import { isExported } from "./selection/span-selection.js";
import type { Settings } from "./settings/settings.js";
import type { Warnings } from "./diagnostics.js";

/** How many requests may be in flight at once where spans are not batched. */
const UNBATCHED_EXPORTS = 8;

/**
 * The span processor of all our telemetry: it stamps each span with its scope and selects it when it starts, and delivers
 * the selected ones when they have ended.
 */
export class ExportPipeline implements SpanProcessor {
  /** Which spans are exported, and where they hang. */
  readonly ancestry = new Ancestry();
  readonly #settings: Settings;
  readonly #warnings: Warnings;
  readonly #others: OthersContent;
  readonly #delivery: Delivery;

  constructor(settings: Settings, warnings: Warnings) {
    this.#settings = settings;
    this.#warnings = warnings;
    this.#others = new OthersContent(settings.redactor);
    const preparation = new SpanPreparation(settings, this.ancestry, this.#others, warnings);
    const prepare = (span: ReadableSpan): Promise<ReadableSpan | undefined> => preparation.prepare(span);
    const limits = {
      ...settings.otel,
      maxQueueBytes: settings.maxQueueBytes,
      maxConcurrentExports: settings.isBatchingEnabled ? 1 : UNBATCHED_EXPORTS,
      isBatching: settings.isBatchingEnabled,
    };
    this.#delivery = new Delivery(exporterOf(settings, warnings), prepare, limits, warnings);
  }

  get counts(): DeliveryCounts {
    return this.#delivery.counts;
  }

  onStart(span: Span, parent: Context): void {
    stampScope(span, parent);
    const isAccepted = isExported(span, parent, this.#settings.shouldExportSpan, this.#warnings);
    this.ancestry.note(span, isAccepted);
    if (isAccepted) this.#others.noteStart(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if (!this.ancestry.isAccepted(span)) return;
    this.#others.noteEnd(span);
    this.#delivery.add(span);
  }

  /** Delivers what has ended so far; never rejects. */
  flush(): Promise<DeliveryCounts> {
    return this.#delivery.flush(this.#settings.flushTimeoutMillis);
  }

  /**
   * Flushes when the process has nothing left to do, and then ends spans that are still open.
   * @returns takes that back
   */
  flushBeforeExit(tracing: Tracing, flush: () => Promise<unknown>): () => void {
    return flushBeforeExit({
      queued: () => this.#delivery.queued,
      isReceiverSilent: () => this.#delivery.isReceiverSilent,
      flush,
      endOpenSpans: () => endOpenSpans(tracing),
      warn: (moment) => this.#delivery.warnOfPending(moment),
    });
  }

  /** The same as `flush()` without a report: the provider's flush takes nothing from the next `flush()`. */
  forceFlush(): Promise<void> {
    return this.#delivery.forceFlush(this.#settings.flushTimeoutMillis);
  }

  shutdown(): Promise<void> {
    return this.#delivery.shutdown(this.#settings.flushTimeoutMillis);
  }
}

function exporterOf(settings: Settings, warnings: Warnings): BatchExporter | undefined {
  const { exporter, otel, apiKey, baseUrl, headers = {} } = settings;
  if (exporter !== undefined) return new SpanExporterAdapter(exporter, otel.exportTimeoutMillis, warnings);
  const hasCredentials = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  if (apiKey === undefined && !hasCredentials && isServiceUrl(baseUrl)) {
    warnings.warn(
      "apiKey",
      `no API key: set the option "apiKey" or the variable ${RESPAN_API_KEY}; nothing is exported`,
    );
    return undefined;
  }
  return new RespanExporter(settings, warnings);
}
