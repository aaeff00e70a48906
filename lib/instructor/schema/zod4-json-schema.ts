import type * as ZodCore from "zod/v4/core";
import type { JsonSchema } from "./json-schema.js";
import { isJsonSchema, resolved, withoutKeys } from "./json-schema.js";
import type { ResponseModel } from "./types.js";
import type { Zod4Schema } from "./zod.js";
import { isZod4 } from "./zod.js";
import { jsonSchemaOfParts } from "./zod4-parts.js";

type Core = Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema">;

/** Zod's own converter; `null` where it cannot be loaded. */
let core: Core | null | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads Zod 4's own converter where a schema needs it and does not bring it: one of `zod/mini`, or of a Zod 4 before
 * 4.2. A program of Zod 3 schemas never loads it, which takes 40 ms (`require("zod/v4/core")`).
 * @returns what to wait for before the schema is described; `undefined` where there is nothing to wait for
 */
export function converterFor(schema: unknown): Promise<void> | undefined {
  if (core !== undefined || typeof schema !== "object" || schema === null || !isZod4(schema)) return undefined;
  if (typeof schema.toJSONSchema === "function") return undefined;
  return (loading ??= import("zod/v4/core").then(
    (loaded) => void (core = loaded),
    () => void (core = null),
  ));
}

/** The same for the schema of a request; for one that cannot be read there is nothing to wait for. */
export function converterForRequest(request: { readonly response_model?: ResponseModel }): Promise<void> | undefined {
  try {
    return converterFor(request.response_model?.schema);
  } catch {
    return undefined;
  }
}

/**
 * The JSON Schema of what a Zod 4 schema takes, by Zod's own converter: the schema's own copy of it where the schema
 * has one, which knows its types and descriptions best. A part that the converter refuses becomes `{}`.
 * @throws where nothing of the schema can be converted, or the converter is not loaded
 */
export function zod4JsonSchema(schema: Zod4Schema): JsonSchema {
  return objectAtRoot(converted(schema) ?? jsonSchemaOfParts(schema, { converted, describe: descriptionOf }));
}

interface Overridden {
  readonly zodSchema: object;
  readonly jsonSchema: Record<string, unknown>;
}

const OPTIONS = {
  io: "input",
  unrepresentable: "any",
  override: ({ zodSchema, jsonSchema }: Overridden): void => {
    const { type } = (zodSchema as Zod4Schema)._zod.def;
    // Every name is a string; OpenAI refuses a schema that says so.
    if (type === "record" && isAnyString(jsonSchema.propertyNames)) delete jsonSchema.propertyNames;
    if ("type" in jsonSchema || "$ref" in jsonSchema) return;
    // Zod has no word for these in JSON Schema; a coerced one takes what Zod 3's converter asks for.
    if (type === "date") Object.assign(jsonSchema, { type: "string", format: "date-time" });
    if (type === "bigint") jsonSchema.type = "integer";
  },
} as const;

function isAnyString(schema: unknown): boolean {
  const { type, ...more } = (schema ?? {}) as JsonSchema;
  return type === "string" && Object.keys(more).length === 0;
}

/** `undefined` where the converter refuses a part of the schema, and with it the whole. */
function converted(schema: Zod4Schema): JsonSchema | undefined {
  try {
    const jsonSchema = schema.toJSONSchema?.(OPTIONS) ?? convertedByCore(schema);
    return withoutKeys(jsonSchema as JsonSchema, "$schema", "~standard");
  } catch {
    return undefined;
  }
}

/** By our copy of the converter, which is the same for schemas of every copy. */
function convertedByCore(schema: Zod4Schema): object {
  if (!core) throw new Error("zod/v4/core is not loaded");
  const registry = { get: metadataOf } as unknown as Core["globalRegistry"];
  // Its types are those of its own copy's schemas, and of the whole registry, of which it reads this.
  return core.toJSONSchema(schema as unknown as Parameters<Core["toJSONSchema"]>[0], {
    ...OPTIONS,
    metadata: registry,
  });
}

/**
 * Descriptions live in a registry that each copy of Zod has its own of before 4.1.13, and the ESM and the CommonJS
 * build are two copies; a schema's own `meta` reads the right one.
 */
function metadataOf(schema: Zod4Schema): object | undefined {
  return schema.meta?.() ?? core?.globalRegistry.get(schema as never);
}

function descriptionOf(schema: Zod4Schema): string | undefined {
  const { description } = (metadataOf(schema) ?? {}) as { readonly description?: unknown };
  return typeof description === "string" ? description : undefined;
}

/** A model's function takes an object: the root of a recursive schema may be a reference, that of a union has no type. */
function objectAtRoot(schema: JsonSchema): JsonSchema {
  const target = resolved(schema, schema);
  const root = target === schema ? schema : { ...target, ...withoutKeys(schema, "$ref") };
  return "type" in root || !takesObjectsAlone(root, root) ? root : { type: "object", ...root };
}

function takesObjectsAlone(part: JsonSchema, root: JsonSchema, around: readonly JsonSchema[] = []): boolean {
  const schema = resolved(part, root);
  if (around.includes(schema)) return false;
  const { type, anyOf, oneOf, allOf } = schema;
  if (type !== undefined) return type === "object";
  const takesThem = (one: unknown): boolean => isJsonSchema(one) && takesObjectsAlone(one, root, [...around, schema]);
  const alternatives = anyOf ?? oneOf;
  if (Array.isArray(alternatives)) return alternatives.length > 0 && alternatives.every(takesThem);
  return Array.isArray(allOf) && allOf.some(takesThem);
}
