import type { BoundContext, Method } from "./intercept.js";
import { callWithin, hasMethod, intercept, isObjectLike } from "./intercept.js";
import type { StreamEnd } from "./stream-end.js";

const OBSERVER = ["next", "error", "complete"] as const;
type Notification = (typeof OBSERVER)[number];

/** Whether a value is an Observable, of RxJS or another library. A store has `subscribe` too, and none of the others. */
export function isObservable(value: object): boolean {
  if (!hasMethod(value, "subscribe")) return false;
  // RxJS uses the second name where the runtime does not have the symbol when it is loaded.
  const { observable = "@@observable" } = Symbol as { readonly observable?: symbol };
  return (
    hasMethod(value, "pipe") ||
    ((hasMethod(value, observable) || hasMethod(value, "@@observable")) && !hasMethod(value, "dispatch"))
  );
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
    let subscription: unknown;
    try {
      subscription = callWithin(at, subscribe, self, observedSubscriber(args, at, end));
    } catch (error) {
      end.fail(error);
      throw error;
    }
    if (isObjectLike(subscription)) {
      intercept(subscription, "unsubscribe", (unsubscribe, holder, given) => {
        end.finish();
        return Reflect.apply(unsubscribe, holder, given);
      });
    }
    return subscription;
  });
}

/** The arguments of `subscribe`: a subscriber of the library's own is observed itself, anything else by another. */
function observedSubscriber(args: unknown[], at: BoundContext, end: StreamEnd): unknown[] {
  const { contexts } = at;
  const consumer = { contexts, context: contexts.active() };
  const [first, ...more] = args;
  const tell = (notification: Notification, value: unknown): void => {
    if (notification === "next") end.item(value);
    else if (notification === "error") end.fail(value);
    else end.finish();
  };
  if (isObjectLike(first) && hasMethod(first, "next") && hasMethod(first, "add") && hasMethod(first, "unsubscribe")) {
    for (const notification of OBSERVER) {
      intercept(first, notification, (method, self, given) => {
        tell(notification, given[0]);
        return callWithin(consumer, method, self, given);
      });
    }
    return args;
  }
  const handlerOf = (notification: Notification): unknown =>
    isObjectLike(first) && typeof first !== "function"
      ? (first as Record<string, unknown>)[notification]
      : args[OBSERVER.indexOf(notification)];
  const handle = (notification: Notification, value: unknown): unknown => {
    tell(notification, value);
    const handler = handlerOf(notification);
    if (typeof handler === "function") {
      const given = notification === "complete" ? [] : [value];
      return callWithin(consumer, handler as Method, typeof first === "function" ? undefined : first, given);
    }
    // The library reports an error that the handler throws as it does one for which there is no handler.
    if (notification === "error") throw value;
    return undefined;
  };
  const observer = {
    next: (value: unknown) => handle("next", value),
    error: (error: unknown) => handle("error", error),
    complete: () => handle("complete", undefined),
  };
  return [observer, ...(typeof first === "function" ? [] : more)];
}
