import { intercept } from "../scope/intercept.js";

/** What is to be told of how a promise ends; one of these is called, once. */
export interface PromiseObserver {
  fulfilled(value: unknown): void;
  rejected(error: unknown): void;
  /** The caller took the bare HTTP response, whose body is theirs to read; returns what they get. */
  responded(response: unknown): unknown;
}

/**
 * Observes what an OpenAI-like client's `create` returned, without asking it for anything: an `APIPromise` reads its
 * response when the caller wants it read, and in the way that the caller chooses.
 * @returns what the caller is to have: the very object, or, for a native promise, one that settles as it does
 */
export function observePromise(pending: unknown, observer: PromiseObserver): unknown {
  const watch = new FirstWord(observer);
  if (!isThenable(pending)) {
    watch.fulfilled(pending);
    return pending;
  }
  // A native promise that we merely listened to would no longer count as unhandled where its owner forgets it.
  if (isNative(pending)) return pending.then(watch.fulfilled, watch.rejected);
  if (!interceptApi(pending, watch)) interceptThen(pending, watch);
  return pending;
}

/** Everything that an `APIPromise` offers goes through its `parse` and its `asResponse`. */
function interceptApi(pending: object, watch: FirstWord): boolean {
  const { parse, asResponse } = pending as { parse?: unknown; asResponse?: unknown };
  if (typeof parse !== "function" || typeof asResponse !== "function") return false;
  let isParsed = false;
  return (
    intercept(pending, "parse", (method, self) => {
      const parsed = method.call(self) as Promise<unknown>;
      // Its own handlers come after this one, so that the span has ended before the caller goes on.
      parsed.then(watch.fulfilled, watch.rejected).catch(() => undefined);
      isParsed = true;
      return parsed;
    }) &&
    intercept(pending, "asResponse", (method, self) => {
      const response = method.call(self) as Promise<unknown>;
      return isParsed ? response : response.then(watch.responded, watch.rejected);
    })
  );
}

/** Of any other thenable, `catch` and `finally` go through its `then`. */
function interceptThen(pending: object, watch: FirstWord): void {
  intercept(pending, "then", (method, self, [onFulfilled, onRejected]) =>
    (method as (...handlers: unknown[]) => unknown).call(
      self,
      (value: unknown) => {
        watch.fulfilled(value);
        return typeof onFulfilled === "function" ? (onFulfilled as Handler)(value) : value;
      },
      (error: unknown) => {
        watch.tellRejected(error);
        if (typeof onRejected === "function") return (onRejected as Handler)(error);
        throw error;
      },
    ),
  );
}

type Handler = (value: unknown) => unknown;

/** Passes on what is heard first, and settles as the observed promise does. */
class FirstWord {
  private isSaid = false;

  constructor(private readonly observer: PromiseObserver) {}

  readonly fulfilled = (value: unknown): unknown => {
    if (this.isFirst()) this.observer.fulfilled(value);
    return value;
  };

  readonly rejected = (error: unknown): never => {
    this.tellRejected(error);
    throw error;
  };

  readonly responded = (response: unknown): unknown => (this.isFirst() ? this.observer.responded(response) : response);

  tellRejected(error: unknown): void {
    if (this.isFirst()) this.observer.rejected(error);
  }

  private isFirst(): boolean {
    const isFirst = !this.isSaid;
    this.isSaid = true;
    return isFirst;
  }
}

function isNative(pending: object): pending is Promise<unknown> {
  return Object.getPrototypeOf(pending) === Promise.prototype && !Object.hasOwn(pending, "then");
}

function isThenable(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === "function"
  );
}
