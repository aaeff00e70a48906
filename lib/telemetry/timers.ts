import { performance } from "node:perf_hooks";
import timers from "node:timers";
import timersPromises from "node:timers/promises";

/**
 * Node's own timers, held when the package is loaded. The fake timers of Jest, Vitest, Sinon and node:test replace the
 * globals and the properties of `node:timers`, so a lookup at each call would let a test suite stop the delivery. The
 * global `setTimeout` of jsdom or Electron returns a number, which cannot be unref'd.
 */
export const { setTimeout, clearTimeout, setImmediate, clearImmediate } = timers;

/** A monotonic clock in milliseconds that fake timers do not stop either. */
export const now = performance.now.bind(performance);

const { setTimeout: delay } = timersPromises;

/** Waits until the time is over or the signal aborts, without keeping the process alive. */
export async function sleep(millis: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(millis, undefined, { ref: false, signal });
  } catch {
    // Aborted.
  }
}

/**
 * Resolves when the work has settled, successfully or not, or when the time is over. Its timer keeps the process alive,
 * because a caller is waiting.
 */
export async function settledWithin(
  start: () => PromiseLike<unknown> | undefined,
  timeoutMillis: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMillis);
  });
  try {
    await Promise.race([start(), timeout]);
  } catch {
    // Failures are counted where they happen.
  } finally {
    clearTimeout(timer);
  }
}

/** How long spans are prepared without letting the host's own work run. */
const MOST_MILLIS = 10;

/** A stretch of work that leaves the event loop to others when it has taken long enough. */
export class Turn {
  #since = now();

  get isOver(): boolean {
    return now() - this.#since >= MOST_MILLIS;
  }

  /** Lets the event loop run; keeps the process alive, because spans wait to be exported. */
  async yield(): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#since = now();
  }
}
