import type { BoundContext, MethodCall } from "./intercept.js";
import type { StepObserver } from "./iterator.js";
import { callSettled } from "./thenable.js";
import type { ItemWatcher, Watchers } from "./watcher.js";
import { whenDropped, forgetDropped } from "./watcher.js";

/** What the ends of one stream share. */
interface StreamSource {
  readonly watchers: Watchers<ItemWatcher>;
  /** Ends that are still to be consumed. */
  ends: number;
  /** Items that have passed through the end that is furthest. */
  taken: number;
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
  #isDone = false;
  /** Calls that are to give the whole value; meanwhile items and the end are theirs. */
  #wholeValues = 0;

  constructor(source: StreamSource, taken = 0) {
    this.#source = source;
    this.#taken = taken;
    source.ends++;
  }

  /** What can be iterated again is returned again: its span waits anew. */
  reopen(stream: object): void {
    if (!this.#isDone) return;
    this.#isDone = false;
    this.isTaken = false;
    this.#source.ends++;
    whenDropped(stream, this);
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

  item(value: unknown): void {
    if (this.#wholeValues > 0) return;
    this.#taken++;
    if (this.#taken <= this.#source.taken) return;
    this.#source.taken = this.#taken;
    this.#source.watchers.forEach((watcher) => watcher.item(value));
  }

  finish(): void {
    if (this.#wholeValues > 0 || !this.#close()) return;
    if (this.#source.ends === 0) this.#source.watchers.release((watcher) => watcher.finish());
  }

  fail(error: unknown): void {
    if (this.#close()) this.#source.watchers.release((watcher) => watcher.fail(error));
  }

  dropped(): void {
    if (this.#close() && this.#source.ends === 0) this.#source.watchers.drop();
  }

  startWholeValue(): void {
    this.#wholeValues++;
  }

  /**
   * A call that was to give the whole value ended.
   * @param end tells a watcher of the value; left out where the call told of the end alone: another one that gives the
   *   value may be under way, and calls this one
   */
  endWholeValue(end?: (watcher: ItemWatcher) => void): void {
    this.#wholeValues--;
    if (end === undefined) this.finish();
    else if (this.#close()) this.#source.watchers.release(end);
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
