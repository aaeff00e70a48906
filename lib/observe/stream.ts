import { types } from "node:util";
import { isList } from "../capture/user-values.js";
import { callWithin, dataProperty, hasMethod, intercept } from "./intercept.js";
import { bindSteps, observeSteps, readStep } from "./iterator.js";
import { StreamEnd } from "./stream-end.js";
import { interceptSubscribe, isObservable, watchEvents } from "./stream-events.js";
import type { ItemWatcher } from "./watcher.js";

/** Methods that give a stream's content as one value instead of its items. */
const WHOLE_VALUES = [
  "toArray", // of a MongoDB cursor
  "finalChatCompletion", // openai.chat.completions.stream(request)
  "finalContent",
  "finalMessage", // anthropic.messages.stream(request)
  "finalText",
];

/** The end that each stream is; its methods are intercepted once, however often it is returned. */
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
 * Has a watcher wait until a stream is consumed, or dropped. The stream's own methods are intercepted on the very
 * object; it stays what it is, with everything on it working.
 * @returns `false` where there is nothing to wait for: the object refuses (frozen), or has been consumed
 */
export function watchStream(stream: object, watcher: ItemWatcher): boolean {
  if (isNodeStream(stream)) {
    if (stream.destroyed === true || stream.readableEnded === true) return false;
  } else {
    watcher.startItems();
  }
  const end = ends.get(stream) ?? new StreamEnd();
  if (!ends.has(stream) && !interceptStream(stream, end)) return false;
  end.open(stream);
  end.add(watcher);
  return true;
}

/** Puts an end's observation in front of the methods that a stream can be consumed by. */
function interceptStream(stream: object, end: StreamEnd): boolean {
  // Each in its turn: a stream has some of them, and any is a way to consume it.
  const ways = [
    hasMethod(stream, "next") && interceptNext(stream, end),
    interceptIterator(stream, Symbol.asyncIterator, end),
    isWebStream(stream) && interceptWebStream(stream, end),
    isObservable(stream) && interceptSubscribe(stream, end),
    watchEvents(stream, end),
  ];
  if (!ways.includes(true)) return false;
  interceptTee(stream, end);
  for (const name of WHOLE_VALUES) intercept(stream, name, (...call) => end.callForWhole(call));
  ends.set(stream, end);
  return true;
}

/** The steps of an iterator; those of a cursor, whose `next` gives a document and not `{ value, done }`. */
function interceptNext(stream: object, end: StreamEnd): boolean {
  if (types.isGeneratorObject(stream)) return observeSteps(stream, end);
  return bindSteps(stream, (step, _name, self, args) => {
    if (end.isTaken) return Reflect.apply(step, self, args);
    return end.call([step, self, args], (given) => {
      if (isIteratorResult(given)) readStep(given, end);
      else if (given === null || given === undefined) end.finish();
      else end.item(given);
    });
  });
}

/** A document of a database may have a field `done`; it has others beside it. */
function isIteratorResult(given: unknown): boolean {
  if (typeof given !== "object" || given === null) return false;
  const names = Object.keys(given);
  return names.length > 0 && names.every((name) => name === "done" || name === "value");
}

/** Iterators that are observed. */
const iterators = new WeakSet();

function interceptIterator(stream: object, method: PropertyKey, end: StreamEnd): boolean {
  return intercept(stream, method, (iterate, self, args) => {
    const iterator = callWithin(end.enter(), iterate, self, args);
    if (typeof iterator === "object" && iterator !== null && iterator !== stream && !iterators.has(iterator)) {
      iterators.add(iterator);
      end.moveTo(iterator);
      end.isTaken = observeSteps(iterator, end);
    }
    return iterator;
  });
}

/** Two streams in place of one: each is followed, and an item that both pass is one item. */
function interceptTee(stream: object, end: StreamEnd): void {
  intercept(stream, "tee", (tee, self, args) => {
    const branches = callWithin(end.enter(), tee, self, args);
    if (isList(branches)) {
      for (const branch of branches) follow(branch, end.branch());
      end.finish();
    }
    return branches;
  });
}

function follow(stream: unknown, end: StreamEnd): void {
  if (typeof stream === "object" && stream !== null && interceptStream(stream, end)) end.open(stream);
}

/** The ways out of a `ReadableStream` that do not go through its iterator. */
function interceptWebStream(stream: object, end: StreamEnd): boolean {
  interceptIterator(stream, "values", end);
  intercept(stream, "pipeTo", (...call) => end.call(call, () => end.finish()));
  intercept(stream, "pipeThrough", (pipeThrough, self, args) => {
    const readable = callWithin(end.enter(), pipeThrough, self, args);
    follow(readable, end.branch());
    end.finish();
    return readable;
  });
  interceptCancel(stream, end);
  return intercept(stream, "getReader", (getReader, self, args) => {
    const reader = callWithin(end.enter(), getReader, self, args);
    if (typeof reader !== "object" || reader === null) return reader;
    end.moveTo(reader);
    intercept(reader, "read", (read, holder, given) => end.call([read, holder, given], (step) => readStep(step, end)));
    interceptCancel(reader, end);
    return reader;
  });
}

function interceptCancel(target: object, end: StreamEnd): void {
  intercept(target, "cancel", (cancel, self, args) => {
    const cancelled = callWithin(end.enter(), cancel, self, args);
    end.finish();
    return cancelled;
  });
}
