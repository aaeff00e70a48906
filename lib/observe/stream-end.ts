import type { BoundContext, MethodCall } from "./intercept.js";
import type { StepObserver } from "./iterator.js";
import { callSettled } from "./thenable.js";
import type { ItemWatcher } from "./watcher.js";
import { forgetDropped, Watchers, whenDropped } from "./watcher.js";

/** What the ends of one stream share. */
class StreamSource {
  readonly watchers = new Watchers<ItemWatcher>();
  /** Ends that are still to be consumed. */
  ends = 0;
  /** Items that have passed through the end that is furthest. */
  taken = 0;
}

/**
 * One end of a stream that is consumed: the stream that a method returned, or one of the branches that `tee()` split it
 * into. The watchers wait until every end is done with.
 */
export class StreamEnd implements StepObserver {
  /** Whether a consumer has an iterator of it, or a subscription: there its items are counted, and nowhere else. */
  isTaken = false;
  /** Takes away what was added to the stream to hear of its end. */
  removeListeners: (() => void) | undefined;
  readonly #source: StreamSource;
  #taken: number;
  #isDone = true;
  /** Whether a call is under way that gives the whole content: its value is what is recorded. */
  #givesWhole = false;

  constructor(source = new StreamSource(), taken = 0) {
    this.#source = source;
    this.#taken = taken;
  }

  /** Waits for a stream to be consumed; one that can be iterated again is returned again, and waited for anew. */
  open(stream: object): void {
    if (!this.#isDone) return;
    this.#isDone = false;
    this.isTaken = false;
    this.#givesWhole = false;
    this.#source.ends++;
    whenDropped(stream, this);
  }

  /** The stream is consumed by way of another object: an iterator of it, or a reader. */
  moveTo(consumed: object): void {
    if (!this.#isDone) whenDropped(consumed, this);
  }

  /** An end that goes on where this one stands. */
  branch(): StreamEnd {
    return new StreamEnd(this.#source, this.#taken);
  }

  add(watcher: ItemWatcher): void {
    this.#source.watchers.add(watcher);
  }

  enter(): BoundContext | undefined {
    return this.#isDone ? undefined : this.#source.watchers.enter();
  }

  /** Calls a method of the stream, and reads what it gives once that has settled. */
  call(call: MethodCall, read: (value: unknown) => void): unknown {
    const at = this.enter();
    if (at === undefined) return Reflect.apply(...call);
    const onValue = (value: unknown): unknown => {
      read(value);
      return value;
    };
    return callSettled(at, call, onValue, (error) => {
      this.fail(error);
      throw error;
    });
  }

  /** Calls a method of the stream that gives its whole content as one value. */
  callForWhole(call: MethodCall): unknown {
    this.#givesWhole = true;
    return this.call(call, (value) => {
      if (this.#close()) this.#source.watchers.release((watcher) => watcher.settle(value));
    });
  }

  item(value: unknown): void {
    if (this.#givesWhole) return;
    this.#taken++;
    if (this.#taken <= this.#source.taken) return;
    this.#source.taken = this.#taken;
    this.#source.watchers.forEach((watcher) => watcher.item(value));
  }

  finish(): void {
    if (this.#givesWhole || !this.#close()) return;
    if (this.#source.ends === 0) this.#source.watchers.release((watcher) => watcher.finish());
  }

  fail(error: unknown): void {
    if (this.#close()) this.#source.watchers.release((watcher) => watcher.fail(error));
  }

  dropped(): void {
    if (this.#close() && this.#source.ends === 0) this.#source.watchers.drop();
  }

  /** @returns `false` where it was done already */
  #close(): boolean {
    if (this.#isDone) return false;
    this.#isDone = true;
    this.#source.ends--;
    forgetDropped(this);
    this.removeListeners?.();
    this.removeListeners = undefined;
    return true;
  }
}
