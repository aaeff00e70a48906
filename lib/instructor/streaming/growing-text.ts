/** Pieces are put together in batches: a long chain of strings takes many times the memory of its characters. */
const BATCH = 512;

/** A text that arrives in pieces, of which no more than a number of bytes is kept. */
export class GrowingText {
  /** How long the whole is, kept or not. */
  length = 0;
  #kept = "";
  #pieces: string[] = [];
  #bytesLeft: number;

  constructor(maxBytes: number) {
    this.#bytesLeft = maxBytes;
  }

  add(piece: string): void {
    this.length += piece.length;
    if (this.#bytesLeft <= 0) return;
    this.#bytesLeft -= Buffer.byteLength(piece);
    this.#pieces.push(piece);
    if (this.#pieces.length >= BATCH) this.#join();
  }

  /** What is kept: the whole, or its beginning. */
  get text(): string {
    this.#join();
    return this.#kept;
  }

  #join(): void {
    if (this.#pieces.length === 0) return;
    // A single string, and not one that refers to its parts.
    this.#kept = [this.#kept, ...this.#pieces].join("");
    this.#pieces = [];
  }
}
