import { isApiAbort } from "../../observe/errors.js";

/** HTTP status of an error that a provider's client threw. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = read(error, "status") as number;
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : undefined;
}

/** Codes of errors by which Node, undici and axios tell of a request that was stopped. */
const ABORT_CODES: ReadonlySet<unknown> = new Set(["ABORT_ERR", "UND_ERR_ABORTED", "ERR_CANCELED"]);

/** Whether a request ended because the caller wanted it to. */
export function isAbort(error: unknown, signal: unknown): boolean {
  if (read(error, "name") === "AbortError" || ABORT_CODES.has(read(error, "code"))) return true;
  if (isApiAbort(error, isAborted(signal))) return true;
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

function read(source: unknown, key: string): unknown {
  try {
    return (source as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}
