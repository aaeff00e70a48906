import type { ReadableSpan } from "@opentelemetry/sdk-trace";

const FIRST_CAPACITY = 512;

/**
 * Spans that wait for their export, with what each weighs; first in, first out. A ring that keeps its room: arrays that
 * were copied and dropped at each batch would, once they are old, hold on to the spans that were in them.
 */
export class SpanQueue {
  #spans: (ReadableSpan | undefined)[] = new Array<ReadableSpan | undefined>(FIRST_CAPACITY);
  #sizes: number[] = new Array<number>(FIRST_CAPACITY).fill(0);
  #head = 0;
  #length = 0;
  #bytes = 0;

  /** What all that wait weigh. */
  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  push(span: ReadableSpan, size: number): void {
    if (this.#length === this.#spans.length) this.#grow();
    const at = (this.#head + this.#length++) % this.#spans.length;
    this.#spans[at] = span;
    this.#sizes[at] = size;
    this.#bytes += size;
  }

  /**
   * Takes spans from the front, and says how many bytes they are.
   * @param count the most that are taken
   * @param maxBytes the most that they weigh; one alone may weigh more
   */
  take(count: number, maxBytes: number): { readonly spans: ReadableSpan[]; readonly bytes: number } {
    const most = Math.min(count, this.#length);
    const spans: ReadableSpan[] = [];
    let bytes = 0;
    while (spans.length < most) {
      const size = this.#sizes[this.#head] ?? 0;
      if (spans.length > 0 && bytes + size > maxBytes) break;
      bytes += size;
      spans.push(this.#spans[this.#head] as ReadableSpan);
      this.#spans[this.#head] = undefined;
      this.#head = (this.#head + 1) % this.#spans.length;
    }
    this.#length -= spans.length;
    this.#bytes -= bytes;
    return { spans, bytes };
  }

  #grow(): void {
    const room = this.#spans.length;
    const spans = this.#spans;
    const sizes = this.#sizes;
    this.#spans = new Array<ReadableSpan | undefined>(room * 2);
    this.#sizes = new Array<number>(room * 2).fill(0);
    for (let at = 0; at < this.#length; at++) {
      const from = (this.#head + at) % room;
      this.#spans[at] = spans[from];
      this.#sizes[at] = sizes[from] ?? 0;
      spans[from] = undefined;
    }
    this.#head = 0;
  }
}
