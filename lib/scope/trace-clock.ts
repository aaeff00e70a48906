import type { HrTime } from "@opentelemetry/api";
import { millisToHrTime } from "@opentelemetry/core";

/** Where the spans of a trace have their times from. */
export interface Clock {
  now(): HrTime;
}

/**
 * The clock of a trace. The outermost span of the trace in this process sets it by the wall clock; from then on it runs
 * with the monotonic clock, for every span below. Spans with clocks of their own, as OpenTelemetry gives them, differ by
 * up to a millisecond, so that a child ends after its parent.
 */
export class TraceClock implements Clock {
  readonly #setTo = Date.now();
  readonly #setAt = performance.now();
  #elapsed = 0;

  /** When it was set. */
  get start(): HrTime {
    return millisToHrTime(this.#setTo);
  }

  /** The time since 1970; never before a time that it gave earlier, even if fake timers set the monotonic clock back. */
  now(): HrTime {
    const elapsed = performance.now() - this.#setAt;
    if (elapsed > this.#elapsed) this.#elapsed = elapsed;
    return millisToHrTime(this.#setTo + this.#elapsed);
  }
}
