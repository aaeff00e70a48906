import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as ZodCore from "zod/v4/core";
import type * as ZodToJsonSchema from "zod-to-json-schema";
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
  return (loadAsImported(INSTRUCTOR) as Loaded).default;
}

function loadAsImported(name: string): unknown {
  try {
    return load(fileURLToPath(import.meta.resolve(name)));
  } catch {
    return load(name);
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

/** Loads the converter of Zod 3 schemas, which Instructor uses as well. */
export function loadZodToJsonSchema(): typeof ZodToJsonSchema {
  return loadAsImported("zod-to-json-schema") as typeof ZodToJsonSchema;
}

/** Loads Zod 4's own converter, the copy whose registry an ES module's schemas are described in. */
export function loadZodCore(): Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema"> {
  return loadAsImported("zod/v4/core") as typeof ZodCore;
}
