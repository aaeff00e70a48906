import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** Spans that wait for their export, with what each weighs; first in, first out, without moving the rest at each take. */
export class SpanQueue {
  #spans: ReadableSpan[] = [];
  #sizes: number[] = [];
  #head = 0;

  get length(): number {
    return this.#spans.length - this.#head;
  }

  push(span: ReadableSpan, size: number): void {
    this.#spans.push(span);
    this.#sizes.push(size);
  }

  /** Takes up to `count` spans from the front, and says how many bytes they are. */
  take(count: number): { readonly spans: ReadableSpan[]; readonly bytes: number } {
    const end = this.#head + Math.min(count, this.length);
    const spans = this.#spans.slice(this.#head, end);
    let bytes = 0;
    for (let at = this.#head; at < end; at++) bytes += this.#sizes[at] ?? 0;
    this.#head = end;
    if (this.#head * 2 >= this.#spans.length) {
      this.#spans = this.#spans.slice(this.#head);
      this.#sizes = this.#sizes.slice(this.#head);
      this.#head = 0;
    } else {
      // What was taken must not be held until the rest is.
      this.#spans.fill(undefined as unknown as ReadableSpan, end - spans.length, end);
    }
    return { spans, bytes };
  }
}
