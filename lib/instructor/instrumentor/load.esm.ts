import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type * as ZodCore from "zod/v4/core";
import type * as ZodToJsonSchema from "zod-to-json-schema";
import { watchCommonJs } from "./commonjs-watch.js";
import type { InstructorFactory } from "../call/instance.js";

/** `load.ts` for the ESM build. */
const INSTRUCTOR = "@instructor-ai/instructor";
const load = createRequire(import.meta.url);

interface Loaded {
  readonly default: InstructorFactory;
}

/** Loads Instructor when it is needed: it takes a sixth of a second, which only those who use it should pay. */
export function loadInstructor(): InstructorFactory {
  return (loadAsImported(INSTRUCTOR) as Loaded).default;
}

/**
 * Tells of every build of Instructor that the process uses or comes to use: of the ES module build, which cannot be
 * watched for, at once.
 * @returns what ends the watch
 */
export function eachInstructor(tell: (factory: InstructorFactory) => void): () => void {
  tell(loadInstructor());
  return watchCommonJs(load, INSTRUCTOR, tell) ?? (() => undefined);
}

/**
 * An ES module can be required by its path, and is then the very module that `import` gives: so a client of ours and
 * one of the user's are of one class.
 */
function loadAsImported(name: string): unknown {
  try {
    return load(fileURLToPath(import.meta.resolve(name)));
  } catch {
    return load(name);
  }
}

/** Loads the converter of Zod 3 schemas, which Instructor uses as well. */
export function loadZodToJsonSchema(): typeof ZodToJsonSchema {
  return loadAsImported("zod-to-json-schema") as typeof ZodToJsonSchema;
}

/** Loads Zod 4's own converter, the copy whose registry an ES module's schemas are described in. */
export function loadZodCore(): Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema"> {
  return loadAsImported("zod/v4/core") as typeof ZodCore;
}
