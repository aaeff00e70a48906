import { types } from "node:util";

const then = Promise.prototype.then as (this: unknown, fulfilled: undefined, rejected: () => void) => unknown;
const nothing = (): void => undefined;

/**
 * Takes note of a promise where a value was wanted: it is not waited for, and no other code handles it, so that its
 * rejection would end the process. What is no native promise is not touched: calling its `then` could set something going.
 */
export function ignoreRejection(value: unknown): void {
  if (!types.isPromise(value)) return;
  try {
    then.call(value, undefined, nothing);
  } catch {
    // A subclass whose constructor throws.
  }
}

/** Whether a user's function, asked for a plain value, has given a promise; see {@link ignoreRejection}. Never throws. */
export function isUnwantedPromise(value: unknown): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  ignoreRejection(value);
  try {
    return typeof (value as { readonly then?: unknown }).then === "function";
  } catch {
    // A hostile value: no plain one in any case.
    return true;
  }
}
