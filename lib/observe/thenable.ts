import { types } from "node:util";
import type { BoundContext, MethodCall } from "./intercept.js";
import { callWithin, dataProperty, hasMethod, intercept, isMethod, isObjectLike } from "./intercept.js";
import type { ValueWatcher } from "./watcher.js";
import { whenDropped, forgetDropped, Watchers } from "./watcher.js";

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

/** A method by which a thenable is consumed, and how it tells what the thenable settled to. */
export interface Door {
  /** How a program uses it. */
  readonly example: string;
  /** What a callback among the arguments is given: the error, Node's `(error, value)`, or the value's items one by one. */
  readonly callback?: "error" | "node" | "items";
  /**
   * What the method's result settles to: the value, an object with the value as its `data`, the bare HTTP response,
   * Bluebird's inspection, or something made of the value (`other`). `end`: the thenable is over as soon as it is called.
   */
  readonly gives?: "value" | "data" | "response" | "inspection" | "other" | "end";
  /** Whether it reads the response, so that the bare one is not the value. */
  readonly isReading?: boolean;
}

/** Not in the table: both of its callbacks are put in by us where the caller gives none. */
export const THEN: Door = { example: "await query" };

/** By these the value of a lazy promise, a query builder or a promise of another library is taken. */
export const DOORS: Readonly<Record<string, Door>> = {
  catch: { example: "prisma.user.findMany().catch(report)", callback: "error", gives: "value" },
  finally: { example: "prisma.user.findMany().finally(close)", gives: "value" },
  exec: { example: "User.find().exec() of Mongoose", gives: "value" },
  execute: { example: "db.select().from(users).execute() of Drizzle", gives: "value" },
  $transaction: { example: "query.$transaction() of Prisma", gives: "value" },
  requestTransaction: { example: "prisma.$transaction([query]), which calls it", gives: "value" },
  tap: { example: "promise.tap(log) of Bluebird", gives: "value" },
  map: { example: "promise.map(double) of Bluebird", gives: "other" },
  filter: { example: "promise.filter(isNew) of Bluebird", gives: "other" },
  each: { example: "promise.each(save) of Bluebird", gives: "other" },
  reduce: { example: "promise.reduce(add, 0) of Bluebird", gives: "other" },
  spread: { example: "promise.spread(add) of Bluebird", callback: "items", gives: "other" },
  reflect: { example: "promise.reflect() of Bluebird", gives: "inspection" },
  asCallback: { example: "promise.asCallback(done) of Bluebird and Knex", callback: "node", gives: "value" },
  nodeify: { example: "promise.nodeify(done), its older name", callback: "node", gives: "value" },
  cancel: { example: "request.cancel() of got and execa", gives: "end" },
};

/** Those of the OpenAI client's `APIPromise`; others have methods of these names that mean something else. */
export const API_PROMISE_DOORS: Readonly<Record<string, Door>> = {
  parse: { example: "openai.chat.completions.create(request).parse()", gives: "value", isReading: true },
  withResponse: { example: "openai.chat.completions.create(request).withResponse()", gives: "data", isReading: true },
  asResponse: { example: "openai.chat.completions.create(request).asResponse()", gives: "response" },
};

/** The watchers of a thenable, told by whichever of its methods is used first. */
class WatchedThenable {
  readonly watchers = new Watchers<ValueWatcher>();
  /** Whether `parse` or `withResponse` was asked: what they give is the value, and the bare response is not. */
  #isRead = false;
  /** Whether a caller waits for the value, and will be told what a cancellation makes of it. */
  #isAwaited = false;

  /** @returns where the thenable's own work runs, or `undefined` where it is not observed any more */
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

  /** It has settled, to what cannot be told. */
  finish(): void {
    this.#release((watcher) => watcher.finish());
  }

  dropped(): void {
    this.watchers.drop();
  }

  /** The caller wants no value any more. */
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

/** Whether a value has a method `then`; no getter is run. */
export function isThenable(value: unknown): value is object {
  return isObjectLike(value) && hasMethod(value, "then");
}

/** The handlers of a promise that tell a watcher how it settles, and hand on what they get. */
export function telling(watcher: ValueWatcher): [onValue: (value: unknown) => unknown, onError: (e: unknown) => never] {
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
  if (isNativePromise(thenable)) return observePromise(thenable, ...telling(watcher));
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
    dropped: () => undefined,
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
  return whenSettled(result, at, onValue, onError);
}

/**
 * Learns how a thenable settles from those who consume it. None of its methods is called on our own account: that would
 * run a lazy one twice, or once too often.
 * @returns `false` where the object refuses (frozen)
 */
function interceptDoors(thenable: object, observed: WatchedThenable): boolean {
  if (!interceptDoor(thenable, "then", THEN, observed)) return false;
  const isApiPromise =
    hasMethod(thenable, "asResponse") && (hasMethod(thenable, "parse") || hasMethod(thenable, "withResponse"));
  const doors = isApiPromise ? { ...DOORS, ...API_PROMISE_DOORS } : DOORS;
  for (const [name, door] of Object.entries(doors)) interceptDoor(thenable, name, door, observed);
  return true;
}

/** What the method starts runs in the watcher's context, the caller's callbacks in their own. */
function interceptDoor(thenable: object, name: string, door: Door, observed: WatchedThenable): boolean {
  return intercept(thenable, name, (method, self, args) => {
    const at = observed.enter(door);
    if (at === undefined) return Reflect.apply(method, self, args);
    let result: unknown;
    try {
      result = callWithin(at, method, self, observedArguments(args, door, at, observed));
    } catch (error) {
      observed.fail(error);
      throw error;
    }
    return result === self ? result : observedResult(result, door, at, observed);
  });
}

function observedArguments(args: unknown[], door: Door, at: BoundContext, observed: WatchedThenable): unknown[] {
  const { contexts } = at;
  const consumer = { contexts, context: contexts.active() };
  if (door === THEN) {
    const [onValue, onError, ...more] = args;
    return [
      (...values: unknown[]): unknown => {
        observed.settle(values[0]);
        return isMethod(onValue) ? callWithin(consumer, onValue, undefined, values) : values[0];
      },
      (...reasons: unknown[]): unknown => {
        observed.fail(reasons[0]);
        if (isMethod(onError)) return callWithin(consumer, onError, undefined, reasons);
        throw reasons[0];
      },
      ...more,
    ];
  }
  const last = args.length - 1;
  return args.map((given, index) => {
    // What precedes a handler may be a class, as in Bluebird's `catch(RangeError, handler)`.
    if (!isMethod(given) || (door.callback === "error" && index !== last)) return given;
    return function (this: unknown, ...values: unknown[]): unknown {
      tellCallback(values, door, observed);
      return callWithin(consumer, given, this, values);
    };
  });
}

function tellCallback(values: unknown[], { callback }: Door, observed: WatchedThenable): void {
  const [error, value] = values;
  if (callback === "items") observed.settle(values);
  else if (callback === "error") observed.fail(error);
  else if (callback === "node") {
    if (error === null || error === undefined) observed.settle(value);
    else observed.fail(error);
  }
}

function observedResult(result: unknown, { gives }: Door, at: BoundContext, observed: WatchedThenable): unknown {
  if (gives === undefined || (gives === "other" && !isThenable(result))) return result;
  if (gives === "end") {
    observed.cancel();
    return result;
  }
  const onValue = (value: unknown): unknown => {
    if (gives === "response") return observed.respond(value);
    if (gives === "value") observed.settle(value);
    else if (gives === "data") observed.settle(isObjectLike(value) ? dataProperty(value, "data") : value);
    else if (gives === "inspection") tellInspection(value, observed);
    else observed.finish();
    return value;
  };
  return whenSettled(result, at, onValue, (error) => {
    observed.fail(error);
    throw error;
  });
}

/** What Bluebird's `reflect()` gives says how the promise settled. */
function tellInspection(inspection: unknown, observed: WatchedThenable): void {
  const ask = (name: string): unknown => {
    const method = isObjectLike(inspection) ? dataProperty(inspection, name) : undefined;
    return isMethod(method) ? Reflect.apply(method, inspection, []) : undefined;
  };
  const isRejected = ask("isRejected");
  if (isRejected === true) observed.fail(ask("reason"));
  else if (isRejected === false) observed.settle(ask("value"));
  else observed.finish();
}
