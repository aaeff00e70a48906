import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace-node";
import { untraced } from "../../scope/tracing.js";
import { clearTimeout, setTimeout } from "../timers.js";
import type { Warnings } from "../diagnostics.js";
import type { BatchExporter, BatchResult } from "./delivery.js";
import { allFailed } from "./delivery.js";

/** Adapts any OpenTelemetry exporter, which gives one result for a whole batch. */
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
    const fault = await this.#faultOf(spans, signal);
    if (fault === undefined) return { exported: spans.length, rejected: 0, failed: 0 };
    this.#warnings.warn("exporter", `the exporter ${fault}; spans are lost`);
    return allFailed(spans);
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

  /** Exports, and resolves when the exporter answers, throws, takes too long or is aborted; `undefined` for success. */
  #faultOf(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<string | undefined> {
    return new Promise((resolve) => {
      const settle = (fault: string | undefined): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        resolve(fault);
      };
      const onAbort = (): void => settle("was given up");
      const timer = setTimeout(() => settle("took too long"), this.#timeoutMillis).unref();
      signal.addEventListener("abort", onAbort);
      const onResult = (result?: ExportResult): void =>
        settle(result?.code === ExportResultCode.SUCCESS ? undefined : "failed");
      // An exporter written as an async function rejects where another throws.
      const exported = new Promise((returned) => {
        returned(untraced<unknown>(() => this.#exporter.export([...spans], onResult)));
      });
      exported.catch(() => settle("failed"));
    });
  }
}
