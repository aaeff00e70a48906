import { createHash } from "node:crypto";
import { ignoreOverride, zodToJsonSchema } from "zod-to-json-schema";
import { warnOnce } from "../../observe/warn-once.js";
import type { JsonSchema } from "./json-schema.js";
import { withoutKeys } from "./json-schema.js";
import { converterFor } from "./zod4-json-schema.js";
import type { Zod3Schema, ZodKind } from "./zod.js";
import { isZod4, zodKind } from "./zod.js";
import { zod4JsonSchema } from "./zod4-json-schema.js";

/** What is known about a response schema. */
export interface SchemaDescription {
  readonly kind: ZodKind;
  /** Without `$schema`; a description of the root's is in it. */
  readonly jsonSchema: JsonSchema;
  /** Of a list: the schema of its items, which their validation errors are about. */
  readonly item?: JsonSchema;
}

const facades = new WeakSet();
const described = new WeakMap<object, SchemaDescription | "unknown">();

/**
 * A schema's JSON Schema, worked out once for each schema object. Never throws: what cannot be described gives
 * `undefined` and one warning. While the converter that a schema needs is still loading, see `converterFor`, there is no
 * description yet.
 *
 * @param schema A Zod schema of any kind, or the `schema` of a facade.
 */
export function describeSchema(schema: object): SchemaDescription | undefined {
  let description = described.get(schema);
  if (description === undefined) {
    if (converterFor(schema) !== undefined) return undefined;
    description = describe(schema) ?? "unknown";
    described.set(schema, description);
  }
  return description === "unknown" ? undefined : description;
}

/** Says what a facade stands for, so that it is not taken for what it poses as. */
export function setDescription(facade: object, description: SchemaDescription): void {
  described.set(facade, description);
  facades.add(facade);
}

/** Whether a schema stands for one that Instructor cannot read, which is sent by us and not by Instructor. */
export function isFacade(schema: object): boolean {
  return facades.has(schema);
}

function describe(schema: object): SchemaDescription | undefined {
  try {
    const kind = zodKind(schema);
    if (kind === undefined) {
      warnOnce("schema-unknown", "a response_model's schema is not a Zod schema; its JSON Schema is not recorded.");
      return undefined;
    }
    return { kind, jsonSchema: isZod4(schema) ? zod4JsonSchema(schema) : zod3JsonSchema(schema as Zod3Schema) };
  } catch {
    warnOnce("schema-unconvertible", "a response_model's schema could not be converted to JSON Schema.");
    return undefined;
  }
}

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

/** Enough to tell the versions of one response model apart. */
const HEX_DIGITS = 16;

const hashes = new WeakMap<object, string>();

/**
 * Tells one version of a schema from another without showing it: the first 16 hexadecimal digits of SHA-256 over its
 * JSON Schema. Worked out once for each schema object; `undefined` where the schema cannot be described.
 */
export function schemaHash(schema: object): string | undefined {
  const known = hashes.get(schema);
  if (known !== undefined) return known;
  const jsonSchema = describeSchema(schema)?.jsonSchema;
  if (jsonSchema === undefined) return undefined;
  const hash = jsonSchemaHash(jsonSchema);
  hashes.set(schema, hash);
  return hash;
}

/** The same for what is a JSON Schema itself. */
export function jsonSchemaHash(jsonSchema: object): string {
  return createHash("sha256").update(JSON.stringify(jsonSchema)).digest("hex").slice(0, HEX_DIGITS);
}
