import { types } from "node:util";

const then = Promise.prototype.then as (this: unknown, fulfilled: undefined, rejected: () => void) => unknown;
const nothing = (): void => undefined;

/**
 * Takes note of a promise where a value was wanted: it is not waited for, and nobody else has it, so that its rejection
 * would end the process. What is no native promise is not touched: calling its `then` could set something going.
 */
export function ignoreRejection(value: unknown): void {
  if (!types.isPromise(value)) return;
  try {
    then.call(value, undefined, nothing);
  } catch {
    // A subclass whose constructor throws.
  }
}
