import Instructor from "@instructor-ai/instructor";
import type { InstructorFactory } from "./instance.js";

/** {@link file://./load.ts} for bundlers, which follow an import and not a `require` that is made at run time. */
export function loadInstructor(): InstructorFactory {
  return Instructor as unknown as InstructorFactory;
}

/** A bundle holds one build. */
export function loadInstructorBuilds(): InstructorFactory[] {
  return [loadInstructor()];
}
