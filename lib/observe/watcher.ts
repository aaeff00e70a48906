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
}

/** Waits for a result that is consumed item by item, or as one value after all. */
export interface ItemWatcher extends ValueWatcher {
  /** Items are expected from now on. */
  startItems(): void;
  item(value: unknown): void;
}

/** A method may return the same never-ending stream again and again; so many open spans wait for it at most. */
const MOST_WAITING = 32;

/** The watchers that wait for one object, innermost first: a method that passes on another's stream comes after it. */
export class Watchers<Watcher extends ValueWatcher> {
  #watchers: Watcher[] = [];

  /** Adds a watcher, or finishes it where too many wait already. */
  add(watcher: Watcher): void {
    if (this.#watchers.length >= MOST_WAITING) this.#watchers = this.#watchers.filter(({ isOpen }) => isOpen);
    if (this.#watchers.length >= MOST_WAITING) watcher.finish();
    else this.#watchers.push(watcher);
  }

  /**
   * The result is being consumed.
   * @returns the watcher under which its work runs: the innermost one that is still open
   */
  enter(): Watcher | undefined {
    for (const watcher of this.#watchers) watcher.consumed?.();
    return this.#watchers.find(({ isOpen }) => isOpen);
  }

  forEach(tell: (watcher: Watcher) => void): void {
    this.#watchers.forEach(tell);
  }

  /** The result was dropped. */
  drop(): void {
    this.release((watcher) => {
      if (watcher.dropped === undefined) watcher.finish();
      else watcher.dropped();
    });
  }

  /** Tells each watcher how it ends, and lets go of it. */
  release(end: (watcher: Watcher) => void): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    watchers.forEach(end);
  }
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
