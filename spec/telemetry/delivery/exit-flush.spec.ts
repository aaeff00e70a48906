import { flushBeforeExit } from "../../../lib/telemetry/delivery/exit-flush.js";

/** A process that runs out of work: what is done each time, and what is left of it. */
class Ending implements Disposable {
  readonly done: string[] = [];
  queued = 0;
  /** Spans that nobody has ended. */
  open = 0;
  isReceiverSilent = false;
  readonly takeBack: () => void;
  readonly #before = process.listeners("beforeExit");
  readonly #beforeExit = process.listeners("exit");

  constructor() {
    this.takeBack = flushBeforeExit({
      queued: () => this.queued,
      isReceiverSilent: () => this.isReceiverSilent,
      flush: () => {
        this.done.push(`flush of ${this.queued}`);
        return Promise.resolve();
      },
      endOpenSpans: () => {
        this.done.push(`end of ${this.open}`);
        this.queued += this.open;
        this.open = 0;
      },
      warn: (moment) => this.done.push(`warning before ${moment}`),
    });
  }

  get listeners() {
    return process.listeners("beforeExit").filter((listener) => !this.#before.includes(listener));
  }

  /** Those of the end itself. */
  get exitListeners() {
    return process.listeners("exit").filter((listener) => !this.#beforeExit.includes(listener));
  }

  /** The process has nothing left to do; `true` where it has again. */
  async runOut(): Promise<void> {
    for (const listener of this.listeners) listener(0);
    await new Promise(setImmediate);
  }

  [Symbol.dispose](): void {
    this.takeBack();
  }
}

describe("when the process has nothing left to do", () => {
  it("what has ended is flushed; then nothing is left, and what could not be delivered is said", async () => {
    using ending = new Ending();
    ending.queued = 3;
    await ending.runOut();
    expect(ending.done).toEqual(["flush of 3"]);
    await ending.runOut();
    expect(ending.done).toEqual(["flush of 3", "end of 0", "warning before the process ended"]);
  });

  it("it comes back once even where nothing was ever queued, and what is open is ended only then", async () => {
    using ending = new Ending();
    ending.open = 2;
    await ending.runOut();
    expect(ending.done).toEqual(["flush of 0"]);
    await ending.runOut();
    expect(ending.done).toEqual(["flush of 0", "end of 2", "flush of 2"]);
    await ending.runOut();
    expect(ending.done).toEqual([
      "flush of 0",
      "end of 2",
      "flush of 2",
      "end of 0",
      "warning before the process ended",
    ]);
  });

  it("spans that ended during the flush are flushed as well, before anything is ended", async () => {
    using ending = new Ending();
    ending.open = 1;
    for (const queued of [1, 2, 5]) {
      ending.queued = queued;
      await ending.runOut();
    }
    expect(ending.done).toEqual(["flush of 1", "flush of 2", "flush of 5"]);
  });

  it.each([
    ["before the process ended", 0],
    ["by the flush at the end", 1],
  ])("a receiver that was waited for in vain %s is not waited for again", async (_when, flushes) => {
    using ending = new Ending();
    ending.queued = 3;
    ending.open = 1;
    for (let at = 0; at < flushes; at++) await ending.runOut();
    ending.isReceiverSilent = true;
    await ending.runOut();
    const flushed = flushes === 0 ? [] : ["flush of 3"];
    expect(ending.done).toEqual([...flushed, "end of 1", "warning before the process ended"]);
  });

  it("nothing is done in the listener itself: the process would not wait for it", () => {
    using ending = new Ending();
    for (const listener of ending.listeners) listener(0);
    expect(ending.done).toEqual([]);
  });

  it("an end by process.exit is only warned of", () => {
    using ending = new Ending();
    expect(ending.exitListeners).toHaveLength(1);
    for (const listener of ending.exitListeners) listener(0);
    expect(ending.done).toEqual(["warning before the process ended: await flush() before process.exit()"]);
    ending.takeBack();
    expect(ending.exitListeners).toEqual([]);
  });

  it("nothing is done any more after it was taken back", () => {
    const ending = new Ending();
    expect(ending.listeners).toHaveLength(1);
    ending.takeBack();
    expect(ending.listeners).toHaveLength(0);
  });

  it("all who wait have one listener, which goes with the last of them", async () => {
    const first = new Ending();
    const others = Array.from({ length: 20 }, () => new Ending());
    expect(first.listeners).toHaveLength(1);
    first.takeBack();
    first.takeBack();
    await first.runOut();
    expect(first.done).toEqual([]);
    expect(first.listeners).toHaveLength(1);
    for (const listener of first.listeners) listener(0);
    await new Promise(setImmediate);
    for (const other of others) {
      expect(other.done[0]).toBe("flush of 0");
      other.takeBack();
    }
    expect(first.listeners).toEqual([]);
  });
});
