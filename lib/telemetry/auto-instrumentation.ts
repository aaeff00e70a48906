import { InstructorInstrumentor } from "../instructor/instrumentor/instrumentor.js";
import { describeError } from "../observe/error-description.js";
import type { Warnings } from "./warnings.js";

/**
 * Traces every Instructor client of the process. A service whose Instructor cannot be traced must run all the same.
 * @returns takes it back
 */
export function activateInstrumentor(warnings: Warnings): () => void {
  const instrumentor = new InstructorInstrumentor();
  try {
    instrumentor.activate();
  } catch (error) {
    const reason = describeError(error).message;
    warnings.warn("instrumentor", `Instructor clients that others construct are not traced: ${reason}`);
  }
  return () => instrumentor.deactivate();
}
