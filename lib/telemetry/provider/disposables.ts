/** How what was taken of the process (globals, listeners, the slot) is given back. */
export class Disposables {
  #disposers: (() => void)[] = [];

  add(dispose: () => void): void {
    this.#disposers.push(dispose);
  }

  /** Gives everything back, last taken first. A second call finds nothing left. */
  dispose(): void {
    for (const dispose of this.#disposers.splice(0).reverse()) dispose();
  }
}
