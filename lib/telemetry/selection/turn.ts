import { now, setImmediate } from "../timers.js";

/** How long spans are prepared without letting the host's own work run. */
const MOST_MILLIS = 10;

/** A stretch of work that leaves the event loop to others when it has taken long enough. */
export class Turn {
  #since = now();

  get isOver(): boolean {
    return now() - this.#since >= MOST_MILLIS;
  }

  /** Lets the event loop run; keeps the process alive, because spans wait to be exported. */
  async yield(): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve));
    this.#since = now();
  }
}
