import { context, propagation, trace } from "@opentelemetry/api";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { flushBeforeExit } from "../../lib/telemetry/exit-flush.js";
import { RespanSpanProcessor } from "../../lib/telemetry/respan-span-processor.js";
import type { ExportOptions } from "../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../harness/index.js";
import { open, record, telemetryTo } from "./spans.js";

/** A process that runs out of work: what is done each time, and what is left of it. */
class Ending implements Disposable {
  readonly done: string[] = [];
  queued = 0;
  /** Spans that no code has ended. */
  open = 0;
  isReceiverSilent = false;
  readonly takeBack: () => void;
  readonly #before = { beforeExit: process.listeners("beforeExit"), exit: process.listeners("exit") };

  constructor() {
    const span = {
      end: () => {
        this.done.push(`end of ${this.open}`);
        this.queued += this.open;
        this.open = 0;
      },
    };
    const warnOfPending = (moment: string): void => void this.done.push(`warning before ${moment}`);
    this.takeBack = flushBeforeExit({
      delivery: Object.defineProperties({ warnOfPending } as never, {
        queued: { get: () => this.queued },
        isReceiverSilent: { get: () => this.isReceiverSilent },
      }),
      tracing: { open: new Set([span]) },
      flush: () => {
        this.done.push(`flush of ${this.queued}`);
        return Promise.resolve();
      },
    });
  }

  listeners(event: "beforeExit" | "exit") {
    const own = process.listeners(event as "exit") as ((code: number) => void)[];
    return own.filter((listener) => !(this.#before[event] as unknown[]).includes(listener));
  }

  /** The process has nothing left to do. */
  async runOut(): Promise<void> {
    for (const listener of this.listeners("beforeExit")) listener(0);
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
    expect(ending.done.slice(3)).toEqual(["end of 0", "warning before the process ended"]);
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

  it("an end by process.exit is only warned of", () => {
    using ending = new Ending();
    for (const listener of ending.listeners("exit")) listener(0);
    expect(ending.done).toEqual(["warning before the process ended: await flush() before process.exit()"]);
  });

  it("all who wait have one listener, which goes with the last of them", async () => {
    const first = new Ending();
    const others = Array.from({ length: 20 }, () => new Ending());
    first.takeBack();
    first.takeBack();
    await first.runOut();
    expect(first.done).toEqual([]);
    expect(first.listeners("beforeExit")).toHaveLength(1);
    expect(first.listeners("exit")).toHaveLength(1);
    for (const other of others) {
      expect(other.done[0]).toBe("flush of 0");
      other.takeBack();
    }
    expect(first.listeners("beforeExit")).toEqual([]);
    expect(first.listeners("exit")).toEqual([]);
  });
});

const WAYS: readonly (readonly [string, (receiver: OTLPReceiver, options: ExportOptions) => () => Promise<void>])[] = [
  [
    "RespanTelemetry",
    (receiver, options) => {
      const telemetry = telemetryTo(receiver, options);
      return () => telemetry.shutdown();
    },
  ],
  [
    "RespanSpanProcessor",
    (receiver, options) => {
      const processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url, ...options });
      const provider = new NodeTracerProvider({ spanProcessors: [processor] });
      provider.register();
      return async () => {
        await provider.shutdown();
        for (const api of [trace, context, propagation]) api.disable();
      };
    },
  ],
];

describe.each(WAYS)("when the process has nothing left to do, %s", (_name, start) => {
  const before = process.listeners("beforeExit");
  const runOut = (): void => {
    for (const listener of process.listeners("beforeExit")) if (!before.includes(listener)) listener(0);
  };

  it("delivers what has ended, and then what no one ended", async () => {
    await using receiver = await OTLPReceiver.start();
    const stop = start(receiver, {});
    record("ended");
    const running = open("running");
    runOut();
    await receiver.waitFor(1);
    expect(receiver.spans.map(({ name }) => name)).toEqual(["ended"]);
    // Node emits it whenever nothing is left to do.
    const runningOut = setInterval(runOut, 1);
    await receiver.waitFor(2).finally(() => clearInterval(runningOut));
    expect(running.isEnded).toBe(true);
    expect(receiver.spans.map(({ name }) => name)).toEqual(["ended", "running"]);
    await stop();
    expect(process.listeners("beforeExit")).toEqual(before);
  });
});
