import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** What became of a batch. The three make up all of its spans. */
export interface BatchResult {
  readonly exported: number;
  readonly rejected: number;
  readonly failed: number;
}

/** Carries batches of spans out of the process. */
export interface BatchExporter {
  /** Exports a batch and says what became of it; never rejects. `signal` ends the attempt. */
  export(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<BatchResult>;
  /** Carries out what the exporter itself has kept back. */
  forceFlush?(): Promise<void>;
  /** Lets go of connections. */
  shutdown(): Promise<void>;
}
