import { createRequire } from "node:module";
import type { InstructorFactory } from "./instance.js";

const INSTRUCTOR = "@instructor-ai/instructor";

/** CommonJS has a `require`; where TypeScript is run as ES modules from source there is none. */
const load: NodeJS.Require = typeof require === "function" ? require : createRequire(`${process.cwd()}/index.js`);

/** Loads Instructor when it is needed: it takes a sixth of a second, which only those who use it should pay. */
export function loadInstructor(): InstructorFactory {
  return (load(INSTRUCTOR) as { default: InstructorFactory }).default;
}

/** Every build of Instructor that the process may hold; the first is {@link loadInstructor}'s. */
export function loadInstructorBuilds(): InstructorFactory[] {
  return [loadInstructor()];
}
