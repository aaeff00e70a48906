import type { Options, Targets } from "zod-to-json-schema";
import { ignoreOverride, zodToJsonSchema } from "./converters.js";
import type { JsonSchema } from "./json-schema.js";
import { withoutKeys } from "./json-schema.js";
import type { Zod3Schema } from "./zod.js";

/**
 * The JSON Schema of a Zod 3 schema, as Instructor sends it to the model (it uses the same converter with the same
 * options), but with references that resolve: Instructor's point into a `definitions` that it does not send, these are
 * relative to the schema's root.
 */
export function zod3JsonSchema(schema: Zod3Schema): JsonSchema {
  const converted = zodToJsonSchema(schema as unknown as Parameters<typeof zodToJsonSchema>[0], OPTIONS);
  return withoutKeys(converted, "$schema");
}

const OPTIONS: Partial<Options<Targets>> = {
  errorMessages: true,
  // The converter does not escape property names in its references.
  override: (_definition, { $refStrategy }, seen, isForced) => {
    if (seen === undefined || isForced === true || $refStrategy !== "root") return ignoreOverride;
    if (!seen.path.some((segment) => /[~/]/.test(segment))) return ignoreOverride;
    return { $ref: seen.path.map(escaped).join("/") };
  },
};

function escaped(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
