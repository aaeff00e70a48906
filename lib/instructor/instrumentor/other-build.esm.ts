import { createRequire } from "node:module";
import type { InstructorFactory } from "../call/instance.js";

/** Loads the CommonJS build of Instructor for the ES module entry of `register`. */
export function loadOtherBuild(): InstructorFactory {
  const load = createRequire(import.meta.url);
  return (load("@instructor-ai/instructor") as { default: InstructorFactory }).default;
}
