import type { Tracing } from "../scope/tracing.js";
import type { Delivery } from "./delivery/delivery.js";
import { endOpenSpans } from "./provider/tracing.js";
import { setImmediate } from "./timers.js";

interface ExitListener {
  beforeExit(): void;
  exit(): void;
}

/** One listener of the process serves all of them: Node warns of more than ten. */
const exitListeners = new Set<ExitListener>();

function onBeforeExit(): void {
  for (const listener of [...exitListeners]) listener.beforeExit();
}

function onExit(): void {
  for (const listener of exitListeners) listener.exit();
}

/** What ends, and is delivered, when the process has nothing left to do. */
export interface ExitWork {
  readonly delivery: Pick<Delivery, "queued" | "isReceiverSilent" | "warnOfPending">;
  readonly tracing: Pick<Tracing, "open">;
  /** Delivers what there is; never rejects. */
  readonly flush: () => Promise<unknown>;
}

/**
 * Flushes when the process has nothing left to do, and again while more spans have ended by then: the flush itself, or
 * another listener's work, gives the process something to do. When nothing is new, open spans are ended and delivered.
 * A host that ends the process otherwise (`process.exit`, a signal) flushes or shuts down itself; what it leaves behind at
 * `process.exit` is warned of.
 * @returns a function that removes the listeners
 */
export function flushBeforeExit({ delivery, tracing, flush }: ExitWork): () => void {
  let flushedUpTo: number | undefined;
  // A flush has already waited for this receiver: do not wait again.
  const isDone = (): boolean => delivery.isReceiverSilent || delivery.queued === flushedUpTo;
  const listener: ExitListener = {
    beforeExit: () => {
      if (isDone()) endOpenSpans(tracing);
      if (isDone()) {
        delivery.warnOfPending("the process ended");
        return;
      }
      flushedUpTo = delivery.queued;
      // Node emits `beforeExit` again after this, even when there was nothing to flush.
      setImmediate(() => void flush());
    },
    exit: () => delivery.warnOfPending("the process ended: await flush() before process.exit()"),
  };
  if (exitListeners.size === 0) process.on("beforeExit", onBeforeExit).on("exit", onExit);
  exitListeners.add(listener);
  return () => {
    if (!exitListeners.delete(listener) || exitListeners.size > 0) return;
    process.removeListener("beforeExit", onBeforeExit).removeListener("exit", onExit);
  };
}
