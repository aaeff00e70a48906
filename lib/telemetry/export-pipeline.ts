import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { stampScope } from "../scope/standing-scope.js";
import type { Tracing } from "../scope/tracing.js";
import { RESPAN_API_KEY } from "../wire/environment.js";
import type { BatchExporter } from "./delivery/batch-exporter.js";
import { SpanExporterAdapter } from "./delivery/batch-exporter.js";
import { Delivery } from "./delivery/delivery.js";
import { RespanExporter } from "./delivery/respan-exporter.js";
import { isServiceUrl } from "./delivery/traces-url.js";
import type { Warnings } from "./diagnostics.js";
import { endOpenSpans } from "./provider/tracing.js";
import { OthersContent } from "./selection/others-content.js";
import { SpanPreparation } from "./selection/span-preparation.js";
import { Ancestry, isExported } from "./selection/span-selection.js";
import type { Settings } from "./settings/settings.js";
import { setImmediate } from "./timers.js";

/**
 * The span processor of all our telemetry: it stamps each span with its scope and selects it when it starts, and delivers
 * the selected ones when they have ended.
 */
export class ExportPipeline implements SpanProcessor {
  /** Which spans are exported, and where they hang. */
  readonly ancestry = new Ancestry();
  readonly delivery: Delivery;
  readonly #settings: Settings;
  readonly #warnings: Warnings;
  readonly #others: OthersContent;

  constructor(settings: Settings, warnings: Warnings) {
    this.#settings = settings;
    this.#warnings = warnings;
    this.#others = new OthersContent(settings.redactor);
    const preparation = new SpanPreparation(settings, this.ancestry, this.#others, warnings);
    const prepare = (span: ReadableSpan): Promise<ReadableSpan | undefined> => preparation.prepare(span);
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
}

function exporterOf(settings: Settings, warnings: Warnings): BatchExporter | undefined {
  const { exporter, otel, apiKey, baseUrl, headers = {} } = settings;
  if (exporter !== undefined) return new SpanExporterAdapter(exporter, otel.exportTimeoutMillis, warnings);
  const hasCredentials = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  if (apiKey === undefined && !hasCredentials && isServiceUrl(baseUrl)) {
    const message = `no API key: set the option "apiKey" or the variable ${RESPAN_API_KEY}; nothing is exported`;
    warnings.warn("apiKey", message);
    return undefined;
  }
  return new RespanExporter(settings, warnings);
}

interface ExitListener {
  beforeExit(): void;
  exit(): void;
}

/** One listener of the process serves all of them: Node warns of more than ten. */
const exitListeners = new Set<ExitListener>();

function onBeforeExit(): void {
  for (const listener of [...exitListeners]) listener.beforeExit();
}

function onExit(): void {
  for (const listener of exitListeners) listener.exit();
}

/** What ends, and is delivered, when the process has nothing left to do. */
export interface ExitWork {
  readonly delivery: Pick<Delivery, "queued" | "isReceiverSilent" | "warnOfPending">;
  readonly tracing: Pick<Tracing, "open">;
  /** Delivers what there is; never rejects. */
  readonly flush: () => Promise<unknown>;
}

/**
 * Flushes when the process has nothing left to do, and again while more spans have ended by then: the flush itself, or
 * another listener's work, gives the process something to do. When nothing is new, open spans are ended and delivered.
 * A host that ends the process otherwise (`process.exit`, a signal) flushes or shuts down itself; what it leaves behind at
 * `process.exit` is warned of.
 * @returns a function that removes the listeners
 */
export function flushBeforeExit({ delivery, tracing, flush }: ExitWork): () => void {
  let flushedUpTo: number | undefined;
  // A receiver that a flush has already waited for in vain is not waited for again.
  const isDone = (): boolean => delivery.isReceiverSilent || delivery.queued === flushedUpTo;
  const listener: ExitListener = {
    beforeExit: () => {
      if (isDone()) endOpenSpans(tracing);
      if (isDone()) {
        delivery.warnOfPending("the process ended");
        return;
      }
      flushedUpTo = delivery.queued;
      // Node emits `beforeExit` again after this, even when there was nothing to flush.
      setImmediate(() => void flush());
    },
    exit: () => delivery.warnOfPending("the process ended: await flush() before process.exit()"),
  };
  if (exitListeners.size === 0) process.on("beforeExit", onBeforeExit).on("exit", onExit);
  exitListeners.add(listener);
  return () => {
    if (!exitListeners.delete(listener) || exitListeners.size > 0) return;
    process.removeListener("beforeExit", onBeforeExit).removeListener("exit", onExit);
  };
}
