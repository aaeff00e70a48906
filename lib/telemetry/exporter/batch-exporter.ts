import { ROOT_CONTEXT, context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { slot } from "../../scope/tracing.js";

/** What became of the spans of a batch. */
export interface BatchResult {
  readonly exported: number;
  readonly rejected: number;
  readonly failed: number;
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

const UNTRACED = suppressTracing(ROOT_CONTEXT);

/** Runs `fn` with tracing suppressed: the spans of an export request would be exported by another request, endlessly. */
export function untraced<R>(fn: () => R): R {
  return (slot.tracing?.contexts ?? context).with(UNTRACED, fn);
}

/** The result of a batch that was lost as a whole. */
export function allFailed(spans: readonly ReadableSpan[]): BatchResult {
  return { exported: 0, rejected: 0, failed: spans.length };
}
