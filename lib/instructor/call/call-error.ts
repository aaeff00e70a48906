/** HTTP status of an error that a provider's client threw. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = read(error, "status") as number;
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : undefined;
}

/** Whether a request ended because the caller wanted it to. */
export function isAbort(error: unknown, signal: unknown): boolean {
  if (read(error, "name") === "AbortError" || classNameOf(error) === "APIUserAbortError") return true;
  return isAborted(signal) && error !== undefined && read(signal, "reason") === error;
}

/** The signal of a call's request options. */
export function signalOf(options: unknown): unknown {
  return read(options, "signal");
}

/** Whether a signal has fired. */
export function isAborted(signal: unknown): boolean {
  return read(signal, "aborted") === true;
}

function classNameOf(error: unknown): unknown {
  return read(read(error, "constructor"), "name");
}

function read(source: unknown, key: string): unknown {
  try {
    return (source as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}
