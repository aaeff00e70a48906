import { sharedState } from "../wire/package.js";
import type { BoundContext } from "./intercept.js";

/** What waits for a result: a span, or a call that has one. Each of its ends may be told again; the first counts. */
export interface ValueWatcher extends BoundContext {
  readonly isOpen: boolean;
  /** The value has come. */
  settle(value: unknown): void;
  fail(error: unknown): void;
  /** Nothing more will be known of the result. */
  finish(): void;
  /** The caller begins to consume the result. */
  consumed?(): void;
  /** The result was dropped, and can be consumed no more; without this method the watcher is finished. */
  dropped?(): void;
  /** The consumer takes the bare HTTP response; returns what it gets. Without this method the watcher is finished. */
  respond?(response: unknown): unknown;
  /** Items are expected from now on. */
  startItems?(): void;
  item?(value: unknown): void;
}

/** Something that waits for an object to be consumed. */
interface Droppable {
  /** The object has been collected. */
  dropped(): void;
}

const registry = new FinalizationRegistry<Droppable>((waiting) => {
  waiting.dropped();
});

/**
 * Calls `waiting.dropped()` once `consumed` has been collected, in place of any object that it waited for before;
 * `waiting` must hold no reference to it.
 */
export function whenDropped(consumed: object, waiting: Droppable): void {
  registry.unregister(waiting);
  registry.register(consumed, waiting, waiting);
}

/** Stops waiting for the object to be dropped. */
export function forgetDropped(waiting: Droppable): void {
  registry.unregister(waiting);
}

/** Partial objects, and the object that each is a state of. */
const growing = sharedState("growing.1", () => new WeakMap<object, object>());

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
