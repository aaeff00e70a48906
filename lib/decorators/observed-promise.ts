import { types } from "node:util";
import { HandedOut } from "./handed-out.js";

/**
 * Whether a value is a promise of the language itself, of this realm or another, and no subclass: `await` does not call
 * its `then`.
 */
export function isNativePromise(value: object): value is Promise<unknown> {
  if (!types.isPromise(value)) return false;
  const prototype = Object.getPrototypeOf(value) as object | null;
  return prototype === Promise.prototype || (prototype !== null && isBasePrototype(prototype));
}

/** A realm's own `Promise.prototype` stands right below its `Object.prototype`; a subclass's stands lower. */
function isBasePrototype(prototype: object): boolean {
  const above = Object.getPrototypeOf(prototype) as object | null;
  return above !== null && Object.getPrototypeOf(above) === null && Object.hasOwn(prototype, "then");
}

/**
 * Observes a promise that nobody else holds, as an async function or generator returns it.
 *
 * The caller gets the promise that comes after the observer. A handler put on the promise itself would count as
 * handling its rejection, and one that nobody handles would pass in silence; this way it surfaces exactly where it
 * would have.
 */
export function observeFresh<Value>(
  promise: Promise<Value>,
  onValue: (value: Value) => void,
  onError: (error: unknown) => void,
): Promise<Value> {
  return promise.then(
    (value) => {
      onValue(value);
      return value;
    },
    (error: unknown) => {
      onError(error);
      throw error;
    },
  );
}

/**
 * Observes a native promise that others may hold, one that a method keeps and returns again: every caller gets the same
 * promise, as it would have, so that one of them handling a rejection is still enough.
 *
 * One that something was put on (`Object.assign(promise, { cancel })`) is returned itself, with what is on it. `await`
 * passes by whatever could be laid over its `then`, so that there the observer does count as a handler.
 */
export function observeNative(
  promise: Promise<unknown>,
  onValue: (value: unknown) => void,
  onError: (error: unknown) => void,
): Promise<unknown> {
  if (Object.getOwnPropertyNames(promise).length > 0) {
    promise.then(onValue, onError);
    return promise;
  }
  const known = HandedOut.for(promise);
  if (known === undefined) {
    const after = observeFresh(promise, onValue, onError);
    new HandedOut(promise, after);
    return after;
  }
  promise.then(onValue, onError);
  return known;
}
