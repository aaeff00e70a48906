/**
 * The zero-code entry: `node --import respan-instructor/register app.mjs` traces every structured call of an unchanged
 * program, as the `RESPAN_*` variables say.
 */
import { RespanTelemetry } from "./index.js";

try {
  // It activates the instrumentor, and flushes when the program has nothing left to do.
  new RespanTelemetry();
} catch (error) {
  // A program that knows nothing of this must start all the same.
  process.stderr.write(`[error] ${error instanceof Error ? error.message : String(error)}; nothing is traced\n`);
}
