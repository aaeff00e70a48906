import type { BoundContext } from "./intercept.js";
import { callWithin, hasMethod, intercept, isMethod, isObjectLike } from "./intercept.js";
import type { StreamEnd } from "./stream-end.js";

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
function observedSubscriber(args: unknown[], { contexts }: BoundContext, end: StreamEnd): unknown[] {
  const consumer = { contexts, context: contexts.active() };
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
        return callWithin(consumer, method, self, given);
      });
    }
    return args;
  }
  const observer = typeof first === "object" && first !== null ? first : undefined;
  const notified = (notification: Notification) => {
    return (...given: unknown[]): unknown => {
      tell[notification](given[0]);
      const handler: unknown =
        observer === undefined ? args[NOTIFICATIONS.indexOf(notification)] : Reflect.get(observer, notification);
      if (isMethod(handler)) return callWithin(consumer, handler, observer, given);
      // The library reports an error that the handler throws as it does one for which there is no handler.
      if (notification === "error") throw given[0];
      return undefined;
    };
  };
  const observed = { next: notified("next"), error: notified("error"), complete: notified("complete") };
  return [observed, ...(typeof first === "function" ? [] : more)];
}
