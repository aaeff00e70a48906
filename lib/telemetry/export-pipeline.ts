import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { ScopeStampingProcessor } from "../scope/scope-stamping-processor.js";
import { RESPAN_API_KEY } from "../wire/environment.js";
import type { BatchExporter } from "./delivery/delivery.js";
import { Delivery } from "./delivery/delivery.js";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";
import { RespanExporter } from "./delivery/respan-exporter.js";
import { SpanExporterAdapter } from "./delivery/span-exporter-adapter.js";
import { isServiceUrl, isWholeTracesUrl, tracesUrl } from "./delivery/traces-url.js";
import { AcceptedAncestry } from "./selection/accepted-ancestry.js";
import { OthersContent } from "./selection/others-content.js";
import { SpanPreparation } from "./selection/span-preparation.js";
import { SpanSelection } from "./selection/span-selection.js";
import { WithheldContent } from "./selection/withheld-content.js";
import type { Settings } from "./settings/settings.js";
import type { Warnings } from "./warnings.js";

/** How many requests may be in flight at once where spans are not batched. */
const UNBATCHED_EXPORTS = 8;

/**
 * The span processor of all our telemetry: it stamps each span with its scope and selects it when it starts, and delivers
 * the selected ones when they have ended.
 */
export class ExportPipeline implements SpanProcessor {
  readonly #stamping = new ScopeStampingProcessor();
  /** Which spans are exported, and where they hang. */
  readonly ancestry = new AcceptedAncestry();
  readonly #selection: SpanSelection;
  readonly #withheld = new WithheldContent();
  readonly #delivery: Delivery;
  readonly #flushTimeoutMillis: number;

  constructor(settings: Settings, warnings: Warnings) {
    const { otel } = settings;
    this.#selection = new SpanSelection(settings.shouldExportSpan, warnings);
    this.#flushTimeoutMillis = settings.flushTimeoutMillis;
    const { spanNameStyle, spanPostprocess } = settings;
    const preparation = new SpanPreparation({
      ancestry: this.ancestry,
      others: new OthersContent(settings.redactor, this.#withheld),
      nameStyle: spanNameStyle,
      change: spanPostprocess,
      linksGateway: settings.exporter === undefined && isServiceUrl(settings.baseUrl),
      addsColumns: settings.exporter === undefined && !isWholeTracesUrl(settings.baseUrl),
      warnings,
    });
    const exporter = exporterOf(settings, warnings);
    const prepare = (span: ReadableSpan): Promise<ReadableSpan | undefined> => preparation.prepare(span);
    const limits = {
      maxQueueSize: otel.maxQueueSize,
      maxQueueBytes: settings.maxQueueBytes,
      maxExportBatchSize: otel.maxExportBatchSize,
      scheduleDelayMillis: otel.scheduleDelayMillis,
      maxConcurrentExports: settings.isBatchingEnabled ? 1 : UNBATCHED_EXPORTS,
      isBatching: settings.isBatchingEnabled,
    };
    this.#delivery = new Delivery(exporter, prepare, limits, warnings);
  }

  get counts(): DeliveryCounts {
    return this.#delivery.counts;
  }

  /** How many spans have been queued so far. */
  get queued(): number {
    return this.#delivery.queued;
  }

  /** Whether the last flush ran out of time and the receiver has not been heard of since. */
  get isReceiverSilent(): boolean {
    return this.#delivery.isReceiverSilent;
  }

  onStart(span: Span, parent: Context): void {
    this.#stamping.onStart(span, parent);
    const isAccepted = this.#selection.accepts(span, parent);
    this.ancestry.note(span, isAccepted);
    if (isAccepted) this.#withheld.note(span, parent);
  }

  onEnd(span: ReadableSpan): void {
    if (!this.ancestry.isAccepted(span)) return;
    this.#withheld.decide(span);
    this.#delivery.add(span);
  }

  /** Delivers what has ended so far; never rejects. */
  flush(): Promise<DeliveryCounts> {
    return this.#delivery.flush(this.#flushTimeoutMillis);
  }

  /** Warns of spans that are lost when the process ends now. */
  warnAtExit(reason: string): void {
    this.#delivery.warnOfPending(reason);
  }

  /** The same as `flush()` without a report: the provider's flush takes nothing from the next `flush()`. */
  forceFlush(): Promise<void> {
    return this.#delivery.forceFlush(this.#flushTimeoutMillis);
  }

  shutdown(): Promise<void> {
    return this.#delivery.shutdown(this.#flushTimeoutMillis);
  }
}

function exporterOf(settings: Settings, warnings: Warnings): BatchExporter | undefined {
  // Zero means no timeout.
  const exportTimeoutMillis = settings.otel.exportTimeoutMillis || 2_147_483_647;
  if (settings.exporter !== undefined) return new SpanExporterAdapter(settings.exporter, exportTimeoutMillis, warnings);
  const { apiKey, baseUrl, headers = {} } = settings;
  const hasCredentials = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  if (apiKey === undefined && !hasCredentials && isServiceUrl(baseUrl)) {
    warnings.warn(
      "apiKey",
      `no API key: set the option "apiKey" or the variable ${RESPAN_API_KEY}; nothing is exported`,
    );
    return undefined;
  }
  return new RespanExporter(
    {
      url: tracesUrl(baseUrl),
      apiKey,
      headers,
      compression: settings.compression,
      timeoutMillis: settings.timeoutMillis,
      exportTimeoutMillis,
      agent: settings.httpAgent,
      redactor: settings.redactor,
    },
    warnings,
  );
}
