import { setTimeout } from "../timers.js";

/** How many batches running must be too large, and how long the exporter then pauses. Specs make the pause short. */
export const TOO_LARGE = { batches: 3, pauseMillis: 60_000 };

/**
 * Stops a storm of requests to a receiver that answers 413 to everything: without it, each batch would be halved down to
 * its single spans.
 */
export class TooLargeBreaker {
  #batches = 0;
  #isOpen = false;

  /** Whether nothing is sent at the moment. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Counts a batch, and whether its single spans were too large and none was accepted.
   * @returns whether this was one too many, and nothing is sent for a while
   */
  opensAfter(isTooLarge: boolean): boolean {
    this.#batches = isTooLarge ? this.#batches + 1 : 0;
    if (this.#batches < TOO_LARGE.batches) return false;
    this.#batches = 0;
    this.#isOpen = true;
    setTimeout(() => {
      this.#isOpen = false;
    }, TOO_LARGE.pauseMillis).unref();
    return true;
  }
}
