import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** Spans that wait for their export, with what each weighs; first in, first out, without moving the rest at each take. */
export class SpanQueue {
  #spans: ReadableSpan[] = [];
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;

  /** What all that wait weigh. */
  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#spans.length - this.#head;
  }

  push(span: ReadableSpan, size: number): void {
    this.#spans.push(span);
    this.#sizes.push(size);
    this.#bytes += size;
  }

  /**
   * Takes spans from the front, and says how many bytes they are.
   * @param count the most that are taken
   * @param maxBytes the most that they weigh; one alone may weigh more
   */
  take(count: number, maxBytes: number): { readonly spans: ReadableSpan[]; readonly bytes: number } {
    const last = this.#head + Math.min(count, this.length);
    let end = this.#head;
    let bytes = 0;
    for (; end < last; end++) {
      const size = this.#sizes[end] ?? 0;
      if (end > this.#head && bytes + size > maxBytes) break;
      bytes += size;
    }
    const spans = this.#spans.slice(this.#head, end);
    this.#bytes -= bytes;
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
