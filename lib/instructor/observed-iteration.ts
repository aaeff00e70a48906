/** What is to be told of an iteration, step by step. */
export interface IterationObserver {
  /** The consumer asks for the next value. */
  advancing?(): void;
  /** Runs a step of the iterator. */
  run<R>(step: () => R): R;
  /** A value has come; `false` where the consumer is not to have it. */
  yielded(value: unknown): boolean;
  /** The iteration has come to its end. @throws what the consumer is to get in its place */
  finished(): void;
  /** The consumer wants no more. */
  returned(): void;
  /** The iteration has failed; `true` where the consumer is to see it end. */
  failed(error: unknown): boolean;
}

type Outcome = Promise<IteratorResult<unknown>> | IteratorResult<unknown>;

type Step = (value?: unknown) => Outcome;

interface Steps {
  next: Step;
  return?: Step;
  throw?: Step;
}

/** Observes an async iterator, on the very object: its identity, prototype and other methods stay. */
export function observeIteration(iterator: object, observer: IterationObserver): void {
  const target = iterator as Steps;
  const { next, return: finish, throw: raise } = target;

  // One reaction for each step and nothing awaited: under async hooks a promise is the dearest thing here.
  const onStep = (result: IteratorResult<unknown>): Outcome => {
    let isLast: boolean;
    try {
      isLast = result.done === true;
      if (!isLast && !observer.yielded(result.value)) return advance(() => next.call(target));
    } catch (error) {
      return onError(error);
    }
    if (isLast) observer.finished();
    return result;
  };
  const onError = (error: unknown): IteratorResult<unknown> => {
    if (observer.failed(error)) return { done: true, value: undefined };
    throw error;
  };
  const advance = (step: () => ReturnType<Step>): Promise<IteratorResult<unknown>> => {
    try {
      return Promise.resolve(observer.run(step)).then(onStep, onError);
    } catch (error) {
      return new Promise((resolve) => resolve(onError(error)));
    }
  };

  define(target, "next", (...args: [unknown?]) => {
    observer.advancing?.();
    return advance(() => next.apply(target, args));
  });
  if (typeof finish === "function") {
    define(target, "return", (...args: [unknown?]) => {
      observer.returned();
      return observer.run(() => finish.apply(target, args));
    });
  }
  if (typeof raise === "function") {
    define(target, "throw", (...args: [unknown?]) => advance(() => raise.apply(target, args)));
  }
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true, enumerable: false });
}
