import { loadZodCore } from "../instrumentor/load.js";
import type { JsonSchema } from "./json-schema.js";
import { withoutKeys } from "./json-schema.js";
import type { Zod4Schema } from "./zod.js";

/**
 * The JSON Schema of what a Zod 4 schema takes, by Zod's own converter: the schema's own copy of it where the schema
 * has one, which knows its types and descriptions best.
 */
export function zod4JsonSchema(schema: Zod4Schema): JsonSchema {
  const converted = typeof schema.toJSONSchema === "function" ? schema.toJSONSchema(OPTIONS) : convert(schema);
  return objectAtRoot(withoutKeys(converted as JsonSchema, "$schema", "~standard"));
}

interface Overridden {
  readonly zodSchema: object;
  readonly jsonSchema: Record<string, unknown>;
}

const OPTIONS = {
  io: "input",
  unrepresentable: "any",
  override: ({ zodSchema, jsonSchema }: Overridden): void => {
    if ("type" in jsonSchema || "$ref" in jsonSchema) return;
    const { type } = (zodSchema as Zod4Schema)._zod.def;
    // Zod has no word for these in JSON Schema; a coerced one takes what Zod 3's converter asks for.
    if (type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
    if (type === "bigint") jsonSchema.type = "integer";
  },
} as const;

/** By our copy of the converter, which is the same for schemas of every copy. */
function convert(schema: Zod4Schema): object {
  const { toJSONSchema, globalRegistry } = loadZodCore();
  // Descriptions live in a registry that each copy of Zod has its own of before 4.1.13, and the ESM and the CommonJS
  // build are two copies; a schema's own `meta` reads the right one.
  const metadata = { get: (part: Zod4Schema) => part.meta?.() ?? globalRegistry.get(part as never) };
  return toJSONSchema(schema as unknown as Parameters<typeof toJSONSchema>[0], {
    ...OPTIONS,
    metadata: metadata as unknown as typeof globalRegistry,
  });
}

/** A model's function takes an object: a recursive schema may be nothing but a reference at its root. */
function objectAtRoot(schema: JsonSchema): JsonSchema {
  const { $ref: reference, $defs: definitions } = schema;
  if (typeof reference !== "string" || !reference.startsWith("#/$defs/")) return schema;
  const target = (definitions as Record<string, JsonSchema> | undefined)?.[reference.slice("#/$defs/".length)];
  return { ...target, ...withoutKeys(schema, "$ref") };
}
