/** Zod's converters to JSON Schema, in one place because they are heavy to load. */
export { ignoreOverride, zodToJsonSchema } from "zod-to-json-schema";
export { globalRegistry, toJSONSchema } from "zod/v4/core";
