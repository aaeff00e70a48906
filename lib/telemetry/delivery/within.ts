/**
 * Settles when what was started has settled, however, or when the time is over. Its timer keeps the process alive: somebody
 * is waiting.
 */
export async function settledWithin(
  start: () => PromiseLike<unknown> | undefined,
  timeoutMillis: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMillis);
  });
  try {
    await Promise.race([start(), timeout]);
  } catch {
    // How it went is counted where it happened.
  } finally {
    clearTimeout(timer);
  }
}
