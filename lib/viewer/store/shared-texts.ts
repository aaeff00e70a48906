/** A text that several holders have in common. */
export interface SharedText {
  readonly text: string;
  holders: number;
}

/** Texts that are kept once, for as long as something holds them. */
export class SharedTexts {
  readonly #texts = new Map<string, SharedText>();

  get size(): number {
    return this.#texts.size;
  }

  hold(text: string): SharedText {
    const shared = this.#texts.get(text) ?? { text, holders: 0 };
    if (shared.holders++ === 0) this.#texts.set(text, shared);
    return shared;
  }

  release(shared: SharedText): void {
    if (--shared.holders === 0) this.#texts.delete(shared.text);
  }
}
