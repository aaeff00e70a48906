/** What was taken of the process: globals, listeners, the slot. */
export class Claims {
  #giveBack: (() => void)[] = [];

  /** Notes how something that was taken is given back. */
  add(giveBack: () => void): void {
    this.#giveBack.push(giveBack);
  }

  /** Gives everything back, last taken first. A second call finds nothing left. */
  release(): void {
    for (const giveBack of this.#giveBack.splice(0).reverse()) giveBack();
  }
}
