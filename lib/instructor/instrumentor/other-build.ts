import type { InstructorFactory } from "../call/instance.js";

/**
 * Loads the ES module build of Instructor for the CommonJS entry of `register`. It lies beside the CommonJS build, and
 * `require` gives the very module that `import` gives. The ES module entry has `other-build.esm.ts` in its place.
 */
export function loadOtherBuild(): InstructorFactory {
  const path = require.resolve("@instructor-ai/instructor").replace(/\.cjs$/, ".js");
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only the path leads to this build
  return (require(path) as { default: InstructorFactory }).default;
}
