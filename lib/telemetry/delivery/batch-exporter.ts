import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-node";
import { untraced } from "../../scope/tracing.js";
import type { Warnings } from "../diagnostics.js";
import { clearTimeout, setTimeout } from "../timers.js";

/** The outcome of a batch; spans that are in none of the counts were left out. */
export interface BatchResult {
  /** Accepted by the receiver. */
  readonly exported: number;
  /** Refused individually, in an answer that accepted others. */
  readonly rejected: number;
  /** Sent and not accepted: the batch was refused, or all retries failed. */
  readonly failed: number;
}

/** Outcomes of spans that have ended. Each span is counted once. */
export interface DeliveryCounts extends BatchResult {
  /** Never sent: the queue was full, `spanPostprocess` dropped them, there is no key, or telemetry was shut down. */
  readonly dropped: number;
  /** In the queue, or being sent. */
  readonly pending: number;
}

/** The counts where there is nothing to deliver. */
export const NO_COUNTS: DeliveryCounts = Object.freeze({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });

/** The counts of several deliveries together. */
export function sumOfCounts(all: readonly DeliveryCounts[]): DeliveryCounts {
  const sum = { ...NO_COUNTS };
  for (const counts of all) {
    sum.exported += counts.exported;
    sum.rejected += counts.rejected;
    sum.failed += counts.failed;
    sum.dropped += counts.dropped;
    sum.pending += counts.pending;
  }
  return sum;
}

/** Exports batches of spans. */
export interface BatchExporter {
  /** Exports a batch and reports what became of it; never rejects. `signal` aborts the attempt. */
  export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult>;
  /** Exports what the exporter itself has kept back. */
  forceFlush?(): Promise<void>;
  /** Closes connections. */
  shutdown(): Promise<void>;
}

/** The result of a batch that was lost as a whole. */
export function allFailed(spans: readonly ReadableSpan[]): BatchResult {
  return { exported: 0, rejected: 0, failed: spans.length };
}

/** Adapts any OpenTelemetry exporter, which gives one result for a whole batch. */
export function adapted(exporter: SpanExporter, timeoutMillis: number, warnings: Warnings): BatchExporter {
  return {
    export: async (spans) => {
      const fault = await faultOf(exporter, [...spans], timeoutMillis);
      if (fault === undefined) return { exported: spans.length, rejected: 0, failed: 0 };
      warnings.warn("exporter", `the exporter ${fault}; spans are lost`);
      return allFailed(spans);
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: async () => {
      try {
        await exporter.shutdown();
      } catch {
        warnings.warn("exporter:shutdown", "the exporter failed to shut down");
      }
    },
  };
}

/** Exports, and resolves when the exporter answers, throws or takes too long; `undefined` for success. */
function faultOf(exporter: SpanExporter, spans: ReadableSpan[], timeoutMillis: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMillis, "took too long").unref();
    const settle = (fault: string | undefined): void => {
      clearTimeout(timer);
      resolve(fault);
    };
    const onResult = (result?: ExportResult): void =>
      settle(result?.code === ExportResultCode.SUCCESS ? undefined : "failed");
    // An exporter written as an async function rejects where another throws.
    const exporting = new Promise((returned) => {
      returned(untraced<unknown>(() => exporter.export(spans, onResult)));
    });
    exporting.catch(() => settle("failed"));
  });
}
