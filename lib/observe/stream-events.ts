import { errorMonitor } from "node:events";
import type { Method } from "./intercept.js";
import { dataProperty, hasMethod, intercept } from "./intercept.js";
import type { StreamEnd } from "./stream-end.js";

/** The part of an event emitter that is used here. */
interface Emitter {
  once(event: string | symbol, listener: (...values: unknown[]) => void): unknown;
  off(event: string | symbol, listener: (...values: unknown[]) => void): unknown;
}

/**
 * Hears of the end of a stream that is consumed by its events, or stopped. No listener here starts or changes
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
  whenFailed(stream, ["error"], onError);
  return listen(stream as Emitter, { end: onEnd });
}

/**
 * Hears how a stream of OpenAI's or Anthropic's helpers fails. A listener for errors keeps them from being thrown where
 * the caller has none: ours is added with the caller's first, or when the caller asks for a promise.
 * @param events those that tell of a failure
 */
export function whenFailed(stream: object, events: readonly string[], tell: (error: unknown) => void): void {
  const on = dataProperty(stream, "on") as Method;
  const heard = new Set<unknown>();
  const listen = (wanted: readonly unknown[]): void => {
    for (const event of wanted) {
      if (!events.some((one) => one === event) || heard.has(event)) continue;
      heard.add(event);
      Reflect.apply(on, stream, [event, tell] as never[]);
    }
  };
  const before = (method: string, wanted: (args: unknown[]) => readonly unknown[]): boolean =>
    intercept(stream, method, (add, self, args) => {
      listen(wanted(args));
      return Reflect.apply(add, self, args as never[]);
    });
  before("on", ([event]) => [event]);
  before("once", ([event]) => [event]);
  before("done", () => events);
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
