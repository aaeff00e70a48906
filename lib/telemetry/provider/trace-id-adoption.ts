import { isValidTraceId } from "@opentelemetry/api";
import type { IdGenerator } from "@opentelemetry/sdk-trace";
import { RandomTraceId, randomSpanId } from "./random-ids.js";

/** Random ids, and now and then a trace id that somebody else has chosen: that of a host's trace. */
export class AdoptingIdGenerator implements IdGenerator {
  #next: string | undefined;

  /** The trace id that the next span without a parent adopts. */
  get adopted(): string | undefined {
    return this.#next;
  }

  generateTraceId = (): string => this.#next ?? new RandomTraceId().text;

  generateSpanId = randomSpanId;

  /** Runs `start` with the given trace id for the spans that it starts; an invalid one is not taken. */
  within<R>(traceId: string, start: () => R): R {
    if (!isValidTraceId(traceId)) return start();
    this.#next = traceId;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }
}
