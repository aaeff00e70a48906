import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { isUnwantedPromise } from "../capture/user-values.js";
import { stampScope } from "../scope/standing-scope.js";
import { callUntraced } from "../scope/tracing.js";
import { RESPAN_API_KEY } from "../wire/environment.js";
import type { BatchExporter } from "./delivery/batch-exporter.js";
import { adapted } from "./delivery/batch-exporter.js";
import type { Prepare } from "./delivery/delivery.js";
import { Delivery } from "./delivery/delivery.js";
import { RespanExporter } from "./delivery/respan-exporter.js";
import { isServiceUrl, isWholeTracesUrl } from "./delivery/traces-url.js";
import type { Warnings } from "./diagnostics.js";
import { OthersContent } from "./selection/others-content.js";
import type { SpanCopy } from "./selection/span-copy.js";
import { clampedEvents, copyOf, detach, leaveToGateway, semanticName, withColumns } from "./selection/span-copy.js";
import { Ancestry, isExported, isOurs } from "./selection/span-selection.js";
import type { Settings } from "./settings/settings.js";
import type { SpanPostprocess } from "./telemetry-options.js";
import type { Turn } from "./timers.js";

/**
 * The span processor of all our telemetry: it stamps each span with its scope and selects it when it starts, and
 * delivers the selected ones when they have ended.
 */
export class ExportPipeline implements SpanProcessor {
  /** Which spans are exported, and where they hang. */
  readonly ancestry = new Ancestry();
  readonly delivery: Delivery;
  readonly #settings: Settings;
  readonly #warnings: Warnings;
  readonly #others: OthersContent;
  /** Changes that only the service's own form of spans needs; a custom exporter gets OpenTelemetry's. */
  readonly #forService: ((copy: SpanCopy) => void) | undefined;

  constructor(settings: Settings, warnings: Warnings) {
    this.#settings = settings;
    this.#warnings = warnings;
    this.#others = new OthersContent(settings.redactor);
    this.#forService = settings.exporter === undefined ? serviceForm(settings.baseUrl) : undefined;
    const prepare: Prepare = (span, turn) => this.#prepare(span, turn);
    this.delivery = new Delivery(exporterOf(settings, warnings), prepare, settings, warnings);
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
    this.delivery.add(span);
  }

  forceFlush(): Promise<void> {
    return this.delivery.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.delivery.shutdown();
  }

  /** A copy of the span as it is exported; `undefined` where it is left out. */
  #prepare(span: ReadableSpan, turn: Turn): ReadableSpan | undefined | Promise<ReadableSpan | undefined> {
    const copy = copyOf(span, this.ancestry.parentOf(span));
    const held = this.#others.hold(span, copy, turn);
    return held === undefined ? this.#finish(copy) : held.then(() => this.#finish(copy));
  }

  #finish(copy: SpanCopy): ReadableSpan | undefined {
    const { spanNameStyle, spanPostprocess } = this.#settings;
    if (spanNameStyle === "semantic") copy.name = semanticName(copy.attributes) ?? copy.name;
    if (isOurs(copy)) copy.events = clampedEvents(copy);
    if (spanPostprocess !== undefined && !this.#isKept(spanPostprocess, copy)) return undefined;
    // Last, after `spanPostprocess` has made its changes.
    this.#forService?.(copy);
    return copy;
  }

  /** Lets `spanPostprocess` change a span; `false` where the span is to be left out. */
  #isKept(change: SpanPostprocess, span: SpanCopy): boolean {
    detach(span);
    try {
      const result = callUntraced(change, false, () => change(span));
      if (!isUnwantedPromise(result)) return result !== false;
      this.#warnings.warn("spanPostprocess:async", "spanPostprocess must not be async; its spans are not exported");
    } catch {
      this.#warnings.warn("spanPostprocess", "spanPostprocess failed; the affected spans are not exported");
    }
    return false;
  }
}

/** What the service alone has: the gateway's records, and columns of its own, which the local page shows too. */
function serviceForm(baseUrl: string): ((copy: SpanCopy) => void) | undefined {
  if (isWholeTracesUrl(baseUrl)) return undefined;
  const hasGateway = isServiceUrl(baseUrl);
  return (copy) => {
    if (hasGateway) leaveToGateway(copy);
    copy.attributes = withColumns(copy);
  };
}

function exporterOf(settings: Settings, warnings: Warnings): BatchExporter | undefined {
  const { exporter, otel, apiKey, baseUrl, headers = {} } = settings;
  if (exporter !== undefined) return adapted(exporter, otel.exportTimeoutMillis, warnings);
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
