import { types } from "node:util";
import { isList } from "../capture/user-values.js";
import type { MethodCall } from "./intercept.js";
import { callerOf, callWithin, dataProperty, hasMethod, intercept, isMethod, isObjectLike } from "./intercept.js";
import { observeSteps, readStep } from "./iterator.js";
import { StreamEnd } from "./stream-end.js";
import { interceptSubscribe, isObservable, watchEvents } from "./stream-events.js";
import { interceptThen, isNativePromise, isThenable, watchPromise } from "./thenable.js";
import type { ValueWatcher } from "./watcher.js";

/** What a method gives, or a promise of: the whole value, an object with it as its `data`, or the bare HTTP response. */
type Value = "value" | "data" | "response";

/** By these and by `then` a lazy promise or a query builder is consumed; streams have some of them as well. */
export const VALUES: Readonly<Record<string, Value>> = {
  catch: "value",
  finally: "value",
  exec: "value", // User.find().exec() of Mongoose
  execute: "value", // db.select().from(users).execute() of Drizzle
  end: "value", // request.end(callback) of SuperAgent
  stream: "value", // knex("users").stream(), which is consumed in its turn
  cursor: "value", // User.find().cursor() of Mongoose, sql`...`.cursor() of postgres.js
  $transaction: "value", // query.$transaction() of Prisma
  requestTransaction: "value", // prisma.$transaction([query]), which calls it
};

/** Those of them that may call back with an error or the value. */
const CALLBACKS: ReadonlySet<string> = new Set(["end", "exec"]);

/** Those of the OpenAI client's `APIPromise`; others have methods of these names that mean something else. */
const API_PROMISE_VALUES: Readonly<Record<string, Value>> = {
  parse: "value",
  withResponse: "data",
  asResponse: "response",
};

/** Those of Drizzle's queries for SQLite, next to `execute`; others have methods of these names that mean something else. */
const SQLITE_VALUES: Readonly<Record<string, Value>> = { all: "value", get: "value", run: "value", values: "value" };

/** After these a thenable gives its caller nothing more. */
const STOPS = [
  "cancel", // of got and execa
  "abort", // of SuperAgent
  "pipe", // into a stream of the caller's: knex("users").pipe(response)
];

/** By these the content of a stream is given as one value instead of its items. */
const STREAM_VALUES: Readonly<Record<string, Value>> = {
  toArray: "value", // of a MongoDB cursor
  finalChatCompletion: "value", // openai.chat.completions.stream(request)
  finalContent: "value",
  finalMessage: "value", // anthropic.messages.stream(request)
  finalText: "value",
};

/** Methods of Bluebird that take the value without calling `then`. */
export const BLUEBIRD_METHODS = [
  ...["all", "any", "asCallback", "call", "delay", "each", "filter", "get", "map", "mapSeries", "nodeify", "props"],
  ...["race", "reduce", "reflect", "some", "spread", "timeout"],
] as const;

/** The end that each result is; its methods are intercepted once, however often it is returned. */
const ends = new WeakMap<object, StreamEnd>();

/** Whether a result is consumed after it was returned: an async iterable, a generator, a web stream, an Observable. */
export function isStream(result: object): boolean {
  return (
    hasMethod(result, Symbol.asyncIterator) ||
    isWebStream(result) ||
    isObservable(result) ||
    (hasMethod(result, "next") && dataProperty(result, Symbol.toStringTag) === "Generator")
  );
}

const isWebStream = (stream: object): boolean => hasMethod(stream, "getReader");
const isNodeStream = (stream: object): stream is NodeStream => "_readableState" in stream && hasMethod(stream, "once");

type NodeStream = NodeJS.ReadableStream & { readonly destroyed?: boolean; readonly readableEnded?: boolean };

/**
 * Has a watcher wait until a thenable or a stream is consumed, or dropped. Its own methods are intercepted on the very
 * object; it stays what it is, with everything on it working. Where there is nothing to wait for, because the object
 * refuses (frozen) or has been consumed, the watcher is finished.
 * @returns what the caller gets: the object itself, or for a native promise the one after it
 */
export function watchResult(result: object, watcher: ValueWatcher): unknown {
  if (isNativePromise(result)) return watchPromise(result, watcher);
  const isSpent = isNodeStream(result) && (result.destroyed === true || result.readableEnded === true);
  if (isStream(result) && !isNodeStream(result)) watcher.startItems?.();
  const end = ends.get(result) ?? new StreamEnd();
  if (isSpent || (!ends.has(result) && !interceptResult(result, end))) {
    watcher.finish();
  } else {
    end.open(result);
    end.add(watcher);
  }
  return result;
}

/**
 * Puts an end's observation in front of the methods that a result can be consumed by. A query builder may be iterated as
 * well as awaited.
 * @returns whether it has any
 */
function interceptResult(result: object, end: StreamEnd): boolean {
  const isAwaited = isThenable(result) && interceptThenable(result, end);
  const isConsumed = isStream(result) && interceptStream(result, end);
  if (isAwaited || isConsumed) ends.set(result, end);
  return isAwaited || isConsumed;
}

function interceptThenable(thenable: object, end: StreamEnd): boolean {
  const then = dataProperty(thenable, "then");
  const observed = {
    enter: () => end.enterFor(true),
    settle: (value: unknown) => end.settle(value),
    fail: (error: unknown) => end.fail(error),
  };
  if (!interceptThen(thenable, observed)) return false;
  interceptValues(thenable, end, VALUES);
  const isApiPromise =
    hasMethod(thenable, "asResponse") && (hasMethod(thenable, "parse") || hasMethod(thenable, "withResponse"));
  if (isApiPromise) interceptValues(thenable, end, API_PROMISE_VALUES);
  const isSqlite = ["all", "run", "execute"].every((name) => hasMethod(thenable, name));
  if (isSqlite) interceptValues(thenable, end, SQLITE_VALUES);
  for (const name of STOPS) interceptEnd(thenable, name, end);
  // A promise of Bluebird's runs already, and may be asked itself.
  if (!isMethod(then) || !hasMethod(thenable, "reflect") || !hasMethod(thenable, "isPending")) return true;
  for (const name of BLUEBIRD_METHODS) {
    intercept(thenable, name, (method, self, args) => {
      if (observed.enter() !== undefined) Reflect.apply(then, self, [observed.settle, observed.fail]);
      return Reflect.apply(method, self, args);
    });
  }
  return true;
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null;

function interceptValues(result: object, end: StreamEnd, values: Readonly<Record<string, Value>>): void {
  for (const [name, gives] of Object.entries(values)) {
    const read = (value: unknown): unknown => {
      if (gives === "response") return end.respond(value);
      end.settle(gives === "data" && isObjectLike(value) ? dataProperty(value, "data") : value);
      return undefined;
    };
    intercept(result, name, (method, self, args) => {
      const handler = args.at(-1);
      const isCallback = isMethod(handler) && CALLBACKS.has(name);
      // Nothing is called back after `request.abort()` of SuperAgent.
      const at = end.enterFor(gives !== "response" && !isCallback);
      if (at === undefined) return Reflect.apply(method, self, args);
      const caller = callerOf(at);
      const given = isMethod(handler)
        ? args.with(-1, function (this: unknown, ...values: unknown[]): unknown {
            if (name === "catch" || (isCallback && isPresent(values[0]))) end.fail(values[0]);
            else if (isCallback) end.settle(values[1]);
            return callWithin(caller, handler, this, values);
          })
        : args;
      return isCallback ? callWithin(at, method, self, given) : end.call([method, self, given], read, at);
    });
  }
}

function interceptStream(stream: object, end: StreamEnd): boolean {
  // Each in its turn: a stream has some of them, and any is a way to consume it.
  const ways = [
    types.isGeneratorObject(stream)
      ? observeSteps(stream, end)
      : interceptSteps(stream, ["next", "return", "throw"], end),
    interceptIterator(stream, Symbol.asyncIterator, end),
    isWebStream(stream) && interceptWebStream(stream, end),
    isObservable(stream) && interceptSubscribe(stream, end),
    watchEvents(stream, end),
  ];
  interceptBranches(stream, "tee", end);
  interceptValues(stream, end, STREAM_VALUES);
  return ways.includes(true);
}

/** The ways out of a `ReadableStream` that do not go through its iterator. */
function interceptWebStream(stream: object, end: StreamEnd): boolean {
  interceptIterator(stream, "values", end);
  interceptBranches(stream, "pipeThrough", end);
  interceptEnd(stream, "pipeTo", end);
  interceptEnd(stream, "cancel", end);
  return interceptMaking(stream, "getReader", end, (reader) => {
    if (!isObjectLike(reader)) return;
    end.moveTo(reader);
    interceptSteps(reader, ["read"], end);
    interceptEnd(reader, "cancel", end);
  });
}

/** Methods that give an item, in an iterator's form or as cursors do, whose `next` gives a document or `null`. */
function interceptSteps(target: object, names: readonly string[], end: StreamEnd): boolean {
  const read = (given: unknown): void => {
    // The stream's own iterator takes its items by these methods.
    if (end.isTaken) return;
    if (isIteratorResult(given)) readStep(given, end);
    else if (given === null || given === undefined) end.finish();
    else end.item(given);
  };
  return names.map((name) => intercept(target, name, (...call) => end.call(call, read))).includes(true);
}

/** A document of a database may have a field `done`; it has others beside it. */
function isIteratorResult(given: unknown): boolean {
  if (typeof given !== "object" || given === null) return false;
  const names = Object.keys(given);
  return names.length > 0 && names.every((name) => name === "done" || name === "value");
}

/** A method after which nothing more comes. */
function interceptEnd(target: object, name: string, end: StreamEnd): void {
  intercept(target, name, (...call) => {
    const given = end.call(call, () => end.finish());
    // `request.abort()` of SuperAgent gives the request.
    if (given === call[1]) end.finish();
    return given;
  });
}

/** A method that makes another object, by which the stream is consumed. Where it throws, the stream is as it was. */
function interceptMaking(stream: object, name: PropertyKey, end: StreamEnd, read: (made: unknown) => void): boolean {
  return intercept(stream, name, (...call: MethodCall) => {
    const made = callWithin(end.enter(), ...call);
    read(made);
    return made;
  });
}

function interceptIterator(stream: object, name: PropertyKey, end: StreamEnd): boolean {
  return interceptMaking(stream, name, end, (iterator) => {
    if (!isObjectLike(iterator) || iterator === stream || end.isTaken) return;
    end.moveTo(iterator);
    end.isTaken = observeSteps(iterator, end);
  });
}

/** Other streams in place of this one: each is followed, and an item that two of them pass is one item. */
function interceptBranches(stream: object, name: string, end: StreamEnd): void {
  interceptMaking(stream, name, end, (made) => {
    for (const branch of isList(made) ? made : [made]) {
      if (!isObjectLike(branch)) continue;
      const follower = end.branch();
      if (interceptResult(branch, follower)) follower.open(branch);
    }
    end.finish();
  });
}
