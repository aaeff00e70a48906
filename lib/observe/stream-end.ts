import type { BoundContext, MethodCall } from "./intercept.js";
import type { StepObserver } from "./iterator.js";
import { callSettled } from "./thenable.js";
import type { ValueWatcher } from "./watcher.js";
import { forgetDropped, whenDropped } from "./watcher.js";

/** A method may return the same never-ending stream again and again; so many open spans wait for it at most. */
const MOST_WAITING = 32;

/** What the ends of one result share. */
class Source {
  /** Innermost first: a method that passes on the result of another comes after it. */
  watchers = new Set<ValueWatcher>();
  /** Ends that are still to be consumed. */
  ends = 0;
  /** Items that have passed through the end that is furthest. */
  taken = 0;
}

/**
 * One end of a result that is consumed after it was returned: the thenable or the stream itself, or one of the branches
 * that `tee()` split it into. The watchers wait until every end is done with.
 */
export class StreamEnd implements StepObserver {
  /** Whether a consumer has an iterator of it, or a subscription: there its items are counted, and nowhere else. */
  isTaken = false;
  readonly #source: Source;
  #taken: number;
  #isDone = true;
  /** Whether the consumer has asked for the whole value, which is what is recorded then. */
  #isAwaited = false;

  constructor(source = new Source(), taken = 0) {
    this.#source = source;
    this.#taken = taken;
  }

  /** Waits for a result to be consumed; one that can be iterated again is returned again, and waited for anew. */
  open(result: object): void {
    if (!this.#isDone) return;
    this.#isDone = false;
    this.isTaken = false;
    this.#isAwaited = false;
    this.#source.ends++;
    whenDropped(result, this);
  }

  /** The result is consumed by way of another object: an iterator of it, or a reader. */
  moveTo(consumed: object): void {
    if (!this.#isDone) whenDropped(consumed, this);
  }

  /** An end that goes on where this one stands. */
  branch(): StreamEnd {
    return new StreamEnd(this.#source, this.#taken);
  }

  /** Adds a watcher, or finishes it where too many wait already. */
  add(watcher: ValueWatcher): void {
    const { watchers } = this.#source;
    if (watchers.size >= MOST_WAITING) for (const one of watchers) if (!one.isOpen) watchers.delete(one);
    if (watchers.size >= MOST_WAITING) watcher.finish();
    else watchers.add(watcher);
  }

  /**
   * The result is being consumed.
   * @returns where its work runs, under the innermost watcher that is still open; `undefined` where there is none
   */
  enter(): BoundContext | undefined {
    if (this.#isDone) return undefined;
    let innermost: BoundContext | undefined;
    for (const watcher of this.#source.watchers) {
      watcher.consumed?.();
      if (watcher.isOpen) innermost ??= watcher;
    }
    return innermost;
  }

  /**
   * The consumer asks for the value or the response; the work need not hold the result.
   * @param isAwaited whether what is asked for is the value, which comes or fails even if the result is cancelled
   */
  enterFor(isAwaited: boolean): BoundContext | undefined {
    const at = this.enter();
    if (at === undefined) return undefined;
    if (isAwaited) this.#isAwaited = true;
    forgetDropped(this);
    return at;
  }

  /**
   * Calls a method of the result, and reads what it gives once that has settled.
   * @param read returns what the caller gets in place of a value, or `undefined`
   */
  call(call: MethodCall, read: (value: unknown) => unknown, at = this.enter()): unknown {
    if (at === undefined) return Reflect.apply(...call);
    const onValue = (value: unknown): unknown => read(value) ?? value;
    return callSettled(at, call, onValue, (error) => {
      this.fail(error);
      throw error;
    });
  }

  item(value: unknown): void {
    this.#taken++;
    if (this.#taken <= this.#source.taken) return;
    this.#source.taken = this.#taken;
    for (const watcher of this.#source.watchers) watcher.item?.(value);
  }

  settle(value: unknown): void {
    if (this.#close()) this.#release((watcher) => watcher.settle(value));
  }

  /** The consumer has the bare response. @returns what it gets */
  respond(response: unknown): unknown {
    let given = response;
    if (this.#isAwaited || !this.#close()) return given;
    this.#release((watcher) => {
      if (watcher.respond === undefined) watcher.finish();
      else given = watcher.respond(given);
    });
    return given;
  }

  /** There are no more items, or the consumer wants none. */
  finish(): void {
    if (this.#isAwaited || !this.#close()) return;
    if (this.#source.ends === 0) this.#release((watcher) => watcher.finish());
  }

  fail(error: unknown): void {
    if (this.#close()) this.#release((watcher) => watcher.fail(error));
  }

  dropped(): void {
    if (!this.#close() || this.#source.ends > 0) return;
    this.#release((watcher) => {
      if (watcher.dropped === undefined) watcher.finish();
      else watcher.dropped();
    });
  }

  /** @returns `false` where it was done already */
  #close(): boolean {
    if (this.#isDone) return false;
    this.#isDone = true;
    this.#source.ends--;
    forgetDropped(this);
    return true;
  }

  /** Tells each watcher how it ends, and lets go of it. */
  #release(end: (watcher: ValueWatcher) => void): void {
    const { watchers } = this.#source;
    this.#source.watchers = new Set();
    watchers.forEach(end);
  }
}
