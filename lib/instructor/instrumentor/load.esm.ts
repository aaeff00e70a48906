import * as instructor from "@instructor-ai/instructor";
import type { InstructorFactory } from "../call/instance.js";

/**
 * Instructor for the ES module build. It is imported with this package, since `createTracedInstructor` and the
 * constructor of telemetry need it at once and an ES module can be loaded in no other way at once. So it is the copy
 * that the program itself imports, whatever loader or bundler is at work.
 */
export function loadInstructor(): InstructorFactory {
  const { default: factory } = instructor as unknown as { default: InstructorFactory | { default: InstructorFactory } };
  // A loader that finds the CommonJS build gives its exports as the default.
  return typeof factory === "function" ? factory : factory.default;
}
