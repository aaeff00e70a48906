const KEY = Symbol.for("respan-instructor.growing.1");

/** Partial objects, and the object that each is a state of; one table for every copy of this package in the process. */
const growing: WeakMap<object, object> = ((globalThis as Record<symbol, unknown>)[KEY] ??= new WeakMap()) as WeakMap<
  object,
  object
>;

/**
 * Notes that a value is a state of an object that is still on its way, so that a span records the last state alone.
 * @param whole stands for the object; the same for each of its states
 * @returns the value itself
 */
export function partialOf<Partial>(value: Partial, whole: object): Partial {
  if (typeof value === "object" && value !== null) growing.set(value, whole);
  return value;
}

/** What a partial object is a state of; `undefined` for any other value. */
export function wholeOf(value: unknown): object | undefined {
  return typeof value === "object" && value !== null ? growing.get(value) : undefined;
}
