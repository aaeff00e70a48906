import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { InstructorFactory } from "./instance.js";

/** {@link file://./load.ts} for the ESM build. */
const INSTRUCTOR = "@instructor-ai/instructor";
const load = createRequire(import.meta.url);

interface Loaded {
  readonly default: InstructorFactory;
}

/**
 * Loads Instructor when it is needed. An ES module can be required by its path, and is then the very module that
 * `import` gives, so that a client of ours and one of the user's are of one class.
 */
export function loadInstructor(): InstructorFactory {
  try {
    return (load(fileURLToPath(import.meta.resolve(INSTRUCTOR))) as Loaded).default;
  } catch {
    return (load(INSTRUCTOR) as Loaded).default;
  }
}

/** Every build of Instructor that the process may hold; the first is {@link loadInstructor}'s. */
export function loadInstructorBuilds(): InstructorFactory[] {
  const builds = [loadInstructor()];
  try {
    const other = (load(INSTRUCTOR) as Loaded).default;
    if (other !== builds[0]) builds.push(other);
  } catch {
    // One build is all that there is.
  }
  return builds;
}
