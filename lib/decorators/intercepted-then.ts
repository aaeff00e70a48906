import { intercept } from "../scope/intercept.js";
import type { EntitySpan } from "./entity-span.js";

/** Who wants to know how a thenable settles. */
export interface ThenObserver {
  /** The span under which the thenable's own work runs, or `undefined` where nobody wants to know any more. */
  enter(): EntitySpan | undefined;
  settle(value: unknown): void;
  fail(error: unknown): void;
}

type Callback = ((...values: unknown[]) => unknown) | null | undefined;

/**
 * Learns how a thenable settles from those who call its `then`; it is never called on our own account, which would run
 * a lazy one twice, or once too often. What `then` starts runs under the span, the callbacks in their own context.
 * @returns `false` where the object refuses
 */
export function interceptThen(thenable: object, observer: ThenObserver): boolean {
  return intercept(thenable, "then", (then, self, args) => {
    const span = observer.enter();
    if (span === undefined) return Reflect.apply(then, self, args as never[]);
    const { contexts, context } = span;
    const consumer = contexts.active();
    const within = (callback: Callback, values: unknown[]): unknown =>
      contexts.with(consumer, Reflect.apply, undefined, callback as never, undefined, values);
    const [onValue, onError, ...more] = args as [Callback, Callback, ...unknown[]];
    const observed = [
      (...values: unknown[]): unknown => {
        observer.settle(values[0]);
        return typeof onValue === "function" ? within(onValue, values) : values[0];
      },
      (...reasons: unknown[]): unknown => {
        observer.fail(reasons[0]);
        if (typeof onError === "function") return within(onError, reasons);
        throw reasons[0];
      },
      ...more,
    ];
    try {
      return contexts.with(context, Reflect.apply, undefined, then as never, self, observed);
    } catch (error) {
      observer.fail(error);
      throw error;
    }
  });
}
