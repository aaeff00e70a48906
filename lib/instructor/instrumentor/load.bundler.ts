import Instructor from "@instructor-ai/instructor";
import { globalRegistry, toJSONSchema } from "zod/v4/core";
import type * as ZodCore from "zod/v4/core";
import * as zodToJsonSchema from "zod-to-json-schema";
import type { InstructorFactory } from "../call/instance.js";

/** `load.ts` for bundlers, which follow an import and not a `require` that is made at run time. */
export function loadInstructor(): InstructorFactory {
  return Instructor as unknown as InstructorFactory;
}

/** A bundle holds one build. */
export function eachInstructor(tell: (factory: InstructorFactory) => void): () => void {
  tell(loadInstructor());
  return () => undefined;
}

export function loadZodToJsonSchema(): typeof zodToJsonSchema {
  return zodToJsonSchema;
}

export function loadZodCore(): Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema"> {
  return { globalRegistry, toJSONSchema };
}
