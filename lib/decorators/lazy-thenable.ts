import { dataProperty, intercept } from "../scope/intercept.js";
import { finishWhenDropped, forgetDropped, Waiting } from "./consumption.js";
import type { EntitySpan } from "./entity-span.js";
import type { ThenObserver } from "./intercepted-then.js";
import { interceptThen } from "./intercepted-then.js";
import { whenSettled } from "./observed-steps.js";

/** What a span does with the value that its thenable settled to. */
export type Settle = (span: EntitySpan, value: unknown) => void;

/** The spans that wait for a thenable to be asked for its value, by whichever of its methods. */
class WaitingForValue implements ThenObserver {
  readonly waiting = new Waiting();
  /** Whether `parse` or `withResponse` was asked: what they give is the value, and the bare response is not. */
  private isRead = false;

  constructor(private readonly settleSpan: Settle) {}

  enter(): EntitySpan | undefined {
    return this.waiting.innermost;
  }

  startReading(): void {
    this.isRead = true;
  }

  settle(value: unknown): void {
    forgetDropped(this);
    this.waiting.release((span) => {
      this.settleSpan(span, value);
    });
  }

  fail(error: unknown): void {
    forgetDropped(this);
    this.waiting.fail(error);
  }

  /** The caller has the bare response; what is in it is between the two of them. */
  settleWithoutValue(): void {
    if (!this.isRead) this.finish();
  }

  finish(): void {
    forgetDropped(this);
    this.waiting.finish();
  }
}

const known = new WeakMap<object, WaitingForValue>();

/** Ways to the value that the OpenAI client's `APIPromise` has beside `then`. */
const VALUE_METHODS = ["parse", "withResponse"] as const;
const RESPONSE_METHOD = "asResponse";

/**
 * Keeps a span open until the thenable that its method returned is asked for its value and has it, or is dropped. It is
 * never asked on our own account: a lazy one would run.
 * @returns `false` where the object refuses (frozen)
 */
export function followThenable(thenable: object, span: EntitySpan, settle: Settle): boolean {
  let observer = known.get(thenable);
  if (observer === undefined) {
    observer = new WaitingForValue(settle);
    if (!interceptThen(thenable, observer)) return false;
    if (typeof dataProperty(thenable, RESPONSE_METHOD) === "function") layApiPromise(thenable, observer);
    known.set(thenable, observer);
  }
  finishWhenDropped(thenable, observer);
  observer.waiting.add(span);
  return true;
}

function layApiPromise(promise: object, observer: WaitingForValue): void {
  for (const method of VALUE_METHODS) {
    layMethod(promise, method, observer, (value) => {
      observer.settle(method === "withResponse" ? dataOf(value) : value);
    });
  }
  layMethod(promise, RESPONSE_METHOD, observer, () => {
    observer.settleWithoutValue();
  });
}

const dataOf = (answer: unknown): unknown =>
  typeof answer === "object" && answer !== null ? dataProperty(answer, "data") : answer;

function layMethod(promise: object, name: string, observer: WaitingForValue, onValue: (value: unknown) => void): void {
  intercept(promise, name, (method, self, args) => {
    const span = observer.waiting.innermost;
    if (span === undefined) return Reflect.apply(method, self, args as never[]);
    if (name !== RESPONSE_METHOD) observer.startReading();
    const result: unknown = span.contexts.with(span.context, Reflect.apply, undefined, method as never, self, args);
    return whenSettled(result, span, onValue, (error) => {
      observer.fail(error);
    });
  });
}
