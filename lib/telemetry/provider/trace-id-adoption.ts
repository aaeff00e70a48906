import { isValidTraceId } from "@opentelemetry/api";
import type { IdGenerator } from "@opentelemetry/sdk-trace";
import { RandomIdGenerator } from "@opentelemetry/sdk-trace";
import { randomSpanId } from "./random-span-id.js";

/** Random ids, and now and then a trace id that somebody else has chosen: that of a host's trace. */
export class AdoptingIdGenerator implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  /** The trace id of the next span without a parent. */
  #next: string | undefined;

  generateTraceId = (): string => this.#next ?? this.#random.generateTraceId();

  generateSpanId = randomSpanId;

  /** Runs `start` with the given trace id for the spans that it starts; an invalid one is not taken. */
  within<R>(traceId: string | undefined, start: () => R): R {
    if (traceId === undefined || !isValidTraceId(traceId)) return start();
    this.#next = traceId;
    try {
      return start();
    } finally {
      this.#next = undefined;
    }
  }
}
