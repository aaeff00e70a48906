import { createRequire } from "node:module";
import type * as ZodCore from "zod/v4/core";
import type * as ZodToJsonSchema from "zod-to-json-schema";
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

/** Loads the converter of Zod 3 schemas, which Instructor uses as well. */
export function loadZodToJsonSchema(): typeof ZodToJsonSchema {
  return load("zod-to-json-schema") as typeof ZodToJsonSchema;
}

/** Loads Zod 4's own converter, for schemas that do not bring it: 40 ms where the program has not loaded it itself. */
export function loadZodCore(): Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema"> {
  return load("zod/v4/core") as typeof ZodCore;
}
