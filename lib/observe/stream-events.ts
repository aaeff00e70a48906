import { errorMonitor } from "node:events";
import { dataProperty, hasMethod, intercept } from "./intercept.js";
import type { StreamEnd } from "./stream-end.js";

/** The part of an event emitter that is used here. */
interface Emitter {
  once(event: string | symbol, listener: (...values: unknown[]) => void): unknown;
  off(event: string | symbol, listener: (...values: unknown[]) => void): unknown;
}

/**
 * Hears of the end of a stream that is consumed by its events, or stopped. No listener of ours starts or changes
 * anything.
 * @returns whether there are any to listen to
 */
export function watchEvents(stream: object, end: StreamEnd): boolean {
  const removers = [watchEmitter(stream, end), watchAbort(stream, end)].filter((remove) => remove !== undefined);
  end.removeListeners = () => {
    for (const remove of removers) remove();
  };
  return removers.length > 0;
}

function watchEmitter(stream: object, end: StreamEnd): (() => void) | undefined {
  if (!hasMethod(stream, "once") || !hasMethod(stream, "off")) return undefined;
  const onEnd = (): void => {
    end.finish();
  };
  const onError = (error: unknown): void => {
    end.fail(error);
  };
  if (isEventEmitter(stream)) {
    // Streams of Node, `readline`, cursors of MongoDB.
    return listen(stream as Emitter, { end: onEnd, close: onEnd, [errorMonitor]: onError });
  }
  if (!hasMethod(stream, "done")) return undefined;
  // The helpers of OpenAI and Anthropic: a listener for errors would keep them from being thrown where nobody else
  // listens, so that there is none before the caller has one.
  for (const method of ["on", "once"]) {
    intercept(stream, method, (add, self, args) => {
      if (args[0] === "error" && end.enter() !== undefined) Reflect.apply(add, self, ["error", onError]);
      return Reflect.apply(add, self, args);
    });
  }
  return listen(stream as Emitter, { end: onEnd });
}

const isEventEmitter = (stream: object): boolean => hasMethod(stream, "listenerCount") && hasMethod(stream, "emit");

type Listeners = Readonly<Record<string | symbol, (value: unknown) => void>>;

function listen(emitter: Emitter, listeners: Listeners): () => void {
  const events = Reflect.ownKeys(listeners);
  for (const event of events) emitter.once(event, listeners[event] as Listeners[string]);
  return removing(emitter, (target) => {
    for (const event of events) target.off(event, listeners[event] as Listeners[string]);
  });
}

/** `stream.controller.abort()` of the OpenAI client's `Stream`, by which it ends without being read. */
function watchAbort(stream: object, end: StreamEnd): (() => void) | undefined {
  const controller = dataProperty(stream, "controller");
  if (!(controller instanceof AbortController)) return undefined;
  const { signal } = controller;
  const onAbort = (): void => {
    end.finish();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return removing(signal, (target) => {
    target.removeEventListener("abort", onAbort);
  });
}

/** What waits for a stream to be dropped must hold no reference to it. */
function removing<Target extends object>(target: Target, remove: (target: Target) => void): () => void {
  const reference = new WeakRef(target);
  return () => {
    const still = reference.deref();
    if (still !== undefined) remove(still);
  };
}
