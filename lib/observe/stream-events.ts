import { errorMonitor } from "node:events";
import type { BoundContext } from "./intercept.js";
import { callerOf, callWithin, dataProperty, hasMethod, intercept, isMethod, isObjectLike } from "./intercept.js";
import type { StreamEnd } from "./stream-end.js";

/** The part of an event emitter that is used here. */
interface Emitter {
  on(event: string | symbol, listener: (value: unknown) => void): unknown;
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

const isEmitter = (stream: object): stream is Emitter => hasMethod(stream, "on") && hasMethod(stream, "once");

function watchEmitter(stream: object, end: StreamEnd): boolean {
  if (!isEmitter(stream)) return false;
  // A consumer that iterates may have items yet to come when the stream closes.
  const onEnd = (): void => {
    if (!end.isTaken) end.finish();
  };
  const onError = (error: unknown): void => end.fail(error);
  if (hasMethod(stream, "listenerCount") && hasMethod(stream, "emit")) {
    // Streams of Node, `readline`, cursors of MongoDB.
    stream.on("end", onEnd);
    stream.on("close", onEnd);
    stream.on(errorMonitor, onError);
    return true;
  }
  // Those of OpenAI's and Anthropic's helpers.
  if (!hasMethod(stream, "done")) return false;
  stream.on("end", onEnd);
  whenFailed(stream, onError);
  return true;
}

/**
 * Hears how a stream of OpenAI's or Anthropic's helpers fails. A listener for errors keeps them from being thrown where
 * the caller has none: ours is added with the caller's first, or when the caller asks for a promise.
 */
function whenFailed(stream: Emitter, onError: (error: unknown) => void): void {
  const { on } = stream;
  let isHeard = false;
  for (const name of ["on", "once", "done"]) {
    intercept(stream, name, (method, self, args) => {
      if (!isHeard && (name === "done" || args[0] === "error")) {
        isHeard = true;
        Reflect.apply(on, stream, ["error", onError]);
      }
      return Reflect.apply(method, self, args);
    });
  }
}

const NOTIFICATIONS = ["next", "error", "complete"] as const;
type Notification = (typeof NOTIFICATIONS)[number];

/** Whether a value is an Observable, of RxJS or another library. A store has `subscribe` too, and none of the others. */
export function isObservable(value: object): boolean {
  if (!hasMethod(value, "subscribe")) return false;
  if (hasMethod(value, "pipe")) return true;
  // RxJS uses the name where the runtime does not have the symbol when it is loaded.
  const symbol: unknown = Reflect.get(Symbol, "observable");
  const isInterop = hasMethod(value, "@@observable") || (typeof symbol === "symbol" && hasMethod(value, symbol));
  return isInterop && !hasMethod(value, "dispatch");
}

/**
 * Tells an end of what an Observable emits, from its first subscription to its end or the unsubscription. Later
 * subscriptions run their work again, untraced.
 */
export function interceptSubscribe(observable: object, end: StreamEnd): boolean {
  return intercept(observable, "subscribe", (subscribe, self, args) => {
    const at = end.isTaken ? undefined : end.enter();
    if (at === undefined) return Reflect.apply(subscribe, self, args);
    end.isTaken = true;
    return end.call([subscribe, self, observedSubscriber(args, at, end)], (subscription) => {
      if (!isObjectLike(subscription)) return;
      intercept(subscription, "unsubscribe", (unsubscribe, holder, given) => {
        end.finish();
        return Reflect.apply(unsubscribe, holder, given);
      });
    });
  });
}

/** The arguments of `subscribe`: a subscriber of the library's own is observed itself, anything else by another. */
function observedSubscriber(args: unknown[], at: BoundContext, end: StreamEnd): unknown[] {
  const caller = callerOf(at);
  const [first, ...more] = args;
  const tell: Readonly<Record<Notification, (value: unknown) => void>> = {
    next: (value) => end.item(value),
    error: (error) => end.fail(error),
    complete: () => end.finish(),
  };
  if (isObjectLike(first) && ["next", "add", "unsubscribe"].every((name) => hasMethod(first, name))) {
    for (const notification of NOTIFICATIONS) {
      intercept(first, notification, (method, self, given) => {
        tell[notification](given[0]);
        return callWithin(caller, method, self, given);
      });
    }
    return args;
  }
  const observer = typeof first === "object" && first !== null ? first : undefined;
  const notified = (notification: Notification, index: number) => {
    return (...given: unknown[]): unknown => {
      tell[notification](given[0]);
      const handler: unknown = observer === undefined ? args[index] : Reflect.get(observer, notification);
      if (isMethod(handler)) return callWithin(caller, handler, observer, given);
      // The library reports an error that the handler throws as it does one for which there is no handler.
      if (notification === "error") throw given[0];
      return undefined;
    };
  };
  const observed = Object.fromEntries(NOTIFICATIONS.map((name, index) => [name, notified(name, index)]));
  return [observed, ...(typeof first === "function" ? [] : more)];
}
