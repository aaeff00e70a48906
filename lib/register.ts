/**
 * The zero-code entry: `node --import respan-instructor/register app.mjs` traces every structured call of an unchanged
 * program, as the `RESPAN_*` variables say.
 */
import { RespanTelemetry } from "./index.js";
import { otherBuilds } from "./instructor/instrumentor/instrumentor.js";
import { loadOtherBuild } from "./instructor/instrumentor/other-build.js";

try {
  // The program may use either build of Instructor, or both.
  otherBuilds.push(loadOtherBuild);
  // It activates the instrumentor, and flushes when the program has nothing left to do.
  new RespanTelemetry();
} catch (error) {
  // A program that knows nothing of this must start all the same.
  process.stderr.write(`[error] ${error instanceof Error ? error.message : String(error)}; nothing is traced\n`);
}

// An ES module, though it exports nothing.
export {};
