import { createRequire } from "node:module";
import type * as ZodCore from "zod/v4/core";
import type * as ZodToJsonSchema from "zod-to-json-schema";
import { watchCommonJs } from "./commonjs-watch.js";
import type { InstructorFactory } from "../call/instance.js";

const INSTRUCTOR = "@instructor-ai/instructor";

/** CommonJS has a `require`; where TypeScript is run as ES modules from source there is none. */
const load: NodeJS.Require = typeof require === "function" ? require : createRequire(`${process.cwd()}/index.js`);

/** Loads Instructor when it is needed: it takes a sixth of a second, which only those who use it should pay. */
export function loadInstructor(): InstructorFactory {
  return (load(INSTRUCTOR) as { default: InstructorFactory }).default;
}

/**
 * Tells of every build of Instructor that the process uses or comes to use. The ES module build cannot be watched for;
 * it is looked for where the program itself is an ES module, and is then the one that `import` gives.
 * @returns what ends the watch
 */
export function eachInstructor(tell: (factory: InstructorFactory) => void): () => void {
  const stop = watchCommonJs(load, INSTRUCTOR, tell);
  if (stop === undefined) tell(loadInstructor());
  const esm = load.main === undefined ? loadEsm() : undefined;
  if (esm !== undefined) tell(esm);
  return stop ?? (() => undefined);
}

/** The ES module build lies beside the CommonJS build, and can be required since Node 20.19. */
function loadEsm(): InstructorFactory | undefined {
  try {
    const path = load.resolve(INSTRUCTOR);
    return path.endsWith(".cjs")
      ? (load(path.replace(/\.cjs$/, ".js")) as { default: InstructorFactory }).default
      : undefined;
  } catch {
    return undefined;
  }
}

/** Loads the converter of Zod 3 schemas, which Instructor uses as well. */
export function loadZodToJsonSchema(): typeof ZodToJsonSchema {
  return load("zod-to-json-schema") as typeof ZodToJsonSchema;
}

/** Loads Zod 4's own converter, for schemas that do not bring it: 40 ms where the program has not loaded it itself. */
export function loadZodCore(): Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema"> {
  return load("zod/v4/core") as typeof ZodCore;
}
