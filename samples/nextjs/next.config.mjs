/** @type {import("next").NextConfig} */
export default {
  // Not bundled, so that the route and `instrumentation.ts` share one copy.
  serverExternalPackages: ["respan-instructor", "@instructor-ai/instructor"],
};
