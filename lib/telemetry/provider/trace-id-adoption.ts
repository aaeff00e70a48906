import { isValidTraceId } from "@opentelemetry/api";
import type { IdGenerator } from "@opentelemetry/sdk-trace-node";
import { RandomIdGenerator } from "@opentelemetry/sdk-trace-node";

/** OpenTelemetry's random ids, except for a span that joins the trace of a host beside which it lives. */
export class AdoptingIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #adopted: string | undefined;

  generateTraceId = (): string => {
    const adopted = this.#adopted;
    // A processor that is told of the span may start one of its own.
    this.#adopted = undefined;
    return adopted ?? this.#random.generateTraceId();
  };

  generateSpanId = (): string => this.#random.generateSpanId();

  /** Runs `start` with a trace id for the one root span that it starts; an invalid one is ignored. */
  within<R>(traceId: string, start: () => R): R {
    if (!isValidTraceId(traceId)) return start();
    this.#adopted = traceId;
    try {
      return start();
    } finally {
      this.#adopted = undefined;
    }
  }
}
