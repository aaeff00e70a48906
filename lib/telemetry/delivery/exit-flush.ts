import { setImmediate } from "../timers.js";

/** What telemetry does when the process has nothing left to do. */
export interface ExitWork {
  /** How many spans have been queued so far. */
  queued(): number;
  /** Whether a flush has already waited in vain: the receiver is not waited for a second time. */
  isReceiverSilent(): boolean;
  /** Delivers what there is; never rejects. */
  flush(): Promise<unknown>;
  /** Ends spans that no code is left to end. */
  endOpenSpans(): void;
  /** Warns of what could not be delivered. */
  warn(): void;
}

/** One `beforeExit` listener serves all telemetry: Node warns of more than ten. */
const listeners = new Set<() => void>();

function onBeforeExit(): void {
  for (const listener of [...listeners]) listener();
}

/**
 * Flushes when the process has nothing left to do, and again while more spans have ended by then: the flush itself, or
 * another listener's work, gives the process something to do. When nothing is new, open spans are ended and delivered.
 * A host that ends the process otherwise (`process.exit`, a signal) flushes or shuts down itself.
 * @returns a function that removes the listener
 */
export function flushBeforeExit(work: ExitWork): () => void {
  let flushedUpTo: number | undefined;
  const isDone = (): boolean => work.isReceiverSilent() || work.queued() === flushedUpTo;
  const listener = (): void => {
    if (isDone()) work.endOpenSpans();
    if (isDone()) {
      work.warn();
      return;
    }
    flushedUpTo = work.queued();
    // Node emits `beforeExit` again after this, even when there was nothing to flush.
    setImmediate(() => void work.flush());
  };
  if (listeners.size === 0) process.on("beforeExit", onBeforeExit);
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) process.removeListener("beforeExit", onBeforeExit);
  };
}
