/**
 * Flushes once when the process has nothing left to do. A host that ends it otherwise (`process.exit`, a signal) flushes
 * or shuts down itself.
 * @returns takes the listener back
 */
export function flushBeforeExit(flush: () => Promise<unknown>): () => void {
  const listener = (): void => void flush();
  process.once("beforeExit", listener);
  return () => void process.removeListener("beforeExit", listener);
}
