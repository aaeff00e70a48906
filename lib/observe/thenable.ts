import { types } from "node:util";
import type { BoundContext, MethodCall } from "./intercept.js";
import { callerOf, callWithin, dataProperty, hasMethod, intercept, isMethod, isObjectLike } from "./intercept.js";
import type { ValueWatcher } from "./watcher.js";
import { forgetDropped, Watchers, whenDropped } from "./watcher.js";

/**
 * What a method of a thenable gives, or a promise of: the value, an object with the value as its `data`, or the bare HTTP
 * response.
 */
type Gives = "value" | "data" | "response";

/** By these and by `then` a lazy promise or a query builder is consumed. */
export const DOORS: Readonly<Record<string, Gives>> = {
  catch: "value",
  finally: "value",
  exec: "value", // User.find().exec() of Mongoose
  execute: "value", // db.select().from(users).execute() of Drizzle
  $transaction: "value", // query.$transaction() of Prisma
  requestTransaction: "value", // prisma.$transaction([query]), which calls it
};

/** Those of the OpenAI client's `APIPromise`; others have methods of these names that mean something else. */
const API_PROMISE_DOORS: Readonly<Record<string, Gives>> = {
  parse: "value",
  withResponse: "data",
  asResponse: "response",
};

/** Methods of Bluebird that take the value without calling `then`. */
export const BLUEBIRD_METHODS = [
  ...["all", "any", "asCallback", "call", "delay", "each", "filter", "get", "map", "mapSeries", "nodeify", "props"],
  ...["race", "reduce", "reflect", "some", "spread", "timeout"],
] as const;

/** The watchers of a thenable, told by whichever of its methods is used first. */
class WatchedThenable {
  readonly watchers = new Watchers<ValueWatcher>();
  /** Whether a caller waits for the value: what a cancellation makes of it is told then, and a bare response is not it. */
  #isAwaited = false;

  /**
   * The thenable is being consumed.
   * @returns where its own work runs, or `undefined` where it is not observed any more
   */
  enter(gives: Gives): BoundContext | undefined {
    const innermost = this.watchers.enter();
    if (innermost === undefined) return undefined;
    if (gives !== "response") this.#isAwaited = true;
    // The work that is under way need not hold the thenable.
    forgetDropped(this);
    return innermost;
  }

  settle(value: unknown): void {
    this.#release((watcher) => watcher.settle(value));
  }

  fail(error: unknown): void {
    this.#release((watcher) => watcher.fail(error));
  }

  dropped(): void {
    this.watchers.drop();
  }

  /** The caller wants no value any more. */
  cancel(): void {
    if (!this.#isAwaited) this.#release((watcher) => watcher.finish());
  }

  /** The caller has the bare response; what is in it is between the two of them. */
  respond(response: unknown): unknown {
    if (this.#isAwaited) return response;
    let given = response;
    this.#release((watcher) => {
      if (watcher.respond === undefined) watcher.finish();
      else given = watcher.respond(given);
    });
    return given;
  }

  #release(end: (watcher: ValueWatcher) => void): void {
    forgetDropped(this);
    this.watchers.release(end);
  }
}

/** A thenable's methods are intercepted once, however often it is returned. */
const watched = new WeakMap<object, WatchedThenable>();

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
 */
function observePromise(promise: Promise<unknown>, watcher: ValueWatcher): Promise<unknown> {
  const hasMembers = Object.getOwnPropertyNames(promise).length > 0;
  const known = hasMembers ? promise : handedOut.get(promise);
  const after = then.call(promise, ...telling(watcher));
  if (known === undefined) handedOut.set(promise, after);
  else after.then(undefined, ignore);
  return known ?? after;
}

/** The handlers of a promise that tell a watcher how it settles, and hand on what they get. */
export function telling(
  watcher: Pick<ValueWatcher, "settle" | "fail">,
): [onValue: (value: unknown) => unknown, onError: (error: unknown) => never] {
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
 * Has a watcher wait until a thenable's value is asked for and has come, or the thenable is dropped.
 * @returns what the caller gets: the thenable itself, or for a native promise the one after it
 */
export function watchThenable(thenable: object, watcher: ValueWatcher): unknown {
  if (isNativePromise(thenable)) return observePromise(thenable, watcher);
  let observed = watched.get(thenable);
  if (observed === undefined) {
    observed = new WatchedThenable();
    if (!interceptDoors(thenable, observed)) {
      watcher.finish();
      return thenable;
    }
    watched.set(thenable, observed);
  }
  whenDropped(thenable, observed);
  observed.watchers.add(watcher);
  return thenable;
}

/**
 * Learns how whatever a method gave settles.
 * @param onValue returns what the caller gets; a thenable of another kind gives what it gives
 * @param onError throws what the caller gets, or returns a value in its place
 * @returns what the caller gets
 */
export function whenSettled(
  result: unknown,
  at: BoundContext,
  onValue: (value: unknown) => unknown,
  onError: (error: unknown) => unknown,
): unknown {
  if (!isThenable(result)) return onValue(result);
  if (isNativePromise(result)) return then.call(result, onValue, onError);
  const { contexts, context } = at;
  return watchThenable(result, {
    contexts,
    context,
    isOpen: true,
    settle: onValue,
    fail: (error) => {
      try {
        onError(error);
      } catch {
        // The thenable gives its error itself.
      }
    },
    finish: () => onValue(undefined),
    dropped: ignore,
  });
}

/** Calls a method in a context, and learns how what it gives settles, as {@link whenSettled} does. */
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
  return result === self ? result : whenSettled(result, at, onValue, onError);
}

/**
 * Learns how a thenable settles from those who consume it. A lazy one is asked for nothing on our own account: that would
 * run it twice, or once too often.
 * @returns `false` where the object refuses (frozen)
 */
function interceptDoors(thenable: object, observed: WatchedThenable): boolean {
  const then = dataProperty(thenable, "then");
  if (!interceptThen(thenable, observed)) return false;
  const isApiPromise =
    hasMethod(thenable, "asResponse") && (hasMethod(thenable, "parse") || hasMethod(thenable, "withResponse"));
  const doors = isApiPromise ? { ...DOORS, ...API_PROMISE_DOORS } : DOORS;
  for (const [name, gives] of Object.entries(doors)) interceptDoor(thenable, name, gives, observed);
  // `request.cancel()` of got and execa.
  intercept(thenable, "cancel", (cancel, self, args) => {
    observed.cancel();
    return Reflect.apply(cancel, self, args);
  });
  // A promise of Bluebird's runs already, and may be asked itself.
  if (!isMethod(then) || !hasMethod(thenable, "reflect") || !hasMethod(thenable, "isPending")) return true;
  for (const name of BLUEBIRD_METHODS) {
    intercept(thenable, name, (method, self, args) => {
      if (observed.enter("value") !== undefined) {
        Reflect.apply(then, self, [
          (value: unknown) => observed.settle(value),
          (error: unknown) => observed.fail(error),
        ]);
      }
      return Reflect.apply(method, self, args);
    });
  }
  return true;
}

/** What the thenable does runs in the watcher's context, the caller's handlers in their own. */
function interceptThen(thenable: object, observed: WatchedThenable): boolean {
  return intercept(thenable, "then", (method, self, args) => {
    const at = observed.enter("value");
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

function interceptDoor(thenable: object, name: string, gives: Gives, observed: WatchedThenable): void {
  intercept(thenable, name, (method, self, args) => {
    const at = observed.enter(gives);
    if (at === undefined) return Reflect.apply(method, self, args);
    const caller = callerOf(at);
    const last = args.at(-1);
    const given = isMethod(last)
      ? args.with(-1, function (this: unknown, ...values: unknown[]): unknown {
          if (name === "catch") observed.fail(values[0]);
          return callWithin(caller, last, this, values);
        })
      : args;
    const [, onError] = telling(observed);
    const onValue = (value: unknown): unknown => {
      if (gives === "response") return observed.respond(value);
      observed.settle(gives === "data" && isObjectLike(value) ? dataProperty(value, "data") : value);
      return value;
    };
    return callSettled(at, [method, self, given], onValue, onError);
  });
}
