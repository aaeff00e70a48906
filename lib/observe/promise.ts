import { types } from "node:util";

/**
 * Whether a value is a promise of the language itself, of this realm or another, and no subclass: `await` does not call
 * its `then`.
 */
export function isNativePromise(value: object): value is Promise<unknown> {
  if (!types.isPromise(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === Promise.prototype || (prototype !== null && isBasePrototype(prototype));
}

/** A realm's own `Promise.prototype` is right below its `Object.prototype`; that of a subclass is further down. */
function isBasePrototype(prototype: object): boolean {
  const above = Object.getPrototypeOf(prototype) as object | null;
  return above !== null && Object.getPrototypeOf(above) === null && Object.hasOwn(prototype, "then");
}

/** The promise that callers got in place of another. */
const handedOut = new WeakMap<Promise<unknown>, Promise<unknown>>();

/** The language's own: a promise may have a `then` of its own on it, which `await` does not call either. */
const then = Promise.prototype.then;
const ignore = (): void => undefined;

/**
 * Observes a promise that its owner may keep and return again.
 *
 * Callers get the promise that comes after the observer, each of them the same one. A handler on the promise itself
 * would count as handling its rejection, and one that the program forgets to handle would pass in silence; this way it
 * surfaces exactly where it would have. A promise that something was put on (`Object.assign(promise, { cancel })`) is
 * returned itself, with what is on it: there the observer does count as a handler.
 *
 * @param onValue returns what the caller gets
 * @param onError throws what the caller gets, or returns a value in its place
 */
export function observePromise(
  promise: Promise<unknown>,
  onValue: (value: unknown) => unknown,
  onError: (error: unknown) => unknown,
): Promise<unknown> {
  const hasMembers = Object.getOwnPropertyNames(promise).length > 0;
  const known = hasMembers ? promise : handedOut.get(promise);
  const after = then.call(promise, onValue, onError);
  if (known === undefined) handedOut.set(promise, after);
  else after.then(undefined, ignore);
  return known ?? after;
}
