import { errorMonitor } from "node:events";
import { dataProperty, intercept } from "../scope/intercept.js";
import type { Consumption } from "./consumption.js";
import { finishWhenDropped, forgetDropped, Waiting } from "./consumption.js";
import type { EntitySpan } from "./entity-span.js";
import { observeSteps, stepped, whenSettled } from "./observed-steps.js";

/**
 * One end of a stream that is consumed: the stream that a method returned, or one of the branches that `tee()` split
 * it into. The spans wait until every end is done with.
 */
class StreamEnd implements Consumption {
  private isDone = false;

  constructor(
    private readonly source: StreamSource,
    private taken = 0,
  ) {
    source.ends++;
  }

  /** What can be iterated again is returned again: its span waits anew. */
  reopen(stream: object): void {
    if (!this.isDone) return;
    this.isDone = false;
    this.source.ends++;
    finishWhenDropped(stream, this);
  }

  get waiting(): Waiting {
    return this.source.waiting;
  }

  enter(): EntitySpan | undefined {
    return this.isDone ? undefined : this.waiting.innermost;
  }

  item(value: unknown): void {
    this.taken++;
    if (this.taken <= this.source.taken) return;
    this.source.taken = this.taken;
    this.waiting.item(value);
  }

  finish(): void {
    if (this.isDone) return;
    this.isDone = true;
    forgetDropped(this);
    if (--this.source.ends === 0) this.waiting.finish();
  }

  fail(error: unknown): void {
    if (this.isDone) return;
    this.isDone = true;
    forgetDropped(this);
    this.source.ends--;
    this.waiting.fail(error);
  }

  /** An end that goes on where this one stands. */
  branch(): StreamEnd {
    return new StreamEnd(this.source, this.taken);
  }
}

/** What the ends of one stream share. */
class StreamSource {
  readonly waiting = new Waiting();
  /** Ends that are still to be consumed. */
  ends = 0;
  /** Items that have passed through the end that is furthest. */
  taken = 0;
}

/** The end that each stream is; a stream is laid over once, however often it is returned. */
const ends = new WeakMap<object, StreamEnd>();

/** A stream stays as long as anybody can still consume it: through an iterator, a reader, a branch. */
const kept = new WeakMap<object, object>();

/** Whether a result is consumed after it was returned: an async iterable, a generator object, a web stream. */
export function isStream(result: object): boolean {
  return (
    hasMethod(result, Symbol.asyncIterator) ||
    isWebStream(result) ||
    (hasMethod(result, "next") && dataProperty(result, Symbol.toStringTag) === "Generator")
  );
}

const hasMethod = (holder: object, name: PropertyKey): boolean =>
  name in holder && typeof dataProperty(holder, name) === "function";
const isWebStream = (stream: object): boolean => hasMethod(stream, "getReader");
const isNodeStream = (stream: object): stream is NodeStream => "_readableState" in stream && hasMethod(stream, "once");

type NodeStream = NodeJS.ReadableStream & { readonly destroyed?: boolean; readonly readableEnded?: boolean };

/**
 * Keeps a span open until the stream that its method returned is consumed, or dropped. The stream's own methods are
 * laid over on the very object; it stays what it is, with everything on it working.
 * @returns `false` where there is nothing to wait for: the object refuses (frozen), or has been consumed
 */
export function followStream(stream: object, span: EntitySpan): boolean {
  if (isNodeStream(stream)) {
    if (stream.destroyed === true || stream.readableEnded === true) return false;
  } else {
    span.startItems();
  }
  const known = ends.get(stream);
  const end = known ?? new StreamEnd(new StreamSource());
  if (known !== undefined) known.reopen(stream);
  else if (lay(stream, end)) finishWhenDropped(stream, end);
  else return false;
  end.waiting.add(span);
  return true;
}

/** Lays an end's observation over the methods that a stream can be consumed by. */
function lay(stream: object, end: StreamEnd): boolean {
  // Each in its turn: a stream has some of them, and any is a way to consume it.
  const ways = [
    hasMethod(stream, "next") && observeSteps(stream, end),
    layIterators(stream, end),
    layWebStream(stream, end),
    layEvents(stream, end),
  ];
  if (!ways.includes(true)) return false;
  layTee(stream, end);
  ends.set(stream, end);
  return true;
}

function layIterators(stream: object, end: StreamEnd): boolean {
  const methods = [Symbol.asyncIterator, ...(isWebStream(stream) ? ["values"] : [])];
  const laid = methods.map((method) =>
    intercept(stream, method, (iterate, self, args) => {
      const iterator = under(end, iterate, self, args);
      if (typeof iterator === "object" && iterator !== null && iterator !== stream && !kept.has(iterator)) {
        kept.set(iterator, stream);
        observeSteps(iterator, end);
      }
      return iterator;
    }),
  );
  return laid.includes(true);
}

/** Two streams in place of one: each is followed, and an item that both pass is one item. */
function layTee(stream: object, end: StreamEnd): boolean {
  return intercept(stream, "tee", (tee, self, args) => {
    const branches = under(end, tee, self, args);
    if (isList(branches)) {
      for (const branch of branches) follow(branch, end.branch(), stream);
      end.finish();
    }
    return branches;
  });
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function follow(stream: unknown, end: StreamEnd, origin: object): void {
  if (typeof stream !== "object" || stream === null || !lay(stream, end)) {
    end.finish();
    return;
  }
  kept.set(stream, origin);
  finishWhenDropped(stream, end);
}

/** The ways out of a `ReadableStream` that do not go through its iterator. */
function layWebStream(stream: object, end: StreamEnd): boolean {
  if (!isWebStream(stream)) return false;
  const isLaid = intercept(stream, "getReader", (getReader, self, args) => {
    const reader = under(end, getReader, self, args);
    if (typeof reader !== "object" || reader === null) return reader;
    kept.set(reader, stream);
    intercept(reader, "read", (read, at, given) => {
      const span = end.enter();
      if (span === undefined) return Reflect.apply(read, at, given as never[]);
      const onStep = (result: unknown): void => {
        stepped(result, end);
      };
      return whenSettled(under(end, read, at, given), span, onStep, (error) => {
        end.fail(error);
      });
    });
    layCancel(reader, end);
    return reader;
  });
  intercept(stream, "pipeTo", (pipeTo, self, args) => {
    const span = end.enter();
    const piped = under(end, pipeTo, self, args);
    if (span === undefined) return piped;
    const onEnd = (): void => {
      end.finish();
    };
    return whenSettled(piped, span, onEnd, (error) => {
      end.fail(error);
    });
  });
  intercept(stream, "pipeThrough", (pipeThrough, self, args) => {
    const readable = under(end, pipeThrough, self, args);
    follow(readable, end.branch(), stream);
    end.finish();
    return readable;
  });
  layCancel(stream, end);
  return isLaid;
}

function layCancel(target: object, end: StreamEnd): void {
  intercept(target, "cancel", (cancel, self, args) => {
    const cancelled = under(end, cancel, self, args);
    end.finish();
    return cancelled;
  });
}

/** Streams of Node are consumed by events as well; none of these listeners starts or changes anything. */
function layEvents(stream: object, end: StreamEnd): boolean {
  if (!isNodeStream(stream)) return false;
  const onEnd = (): void => {
    end.finish();
  };
  stream.once("end", onEnd);
  stream.once("close", onEnd);
  stream.once(errorMonitor, (error: unknown) => {
    end.fail(error);
  });
  return true;
}

/** Calls a method of the stream's under the span that waits for it. */
function under(end: StreamEnd, method: (...args: never[]) => unknown, self: object, args: unknown[]): unknown {
  const span = end.enter();
  return span === undefined
    ? Reflect.apply(method, self, args as never[])
    : (span.contexts.with(span.context, Reflect.apply, undefined, method as never, self, args) as unknown);
}
