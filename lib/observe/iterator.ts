import { types } from "node:util";
import type { BoundContext, Method } from "./intercept.js";
import { dataProperty, hasMethod, intercept, isMethod, isObjectLike } from "./intercept.js";
import { callSettled } from "./thenable.js";

const STEPS = ["next", "return", "throw"] as const;

/** The methods that move an iterator. */
export type StepName = (typeof STEPS)[number];

/** Takes a step of an iterator: calls its own method, or not, and returns what the consumer gets. */
export type StepRunner = (step: Method, name: StepName, iterator: object, args: unknown[]) => unknown;

/** What is told of an iteration, step by step. */
export interface StepObserver {
  /**
   * A step begins.
   * @returns where it runs, or `undefined` where it is not observed
   */
  enter(step: StepName, iterator: object): BoundContext | undefined;
  item(value: unknown): void;
  /** The iteration is over. @throws what the consumer gets in place of the end */
  finish(): void;
  fail(error: unknown): void;
  /** Where an item is not for the consumer, it is left out. */
  keeps?(value: unknown): boolean;
  /** Whether the consumer sees the end in place of an error. */
  readonly hidesFailure?: boolean;
}

/** Whether a value is a generator object, sync or async, as a generator function returns it. */
export function isGeneratorObject(value: unknown): value is Generator | AsyncGenerator {
  if (typeof value !== "object" || value === null) return false;
  try {
    const tag = dataProperty(value, Symbol.toStringTag);
    return (tag === "Generator" || tag === "AsyncGenerator") && hasMethod(value, "next");
  } catch {
    return false;
  }
}

/**
 * Puts `run` around each step of an iterator, on the very object: its identity, prototype and other methods stay.
 * @returns `false` where the object refuses (frozen): it is then as it was
 */
export function bindSteps(iterator: object, run: StepRunner): boolean {
  const bound = STEPS.map((name) => intercept(iterator, name, (step, self, args) => run(step, name, self, args)));
  return bound.includes(true);
}

/**
 * Tells an observer of each step of an iterator.
 * @returns `false` where the object refuses
 */
export function observeSteps(iterator: object, observer: StepObserver): boolean {
  // While it runs, a generator that steps itself gets a TypeError, which is not its end; an async one waits.
  const refusesItself = types.isGeneratorObject(iterator) && !(Symbol.asyncIterator in iterator);
  const next = dataProperty(iterator, "next");
  let isRunning = false;

  const onError = (error: unknown): unknown => {
    observer.fail(error);
    if (observer.hidesFailure === true) return { done: true, value: undefined };
    throw error;
  };
  const take = (at: BoundContext, step: Method, args: unknown[]): unknown => {
    const onStep = (result: unknown): unknown =>
      readStep(result, observer) || !isMethod(next) ? result : take(at, next, []);
    return callSettled(at, [step, iterator, args], onStep, onError);
  };

  return bindSteps(iterator, (step, name, self, args) => {
    const at = isRunning ? undefined : observer.enter(name, self);
    if (at === undefined) return Reflect.apply(step, self, args);
    isRunning = refusesItself;
    try {
      return take(at, step, args);
    } finally {
      isRunning = false;
    }
  });
}

/**
 * Reads a step's result as its consumer will, but runs no getter.
 * @returns `false` where the consumer is not to have it
 */
export function readStep(result: unknown, observer: StepObserver): boolean {
  if (!isObjectLike(result)) return true;
  if (dataProperty(result, "done")) {
    observer.finish();
    return true;
  }
  const value = dataProperty(result, "value");
  observer.item(value);
  return observer.keeps?.(value) ?? true;
}
