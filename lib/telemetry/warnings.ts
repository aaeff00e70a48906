import { diag } from "@opentelemetry/api";

const LIMIT = 100;

/** What one telemetry has to say: through OpenTelemetry's `diag`, once for each cause. Messages hold no content. */
export class Warnings {
  readonly #said = new Set<string>();

  warn(cause: string, message: string): void {
    if (this.#said.has(cause) || this.#said.size >= LIMIT) return;
    this.#said.add(cause);
    try {
      diag.warn(`respan-instructor: ${message}`);
    } catch {
      // The logger is the host's.
    }
  }
}
