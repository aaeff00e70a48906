import { diag } from "@opentelemetry/api";
import { InstructorInstrumentor } from "../instructor/instrumentor.js";
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
    const reason = error instanceof Error ? error.message : String(error);
    if (isNotInstalled(error)) diag.debug(`respan-instructor: Instructor is not installed (${reason})`);
    else warnings.warn("instrumentor", `Instructor clients that others construct are not traced: ${reason}`);
  }
  return () => instrumentor.deactivate();
}

function isNotInstalled(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 3; at = at.cause, depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") return true;
  }
  return false;
}
