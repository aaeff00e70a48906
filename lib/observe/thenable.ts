import type { BoundContext, Method } from "./intercept.js";
import { callWithin, dataProperty, hasMethod, intercept, isObjectLike } from "./intercept.js";
import { isNativePromise, observePromise } from "./promise.js";
import type { Door } from "./thenable-doors.js";
import { API_PROMISE_DOORS, DOORS, THEN } from "./thenable-doors.js";
import type { ValueWatcher } from "./watcher.js";
import { whenDropped, forgetDropped, Watchers } from "./watcher.js";

/** What is told of a thenable by those who consume it; the first word counts. */
interface ThenableObserver {
  /** Where the thenable's own work runs, or `undefined` where it is not observed any more. */
  enter(door: Door): BoundContext | undefined;
  settle(value: unknown): void;
  fail(error: unknown): void;
  /** It has settled, to what cannot be told. */
  finish(): void;
  /** The caller wants no value any more. */
  cancel(): void;
  respond(response: unknown): unknown;
}

/**
 * Learns how a thenable settles from those who consume it. None of its methods is called on our own account: that would
 * run a lazy one twice, or once too often.
 * @returns `false` where the object refuses (frozen)
 */
function observeThenable(thenable: object, observer: ThenableObserver): boolean {
  if (!interceptDoor(thenable, "then", THEN, observer)) return false;
  const isApiPromise = hasMethod(thenable, "parse") && hasMethod(thenable, "asResponse");
  const doors = isApiPromise ? { ...DOORS, ...API_PROMISE_DOORS } : DOORS;
  for (const [name, door] of Object.entries(doors)) interceptDoor(thenable, name, door, observer);
  return true;
}

/** What the method starts runs in the observer's context, the caller's callbacks in their own. */
function interceptDoor(thenable: object, name: string, door: Door, observer: ThenableObserver): boolean {
  return intercept(thenable, name, (method, self, args) => {
    const at = observer.enter(door);
    if (at === undefined) return Reflect.apply(method, self, args);
    let result: unknown;
    try {
      result = callWithin(at, method, self, observedArguments(args, door, at, observer));
    } catch (error) {
      observer.fail(error);
      throw error;
    }
    return result === self ? result : observedResult(result, door, at, observer);
  });
}

function observedArguments(args: unknown[], door: Door, at: BoundContext, observer: ThenableObserver): unknown[] {
  const { contexts } = at;
  const consumer = { contexts, context: contexts.active() };
  if (door === THEN) {
    const [onValue, onError, ...more] = args;
    return [
      (...values: unknown[]): unknown => {
        observer.settle(values[0]);
        return typeof onValue === "function" ? callWithin(consumer, onValue as Method, undefined, values) : values[0];
      },
      (...reasons: unknown[]): unknown => {
        observer.fail(reasons[0]);
        if (typeof onError === "function") return callWithin(consumer, onError as Method, undefined, reasons);
        throw reasons[0];
      },
      ...more,
    ];
  }
  const last = args.length - 1;
  return args.map((given, index) => {
    // What precedes a handler may be a class, as in Bluebird's `catch(RangeError, handler)`.
    if (typeof given !== "function" || (door.callback === "error" && index !== last)) return given;
    return function (this: unknown, ...values: unknown[]): unknown {
      tellCallback(values, door, observer);
      return callWithin(consumer, given as Method, this, values);
    };
  });
}

function tellCallback(values: unknown[], { callback }: Door, observer: ThenableObserver): void {
  if (callback === "error") observer.fail(values[0]);
  else if (callback === "items") observer.settle(values);
  else if (callback === "node") {
    if (values[0] === null || values[0] === undefined) observer.settle(values[1]);
    else observer.fail(values[0]);
  }
}

function observedResult(result: unknown, { gives }: Door, at: BoundContext, observer: ThenableObserver): unknown {
  if (gives === undefined) return result;
  if (gives === "end") {
    observer.cancel();
    return result;
  }
  if (gives === "other" && !isThenable(result)) return result;
  const onValue = (value: unknown): unknown => {
    if (gives === "response") return observer.respond(value);
    if (gives === "value") observer.settle(value);
    else if (gives === "data") observer.settle(isObjectLike(value) ? dataProperty(value, "data") : value);
    else if (gives === "inspection") tellInspection(value, observer);
    else observer.finish();
    return value;
  };
  const onError = (error: unknown): never => {
    observer.fail(error);
    throw error;
  };
  return whenSettled(result, at, onValue, onError);
}

/** What Bluebird's `reflect()` gives says how the promise settled. */
function tellInspection(inspection: unknown, observer: ThenableObserver): void {
  if (!isObjectLike(inspection) || !hasMethod(inspection, "isRejected")) {
    observer.finish();
    return;
  }
  const { isRejected, reason, value } = inspection as Record<"isRejected" | "reason" | "value", () => unknown>;
  if (isRejected.call(inspection) === true) observer.fail(reason.call(inspection));
  else observer.settle(value.call(inspection));
}

/** Whether a value has a method `then`; no getter is run. */
export function isThenable(value: unknown): value is object {
  return isObjectLike(value) && hasMethod(value, "then");
}

/**
 * Learns how whatever a method gave settles.
 * @param onValue returns what the caller gets; a thenable of another kind gives what it gives
 * @param onError throws what the caller gets
 * @returns what the caller gets
 */
export function whenSettled(
  result: unknown,
  at: BoundContext,
  onValue: (value: unknown) => unknown,
  onError: (error: unknown) => unknown,
): unknown {
  if (!isThenable(result)) return onValue(result);
  if (isNativePromise(result)) return observePromise(result, onValue, onError);
  let isTold = false;
  const first = (tell: (told: unknown) => unknown, told: unknown): void => {
    if (isTold) return;
    isTold = true;
    tell(told);
  };
  observeThenable(result, {
    enter: () => (isTold ? undefined : at),
    settle: (value) => {
      first(onValue, value);
    },
    fail: (error) => {
      try {
        first(onError, error);
      } catch {
        // The thenable gives its error itself.
      }
    },
    finish: () => {
      first(onValue, undefined);
    },
    cancel: () => {
      first(onValue, undefined);
    },
    respond: (response) => {
      first(onValue, undefined);
      return response;
    },
  });
  return result;
}

/** The watchers of a thenable, told by whichever of its methods is used first. */
class WatchedThenable implements ThenableObserver {
  readonly watchers = new Watchers<ValueWatcher>();
  /** Whether `parse` or `withResponse` was asked: what they give is the value, and the bare response is not. */
  #isRead = false;
  /** Whether a caller waits for the value, and will be told what a cancellation makes of it. */
  #isAwaited = false;

  enter({ isReading, gives }: Door): BoundContext | undefined {
    const innermost = this.watchers.enter();
    if (innermost === undefined) return undefined;
    if (isReading === true) this.#isRead = true;
    if (gives !== "end") {
      this.#isAwaited = true;
      // The work that is under way need not hold the thenable.
      forgetDropped(this);
    }
    return innermost;
  }

  settle(value: unknown): void {
    this.#release((watcher) => watcher.settle(value));
  }

  fail(error: unknown): void {
    this.#release((watcher) => watcher.fail(error));
  }

  finish(): void {
    this.#release((watcher) => watcher.finish());
  }

  dropped(): void {
    this.watchers.drop();
  }

  cancel(): void {
    if (!this.#isAwaited) this.finish();
  }

  /** The caller has the bare response; what is in it is between the two of them. */
  respond(response: unknown): unknown {
    if (this.#isRead) return response;
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

/**
 * Has a watcher wait until a thenable's value is asked for and has come, or the thenable is dropped.
 * @returns what the caller gets: the thenable itself, or for a native promise the one after it
 */
export function watchThenable(thenable: object, watcher: ValueWatcher): unknown {
  if (isNativePromise(thenable)) {
    return observePromise(
      thenable,
      (value) => {
        watcher.settle(value);
        return value;
      },
      (error) => {
        watcher.fail(error);
        throw error;
      },
    );
  }
  let observer = watched.get(thenable);
  if (observer === undefined) {
    observer = new WatchedThenable();
    if (!observeThenable(thenable, observer)) {
      watcher.finish();
      return thenable;
    }
    watched.set(thenable, observer);
  }
  whenDropped(thenable, observer);
  observer.watchers.add(watcher);
  return thenable;
}
