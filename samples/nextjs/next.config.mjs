/** @type {import("next").NextConfig} */
export default {
  // Loaded by Node as they are, so that the route and `instrumentation.ts` share one copy.
  serverExternalPackages: ["respan-instructor", "@instructor-ai/instructor"],
};
