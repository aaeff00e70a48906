import { diag } from "@opentelemetry/api";

const said = new Set<string>();
const LIMIT = 1_000;

/** Warns through OpenTelemetry's `diag`, once for each cause; the message must hold no content. */
export function warnOnce(cause: string, message: string): void {
  if (said.has(cause)) return;
  if (said.size < LIMIT) said.add(cause);
  diag.warn(`respan-instructor: ${message}`);
}
