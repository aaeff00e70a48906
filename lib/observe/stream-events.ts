import { errorMonitor } from "node:events";
import { dataProperty, hasMethod, intercept } from "./intercept.js";
import type { StreamEnd } from "./stream-end.js";

type Listener = (value: unknown) => void;
type Listeners = readonly (readonly [event: string | symbol, listener: Listener])[];

/** The part of an event emitter that is used here. */
interface Emitter {
  once(event: string | symbol, listener: Listener): unknown;
  off(event: string | symbol, listener: Listener): unknown;
}

/**
 * Hears of the end of a stream that is consumed by its events, or stopped. No listener of ours starts or changes
 * anything.
 * @returns whether there are any to listen to
 */
export function watchEvents(stream: object, end: StreamEnd): boolean {
  const isEmitter = watchEmitter(stream, end);
  // `stream.controller.abort()` of the OpenAI client's `Stream`, by which it ends without being read.
  const controller = dataProperty(stream, "controller");
  if (!(controller instanceof AbortController)) return isEmitter;
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
  // The helpers of OpenAI and Anthropic: a listener for errors would keep them from being thrown where there is no
  // other, so that there is none before the caller has one.
  for (const method of ["on", "once"]) {
    intercept(stream, method, (add, self, args) => {
      if (args[0] === "error" && end.enter() !== undefined) Reflect.apply(add, self, ["error", onError]);
      return Reflect.apply(add, self, args);
    });
  }
  listen(stream, end, [["end", onEnd]]);
  return true;
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
