import { types } from "node:util";

/** Whether a value is an array; `Array.isArray` alone throws for a Proxy that was revoked. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * The items of an array, by their positions: neither its iterator nor a method of its own is called.
 * @param most no more than these are read
 * @returns `undefined` where it is no array, or cannot be read
 */
export function listOf(given: unknown, most = Infinity): unknown[] | undefined {
  try {
    if (!Array.isArray(given)) return undefined;
    const items: unknown[] = [];
    const length = Math.min(given.length, most);
    for (let at = 0; at < length; at++) items.push(given[at]);
    return items;
  } catch {
    return undefined;
  }
}

/** What a value is, in words, for messages that may hold nothing of its content. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === "") return "an empty string";
  return isList(value) ? "an array" : `a value of type ${typeof value}`;
}

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
