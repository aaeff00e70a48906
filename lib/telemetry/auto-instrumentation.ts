import { diag } from "@opentelemetry/api";
import { InstructorInstrumentor } from "../instructor/instrumentor/instrumentor.js";
import { describeError } from "../observe/error-description.js";
import type { Warnings } from "./warnings.js";

/**
 * Traces every Instructor client of the process. A service without Instructor has nothing to trace, and one whose
 * Instructor cannot be traced must run all the same.
 * @returns takes it back
 */
export function activateInstrumentor(warnings: Warnings): () => void {
  const instrumentor = new InstructorInstrumentor();
  try {
    instrumentor.activate();
  } catch (error) {
    const reason = describeError(error).message;
    if (isNotInstalled(error)) diag.debug(`respan-instructor: Instructor is not installed (${reason})`);
    else warnings.warn("instrumentor", `Instructor clients that others construct are not traced: ${reason}`);
  }
  return () => instrumentor.deactivate();
}

/** Not by `instanceof`: in a test runner the error of a module that is not there is of another realm. */
function isNotInstalled(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < 3; depth++) {
    const { code, cause } = Object(at) as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") return true;
    at = cause;
  }
  return false;
}
