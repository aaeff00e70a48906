/**
 * Something that a test opens by hand: an answer waits at it, the test learns that it has arrived, looks around, and
 * releases it. Nothing sleeps and nothing is timed.
 */
export class Gate {
  /** Settles once the gate is open. */
  readonly opened: Promise<void>;
  /** Settles as soon as something waits at the gate. */
  readonly arrived: Promise<void>;
  #open!: () => void;
  #arrive!: () => void;

  constructor() {
    this.opened = new Promise((resolve) => (this.#open = resolve));
    this.arrived = new Promise((resolve) => (this.#arrive = resolve));
  }

  /** Lets everybody through who waits or comes later. */
  release(): void {
    this.#open();
  }

  /** Waits here until {@link release}. */
  pass(): Promise<void> {
    this.#arrive();
    return this.opened;
  }
}
