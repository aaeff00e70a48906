import type { SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { DeliveryCounts } from "./delivery/delivery-counts.js";

/** Telemetry that is switched on, over a provider of our own or over one that the user brought. */
export interface TelemetrySession {
  readonly counts: DeliveryCounts;
  addProcessor(processor: SpanProcessor): void;
  /** Never rejects. */
  flush(): Promise<DeliveryCounts>;
  /** Never rejects; a second call waits for the first. */
  shutdown(): Promise<void>;
}
