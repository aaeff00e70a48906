import { setImmediate } from "../timers.js";

/** The parts of a telemetry that matter when the process has nothing left to do. */
export interface ExitWork {
  queued(): number;
  /** Whether a flush has already waited in vain: the receiver is not waited for a second time. */
  isReceiverSilent(): boolean;
  /** Delivers what there is; never rejects. */
  flush(): Promise<unknown>;
  /** Ends spans that no code is left to end. */
  endOpenSpans(): void;
  /** Warns of spans that were not delivered before a moment, and are lost when the process ends now. */
  warn(moment: string): void;
}

/** The listener of each telemetry, by its work. One of the process's serves all: Node warns of more than ten. */
const exits = new Map<ExitWork, () => void>();

function onBeforeExit(): void {
  for (const beforeExit of [...exits.values()]) beforeExit();
}

function onExit(): void {
  for (const work of exits.keys()) work.warn("the process ended: await flush() before process.exit()");
}

/**
 * Flushes when the process has nothing left to do, and again while more spans have ended by then: the flush itself, or
 * another listener's work, gives the process something to do. When nothing is new, open spans are ended and delivered.
 * A host that ends the process otherwise (`process.exit`, a signal) flushes or shuts down itself; what it leaves behind at
 * `process.exit` is warned of.
 * @returns a function that removes the listeners
 */
export function flushBeforeExit(work: ExitWork): () => void {
  let flushedUpTo: number | undefined;
  const isDone = (): boolean => work.isReceiverSilent() || work.queued() === flushedUpTo;
  if (exits.size === 0) process.on("beforeExit", onBeforeExit).on("exit", onExit);
  exits.set(work, () => {
    if (isDone()) work.endOpenSpans();
    if (isDone()) {
      work.warn("the process ended");
      return;
    }
    flushedUpTo = work.queued();
    // Node emits `beforeExit` again after this, even when there was nothing to flush.
    setImmediate(() => void work.flush());
  });
  return () => {
    if (!exits.delete(work) || exits.size > 0) return;
    process.removeListener("beforeExit", onBeforeExit).removeListener("exit", onExit);
  };
}
