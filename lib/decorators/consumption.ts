import type { EntitySpan } from "./entity-span.js";

/** Who watches a result being consumed, step by step. */
export interface Consumption {
  /**
   * A step begins.
   * @param consumed what is being consumed
   * @returns the span that the step runs under, or `undefined` where nobody watches any more
   */
  enter(step: string, consumed: object): EntitySpan | undefined;
  item(value: unknown): void;
  finish(): void;
  fail(error: unknown): void;
}

/** Ends what waits for an object that nobody can consume any more. */
const dropped = new FinalizationRegistry<{ finish(): void }>((waiting) => {
  waiting.finish();
});

/** Has `waiting` finish when `consumed` is garbage; it must not lead to `consumed`. */
export function finishWhenDropped(consumed: object, waiting: { finish(): void }): void {
  dropped.register(consumed, waiting, waiting);
}

/** The object need not be watched any more. */
export function forgetDropped(waiting: { finish(): void }): void {
  dropped.unregister(waiting);
}

/** How many open spans wait for one object at most: a method may return the same never-ending stream again and again. */
const MOST_WAITING = 32;

/** The spans that wait for one object, a stream or a lazy thenable, to be consumed. */
export class Waiting {
  /** Innermost first: a method that hands on another's stream comes after it. */
  private spans: EntitySpan[] = [];

  /** Adds a span, or ends it where too many wait already. */
  add(span: EntitySpan): void {
    if (this.spans.length >= MOST_WAITING) this.spans = this.spans.filter((waiting) => waiting.isOpen);
    if (this.spans.length >= MOST_WAITING) span.finish();
    else this.spans.push(span);
  }

  /** The innermost span that is still open. */
  get innermost(): EntitySpan | undefined {
    for (const span of this.spans) if (span.isOpen) return span;
    return undefined;
  }

  item(value: unknown): void {
    for (const span of this.spans) span.item(value);
  }

  /** Gives each span to `end`, which ends it or finds it something else to wait for. */
  release(end: (span: EntitySpan) => void): void {
    const spans = this.spans;
    this.spans = [];
    for (const span of spans) end(span);
  }

  finish(): void {
    this.release((span) => {
      span.finish();
    });
  }

  fail(error: unknown): void {
    this.release((span) => {
      span.fail(error);
    });
  }
}
