import { ignoreOverride, zodToJsonSchema } from "zod-to-json-schema";
import type { JsonSchema } from "./json-schema.js";
import { withoutKeys } from "./json-schema.js";
import type { Zod3Schema } from "./zod.js";

/**
 * The JSON Schema of a Zod 3 schema, as Instructor sends it to the model (it uses the same converter with the same
 * options), but with references that resolve: Instructor's point into a `definitions` that it does not send, these are
 * relative to the schema's root.
 */
export function zod3JsonSchema(schema: Zod3Schema): JsonSchema {
  const converted = zodToJsonSchema(schema as unknown as ZodSchema, {
    errorMessages: true,
    override: (_definition, { $refStrategy }, seen, isForced) => {
      if (seen === undefined || isForced === true || $refStrategy !== "root") return ignoreOverride;
      return seen.path.some(needsEscape) ? { $ref: seen.path.map(escaped).join("/") } : ignoreOverride;
    },
  }) as JsonSchema;
  return withoutKeys(converted, "$schema");
}

/**
 * The JSON Schema that Instructor makes of a schema: of Zod 3 with references into `definitions` that it does not send,
 * of Zod 4 an empty one.
 * @param name as Instructor sends it
 */
export function instructorJsonSchema(schema: object, name: string): JsonSchema | undefined {
  const { definitions } = zodToJsonSchema(schema as ZodSchema, { name, errorMessages: true });
  return definitions?.[name];
}

type ZodSchema = Parameters<typeof zodToJsonSchema>[0];

/** The converter does not escape property names in its references. */
function needsEscape(segment: string): boolean {
  return /[~/]/.test(segment);
}

function escaped(segment: string): string {
  return segment.replaceAll("~", "~0").replaceAll("/", "~1");
}
