import type * as ZodCore from "zod/v4/core";
import type { JsonSchema } from "./json-schema.js";
import { DEFINITIONS, withoutKeys } from "./json-schema.js";
import type { ResponseModel } from "./types.js";
import type { Zod4Schema } from "./zod.js";
import { isZod4 } from "./zod.js";
import { jsonSchemaOfParts } from "./zod4-parts.js";

/**
 * The JSON Schema of what a Zod 4 schema takes, by Zod's own converter: the schema's own copy of it where the schema
 * has one, which knows its types and descriptions best. A part that the converter refuses becomes `{}`.
 * @throws where nothing of the schema can be converted, or the converter is not loaded
 */
export function zod4JsonSchema(schema: Zod4Schema): JsonSchema {
  if (typeof schema.toJSONSchema !== "function") zodCore();
  return objectAtRoot(convertWhole(schema) ?? convertParts(schema));
}

function convertWhole(schema: Zod4Schema): JsonSchema | undefined {
  try {
    return convert(schema);
  } catch {
    return undefined;
  }
}

function convertParts(schema: Zod4Schema): JsonSchema {
  const describe = (part: Zod4Schema): string | undefined => {
    const { description } = (metadataOf(part) ?? {}) as { description?: unknown };
    return typeof description === "string" ? description : undefined;
  };
  return jsonSchemaOfParts(schema, { convert, describe });
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

function convert(schema: Zod4Schema): JsonSchema {
  const converted = typeof schema.toJSONSchema === "function" ? schema.toJSONSchema(OPTIONS) : convertByCore(schema);
  return withoutKeys(converted as JsonSchema, "$schema", "~standard");
}

type ZodCore = ReturnType<typeof zodCore>;

/** By our copy of the converter, which is the same for schemas of every copy. */
function convertByCore(schema: Zod4Schema): object {
  const { toJSONSchema } = zodCore();
  return toJSONSchema(schema as unknown as Parameters<typeof toJSONSchema>[0], {
    ...OPTIONS,
    metadata: { get: metadataOf } as unknown as ZodCore["globalRegistry"],
  });
}

/**
 * Descriptions live in a registry that each copy of Zod has its own of before 4.1.13, and the ESM and the CommonJS
 * build are two copies; a schema's own `meta` reads the right one.
 */
function metadataOf(schema: Zod4Schema): object | undefined {
  return schema.meta?.() ?? zodRegistry()?.get(schema as never);
}

/** A model's function takes an object: the root of a recursive schema may be a reference, that of a union has no type. */
function objectAtRoot(schema: JsonSchema): JsonSchema {
  const target = resolved(schema, schema);
  const root = target === schema ? schema : { ...target, ...withoutKeys(schema, "$ref") };
  return "type" in root || !isObject(root, root) ? root : { type: "object", ...root };
}

/** Whether every value that fits a schema is an object. */
function isObject(part: JsonSchema, root: JsonSchema, within: readonly JsonSchema[] = []): boolean {
  const schema = resolved(part, root);
  if (within.includes(schema)) return false;
  if ("type" in schema) return schema.type === "object";
  const among = [...within, schema];
  const { anyOf, oneOf, allOf } = schema;
  const alternatives = anyOf ?? oneOf;
  if (Array.isArray(alternatives)) {
    return alternatives.length > 0 && alternatives.every((one: JsonSchema) => isObject(one, root, among));
  }
  return Array.isArray(allOf) && allOf.some((one: JsonSchema) => isObject(one, root, among));
}

/** What a reference into the definitions leads to; any other schema as it is. */
function resolved(schema: JsonSchema, { $defs: definitions }: JsonSchema): JsonSchema {
  const { $ref: reference } = schema;
  if (typeof reference !== "string" || !reference.startsWith(DEFINITIONS)) return schema;
  return (definitions as Record<string, JsonSchema> | undefined)?.[reference.slice(DEFINITIONS.length)] ?? schema;
}

type Core = Pick<typeof ZodCore, "globalRegistry" | "toJSONSchema">;

let core: Core | undefined;
let loading: Promise<void> | undefined;
let isTried = false;

/**
 * Loads Zod 4's own converter where a schema needs it and does not bring it. A program of Zod 3 schemas never loads it.
 * @returns what to wait for before the schema is described; `undefined` where there is nothing to wait for
 */
export function converterFor(schema: unknown): Promise<void> | undefined {
  if (isTried || !needsConverter(schema)) return undefined;
  loading ??= import("zod/v4/core")
    .then(
      (loaded) => void (core = loaded),
      () => undefined,
    )
    .then(() => void (isTried = true));
  return loading;
}

/** The same for the schema of a request; for one that cannot be read there is nothing to wait for. */
export function converterForRequest(request: { readonly response_model?: ResponseModel }): Promise<void> | undefined {
  try {
    return converterFor(request.response_model?.schema);
  } catch {
    return undefined;
  }
}

/** Whether only the converter can describe a schema: one of `zod/mini`, or of a Zod 4 before 4.2. */
function needsConverter(schema: unknown): boolean {
  return typeof schema === "object" && schema !== null && isZod4(schema) && typeof schema.toJSONSchema !== "function";
}

/** @throws Error where it could not be loaded, or was not loaded first */
export function zodCore(): Core {
  if (core === undefined) throw new Error("zod/v4/core is not loaded");
  return core;
}

/** Where Zod keeps descriptions of schemas that do not tell them; `undefined` where it is not loaded. */
export function zodRegistry(): Core["globalRegistry"] | undefined {
  return core?.globalRegistry;
}
