import { types } from "node:util";
import type { BoundContext, MethodCall } from "./intercept.js";
import { callerOf, callWithin, hasMethod, intercept, isMethod, isObjectLike } from "./intercept.js";
import type { ValueWatcher } from "./watcher.js";

/** Whether a value has a method `then`; no getter is run. */
export function isThenable(value: unknown): value is object {
  return isObjectLike(value) && hasMethod(value, "then");
}

/**
 * Whether a value is a promise of the language itself, of this realm or another, and no subclass: `await` does not call
 * its `then`.
 */
export function isNativePromise(value: object): value is Promise<unknown> {
  if (!types.isPromise(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Promise.prototype) return true;
  if (!isObjectLike(prototype) || !Object.hasOwn(prototype, "then")) return false;
  // A realm's own `Promise.prototype` is right below its `Object.prototype`; that of a subclass is further down.
  const above: unknown = Object.getPrototypeOf(prototype);
  return isObjectLike(above) && Object.getPrototypeOf(above) === null;
}

/** The language's own: a promise may have a `then` of its own on it, which `await` does not call either. */
const then = Promise.prototype.then;
const ignore = (): void => undefined;

/** The promise that callers got in place of another. */
const handedOut = new WeakMap<Promise<unknown>, Promise<unknown>>();

type Settled = Pick<ValueWatcher, "settle" | "fail">;

/**
 * Observes a promise that its owner may keep and return again.
 *
 * Callers get the promise that comes after the observer, each of them the same one. A handler on the promise itself
 * would count as handling its rejection, and one that the program forgets to handle would pass in silence; this way it
 * surfaces exactly where it would have. A promise that something was put on (`Object.assign(promise, { cancel })`) is
 * returned itself, with what is on it: there the observer does count as a handler.
 */
export function watchPromise(promise: Promise<unknown>, watcher: Settled): Promise<unknown> {
  const hasMembers = Object.getOwnPropertyNames(promise).length > 0;
  const known = hasMembers ? promise : handedOut.get(promise);
  const after = then.call(promise, ...telling(watcher));
  if (known === undefined) handedOut.set(promise, after);
  else after.then(undefined, ignore);
  return known ?? after;
}

/** The handlers of a promise that tell a watcher how it settles, and hand on what they get. */
export function telling(watcher: Settled): [onValue: (value: unknown) => unknown, onError: (error: unknown) => never] {
  return [
    (value) => {
      watcher.settle(value);
      return value;
    },
    (error) => {
      watcher.fail(error);
      throw error;
    },
  ];
}

/**
 * Calls a method in a context, and learns how what it gives settles.
 * @param onValue returns what the caller gets; a thenable of another kind gives what it gives
 * @param onError throws what the caller gets, or returns a value in its place
 * @returns what the caller gets
 */
export function callSettled(
  at: BoundContext,
  [method, self, args]: MethodCall,
  onValue: (value: unknown) => unknown,
  onError: (error: unknown) => unknown,
): unknown {
  let result: unknown;
  try {
    result = callWithin(at, method, self, args);
  } catch (error) {
    return onError(error);
  }
  if (result === self) return result;
  if (!isThenable(result)) return onValue(result);
  if (isNativePromise(result)) return then.call(result, onValue, onError);
  // The first who asks is told what it gives itself.
  let first: BoundContext | undefined = at;
  const enter = (): BoundContext | undefined => {
    const entered = first;
    first = undefined;
    return entered;
  };
  const fail = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      // The thenable gives its error itself.
    }
  };
  if (!interceptThen(result, { enter, settle: onValue, fail })) onValue(undefined);
  return result;
}

/**
 * Learns how a thenable settles from those who consume it. A lazy one is asked for nothing on our own account: that would
 * run it twice, or once too often. What it does runs where `enter` says, the caller's handlers in their own context.
 * @param observed `enter` returns `undefined` where nothing is observed
 * @returns `false` where the object refuses (frozen)
 */
export function interceptThen(
  thenable: object,
  observed: Settled & { readonly enter: () => BoundContext | undefined },
): boolean {
  return intercept(thenable, "then", (method, self, args) => {
    const at = observed.enter();
    if (at === undefined) return Reflect.apply(method, self, args);
    const caller = callerOf(at);
    const [onValue, onError, ...more] = args;
    const handlers = [
      (...values: unknown[]): unknown => {
        observed.settle(values[0]);
        return isMethod(onValue) ? callWithin(caller, onValue, undefined, values) : values[0];
      },
      (...reasons: unknown[]): unknown => {
        observed.fail(reasons[0]);
        if (isMethod(onError)) return callWithin(caller, onError, undefined, reasons);
        throw reasons[0];
      },
    ];
    try {
      return callWithin(at, method, self, [...handlers, ...more]);
    } catch (error) {
      observed.fail(error);
      throw error;
    }
  });
}
