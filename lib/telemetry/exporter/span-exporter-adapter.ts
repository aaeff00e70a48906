import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import type { Warnings } from "../warnings.js";
import type { BatchExporter, BatchResult } from "./batch-exporter.js";
import { untraced } from "./untraced.js";

const SUCCESS: number = ExportResultCode.SUCCESS;

/** Any OpenTelemetry exporter as one of ours. It knows but one answer for a whole batch. */
export class SpanExporterAdapter implements BatchExporter {
  readonly #exporter: SpanExporter;
  readonly #timeoutMillis: number;
  readonly #warnings: Warnings;

  constructor(exporter: SpanExporter, timeoutMillis: number, warnings: Warnings) {
    this.#exporter = exporter;
    this.#timeoutMillis = timeoutMillis;
    this.#warnings = warnings;
  }

  async export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult> {
    const complaint = await this.#complaintOf(spans, signal);
    if (complaint === undefined) return { exported: spans.length, rejected: 0, failed: 0 };
    this.#warnings.warn("exporter", `the exporter ${complaint}; spans are lost`);
    return { exported: 0, rejected: 0, failed: spans.length };
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    try {
      await this.#exporter.shutdown();
    } catch {
      this.#warnings.warn("exporter:shutdown", "the exporter failed to shut down");
    }
  }

  /** Exports, and settles when the exporter answers, throws, takes too long or is told to stop. */
  #complaintOf(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (complaint: string | undefined): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
        resolve(complaint);
      };
      const abort = (): void => settle("was given up");
      const timer = setTimeout(() => settle("took too long"), this.#timeoutMillis).unref();
      signal.addEventListener("abort", abort);
      const answered = (result: { readonly code: number } | undefined): void =>
        settle(result?.code === SUCCESS ? undefined : "failed");
      try {
        const returned = untraced<unknown>(() => this.#exporter.export([...spans], answered));
        // One that is written as an async function rejects where another throws.
        Promise.resolve(returned).catch(() => settle("failed"));
      } catch {
        settle("failed");
      }
    });
  }
}
