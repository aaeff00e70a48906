/** What can be ended from outside, and knows where it stands among all that can. */
export interface Endable {
  end(): void;
  /** Its place among the open spans; {@link OpenSpans} alone writes it. */
  place: number;
}

/**
 * The spans that are open now. It keeps its room when they have ended: a `Set` that grows and shrinks with every burst
 * leaves tables behind that old memory holds on to, with the spans in them, until the next full collection.
 */
export class OpenSpans implements Iterable<Endable> {
  readonly #spans: (Endable | undefined)[] = [];
  #size = 0;

  /** How many there are. */
  get size(): number {
    return this.#size;
  }

  /** Those that are open at the time of asking: one that is ended meanwhile takes itself out. */
  [Symbol.iterator](): IterableIterator<Endable> {
    return (this.#spans.slice(0, this.#size) as Endable[]).values();
  }

  add(span: Endable): void {
    span.place = this.#size;
    this.#spans[this.#size++] = span;
  }

  delete(span: Endable): void {
    const { place } = span;
    if (this.#spans[place] !== span) return;
    const last = this.#spans[--this.#size] as Endable;
    this.#spans[place] = last;
    last.place = place;
    this.#spans[this.#size] = undefined;
  }
}
