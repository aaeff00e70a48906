import { diag } from "@opentelemetry/api";
import { describeError } from "./errors.js";

const said = new Set<string>();
const LIMIT = 1_000;

/** Warns through OpenTelemetry's `diag`, once for each cause; the message must hold no content. Never throws. */
export function warnOnce(cause: string, message: string): void {
  // A cause may contain a value from a request; ever new ones must not fill the log.
  if (said.has(cause) || said.size >= LIMIT) return;
  said.add(cause);
  try {
    diag.warn(`respan-instructor: ${message}`);
  } catch {
    // The host's logger threw.
  }
}

/**
 * Runs this package's work on other code's values so that none of its errors reach the caller.
 * @param what it was about, for the warning
 * @returns `undefined` where it threw
 */
export function quietly<R>(what: string, work: () => R): R | undefined {
  try {
    return work();
  } catch (error) {
    warnOnce(`quietly:${what}`, `${what} (${describeError(error).type})`);
    return undefined;
  }
}
