import { diag } from "@opentelemetry/api";

const said = new Set<string>();
const LIMIT = 1_000;

/** Warns through OpenTelemetry's `diag`, once for each cause; the message must hold no content. Never throws. */
export function warnOnce(cause: string, message: string): void {
  // Causes may be made of what a caller sends: who sends ever new ones must not fill the log.
  if (said.has(cause) || said.size >= LIMIT) return;
  said.add(cause);
  try {
    diag.warn(`respan-instructor: ${message}`);
  } catch {
    // The logger is the host's.
  }
}
