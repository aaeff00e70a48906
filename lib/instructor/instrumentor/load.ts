import type { InstructorFactory } from "../call/instance.js";

/**
 * Loads Instructor for the CommonJS build, when it is needed: it takes longer to load than all of this package. The
 * ES module build has `load.esm.ts` in its place.
 */
export function loadInstructor(): InstructorFactory {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it with this package
  return (require("@instructor-ai/instructor") as { default: InstructorFactory }).default;
}
