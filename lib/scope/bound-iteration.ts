/** Runs one step of an iterator; `step` returns what the iterator's own method returns. */
export type StepRunner = <R>(step: () => R) => R;

type Steps = Record<"next" | "return" | "throw", ((value?: unknown) => unknown) | undefined>;

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
  const steps = iterator as Steps;
  const { next, return: finish, throw: fail } = steps;
  const bound: PropertyDescriptorMap = {};
  for (const [name, method] of [
    ["next", next],
    ["return", finish],
    ["throw", fail],
  ] as const) {
    if (typeof method !== "function") continue;
    bound[name] = {
      configurable: true,
      writable: true,
      enumerable: false,
      value: (...args: [unknown?]) => run(() => method.apply(iterator, args)),
    };
  }
  try {
    Object.defineProperties(iterator, bound);
    return true;
  } catch {
    return false;
  }
}
