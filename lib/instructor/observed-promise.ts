/** What is to be told of how a promise ends; each is called at most once, and not both. */
export interface PromiseObserver {
  fulfilled(value: unknown): void;
  rejected(error: unknown): void;
  /** The caller took the bare HTTP response; its body is theirs to read. */
  responded(response: unknown): void;
}

interface ApiPromise {
  then: PromiseLike<unknown>["then"];
  parse?: () => Promise<unknown>;
  asResponse?: () => Promise<unknown>;
}

/**
 * Observes what an OpenAI-like client's `create` returned, without asking it for anything: an `APIPromise` reads its
 * response when the caller wants it read, and in the way that the caller chooses.
 * @returns what the caller is to have: the very object, or, for a native promise, one that settles as it does
 */
export function observePromise(pending: unknown, observer: PromiseObserver): unknown {
  const once = onlyOnce(observer);
  if (!isThenable(pending)) {
    once.fulfilled(pending);
    return pending;
  }
  if (Object.getPrototypeOf(pending) === Promise.prototype && !Object.hasOwn(pending, "then")) {
    // A promise that we merely listened to would no longer count as unhandled where its owner forgets it.
    return pending.then(
      (value) => {
        once.fulfilled(value);
        return value;
      },
      (error: unknown) => {
        once.rejected(error);
        throw error;
      },
    );
  }
  intercept(pending, once);
  return pending;
}

/** Everything that an `APIPromise` offers goes through its `parse` and `asResponse`; any other thenable has its `then`. */
function intercept(target: ApiPromise, observer: PromiseObserver): void {
  const { parse, asResponse } = target;
  const { then } = target;
  let isParsing = false;
  if (typeof parse === "function" && typeof asResponse === "function") {
    define(target, "parse", () => {
      const parsed = parse.call(target);
      if (!isParsing) parsed.then(observer.fulfilled, observer.rejected);
      isParsing = true;
      return parsed;
    });
    define(target, "asResponse", () => {
      const response = asResponse.call(target);
      if (isParsing) return response;
      return response.then(
        (value) => {
          observer.responded(value);
          return value;
        },
        (error: unknown) => {
          observer.rejected(error);
          throw error;
        },
      );
    });
    return;
  }
  define(target, "then", (onFulfilled: unknown, onRejected: unknown): unknown =>
    then.call(
      target,
      (value: unknown) => {
        observer.fulfilled(value);
        return typeof onFulfilled === "function" ? (onFulfilled as (value: unknown) => unknown)(value) : value;
      },
      (error: unknown) => {
        observer.rejected(error);
        if (typeof onRejected === "function") return (onRejected as (error: unknown) => unknown)(error);
        throw error;
      },
    ),
  );
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}

function onlyOnce(observer: PromiseObserver): PromiseObserver {
  let isDone = false;
  const first = <T>(tell: (what: T) => void) => {
    return (what: T): void => {
      if (isDone) return;
      isDone = true;
      tell(what);
    };
  };
  return {
    fulfilled: first((value) => observer.fulfilled(value)),
    rejected: first((error) => observer.rejected(error)),
    responded: first((response) => observer.responded(response)),
  };
}

function isThenable(value: unknown): value is ApiPromise & PromiseLike<unknown> {
  return (
    typeof value === "object" && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === "function"
  );
}
