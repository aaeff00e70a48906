import { errorMonitor } from "node:events";
import { dataProperty, hasMethod, intercept, isMethod } from "./intercept.js";
import type { StreamEnd } from "./stream-end.js";

type Listener = (value: unknown) => void;
type Listeners = readonly (readonly [event: string | symbol, listener: Listener])[];

/** The part of an event emitter that is used here. */
interface Emitter {
  once(event: string | symbol, listener: Listener): unknown;
  off(event: string | symbol, listener: Listener): unknown;
}

/**
 * Hears of the end of a stream that is consumed by its events, or stopped. Listening starts and changes
 * nothing.
 * @returns whether there are any to listen to
 */
export function watchEvents(stream: object, end: StreamEnd): boolean {
  const isHeard = watchEmitter(stream, end);
  // `stream.controller.abort()` of the OpenAI client's `Stream`, by which it ends without being read.
  const controller = dataProperty(stream, "controller");
  if (!(controller instanceof AbortController)) return isHeard;
  controller.signal.addEventListener("abort", () => end.finish(), { once: true });
  return true;
}

function watchEmitter(stream: object, end: StreamEnd): boolean {
  if (!isEmitter(stream)) return false;
  const onEnd = (): void => end.finish();
  const onError = (error: unknown): void => end.fail(error);
  if (hasMethod(stream, "listenerCount") && hasMethod(stream, "emit")) {
    // Streams of Node, `readline`, cursors of MongoDB.
    listen(stream, end, [
      ["end", onEnd],
      ["close", onEnd],
      [errorMonitor, onError],
    ]);
    return true;
  }
  if (!hasMethod(stream, "done")) return false;
  whenFailed(stream, ["error"], onError);
  listen(stream, end, [["end", onEnd]]);
  return true;
}

/**
 * Hears how a stream of OpenAI's or Anthropic's helpers fails. A listener for errors keeps them from being thrown where
 * the caller has none: ours is added with the caller's first, or when the caller asks for a promise.
 * @param events those that tell of a failure
 */
export function whenFailed(stream: object, events: readonly string[], tell: Listener): void {
  const on = dataProperty(stream, "on");
  const heard = new Set<unknown>();
  const before = (method: string, wanted: (args: unknown[]) => readonly unknown[]): boolean =>
    intercept(stream, method, (add, self, args) => {
      for (const event of events) {
        if (!isMethod(on) || heard.has(event) || !wanted(args).includes(event)) continue;
        heard.add(event);
        Reflect.apply(on, stream, [event, tell]);
      }
      return Reflect.apply(add, self, args);
    });
  before("on", ([event]) => [event]);
  before("once", ([event]) => [event]);
  before("done", () => events);
}

const isEmitter = (stream: object): stream is Emitter => hasMethod(stream, "once") && hasMethod(stream, "off");

function listen(emitter: Emitter, end: StreamEnd, listeners: Listeners): void {
  for (const [event, listener] of listeners) emitter.once(event, listener);
  // The end waits for the stream to be dropped, and must hold no reference to it.
  const reference = new WeakRef(emitter);
  end.removeListeners = () => {
    for (const [event, listener] of listeners) reference.deref()?.off(event, listener);
  };
}
