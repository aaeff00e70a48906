import type { Method } from "./intercept.js";
import { intercept } from "./intercept.js";

/** The methods that move an iterator. */
export type StepName = "next" | "return" | "throw";

/** Takes a step of an iterator: calls its own method, or not, and returns what the consumer gets. */
export type StepRunner = (step: Method, name: StepName, iterator: object, args: unknown[]) => unknown;

const STEPS = ["next", "return", "throw"] as const;

/** Whether a value is a generator object, sync or async, as a generator function returns it. */
export function isGeneratorObject(value: unknown): value is Generator | AsyncGenerator {
  if (typeof value !== "object" || value === null) return false;
  try {
    const tag = (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
    return (
      (tag === "Generator" || tag === "AsyncGenerator") && typeof (value as { next?: unknown }).next === "function"
    );
  } catch {
    return false;
  }
}

/**
 * Lays `run` around each step of an iterator, on the very object: its identity, prototype and other methods stay.
 * @returns `false` where the object refuses (frozen): it is then as it was
 */
export function bindSteps(iterator: object, run: StepRunner): boolean {
  let isBound = false;
  for (const name of STEPS) {
    isBound = intercept(iterator, name, (step, self, args) => run(step, name, self, args)) || isBound;
  }
  return isBound;
}
