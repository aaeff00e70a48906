/** What is done for telemetry when the process has nothing left to do. */
export interface ExitWork {
  /** How many spans have been queued so far, in all. */
  queued(): number;
  /** Delivers what there is; never rejects. */
  flush(): Promise<unknown>;
  /** Ends spans that nothing is left to end. */
  endOpenSpans(): void;
  /** Says what could not be delivered. */
  warn(): void;
}

/** Who waits for the process to run out of work. One listener for all of them: Node warns of more than ten. */
const waiting = new Set<() => void>();

function runOut(): void {
  for (const look of [...waiting]) look();
}

/**
 * Flushes when the process has nothing left to do, and again where more spans have ended by then: the flush, or another
 * listener's work, gives the process something to do once more. When there is nothing new, what is still open is ended
 * and delivered, because nobody else is left who would. A host that ends the process otherwise (`process.exit`, a signal)
 * flushes or shuts down itself.
 * @returns takes it back
 */
export function flushBeforeExit(work: ExitWork): () => void {
  let flushedUpTo: number | undefined;
  const look = (): void => {
    if (work.queued() === flushedUpTo) work.endOpenSpans();
    if (work.queued() === flushedUpTo) {
      work.warn();
      return;
    }
    flushedUpTo = work.queued();
    // The process comes back here even where there is nothing to flush.
    setImmediate(() => void work.flush());
  };
  if (waiting.size === 0) process.on("beforeExit", runOut);
  waiting.add(look);
  return () => {
    if (waiting.delete(look) && waiting.size === 0) process.removeListener("beforeExit", runOut);
  };
}
