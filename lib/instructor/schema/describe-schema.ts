import { createHash } from "node:crypto";
import { ignoreOverride, zodToJsonSchema } from "zod-to-json-schema";
import { warnOnce } from "../../observe/warn-once.js";
import type { JsonSchema } from "./json-schema.js";
import { referenceStep, withoutKeys } from "./json-schema.js";
import { isZod4, zodKind } from "./zod.js";
import { converterFor, zod4JsonSchema } from "./zod4-json-schema.js";

/** What is known about a response schema. */
export interface SchemaDescription {
  /** Without `$schema`; a description of the root's is in it. */
  readonly jsonSchema: JsonSchema;
  /** Of a list: the schema of its items, which their validation errors are about. */
  readonly item?: JsonSchema;
  /** Whether the schema stands for one that Instructor cannot read, which is sent by us and not by Instructor. */
  readonly isFacade?: boolean;
  /** Once it was asked for. */
  hash?: string;
}

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
export function describeFacade(facade: object, description: SchemaDescription): void {
  described.set(facade, { ...description, isFacade: true });
}

function describe(schema: object): SchemaDescription | undefined {
  try {
    if (isZod4(schema)) return { jsonSchema: zod4JsonSchema(schema) };
    if (zodKind(schema) === 3) return { jsonSchema: zod3JsonSchema(schema) };
    warnOnce("schema-unknown", "a response_model's schema is not a Zod schema; its JSON Schema is not recorded.");
  } catch {
    warnOnce("schema-unconvertible", "a response_model's schema could not be converted to JSON Schema.");
  }
  return undefined;
}

type Zod3Schema = Parameters<typeof zodToJsonSchema>[0];

/**
 * The JSON Schema of a Zod 3 schema, as Instructor sends it to the model (it uses the same converter with the same
 * options), but with references that resolve: Instructor's point into a `definitions` that it does not send, these are
 * relative to the schema's root.
 */
function zod3JsonSchema(schema: object): JsonSchema {
  const converted = zodToJsonSchema(schema as Zod3Schema, {
    errorMessages: true,
    // The converter does not escape property names in its references.
    override: (_definition, { $refStrategy }, seen, isForced) => {
      if (seen === undefined || isForced === true || $refStrategy !== "root") return ignoreOverride;
      return seen.path.some((step) => /[~/]/.test(step))
        ? { $ref: seen.path.map(referenceStep).join("/") }
        : ignoreOverride;
    },
  });
  return withoutKeys(converted, "$schema");
}

/**
 * The JSON Schema that Instructor makes of a schema: of Zod 3 with references into `definitions` that it does not send,
 * of Zod 4 an empty one.
 * @param name as Instructor sends it
 */
export function instructorJsonSchema(schema: object, name: string): JsonSchema | undefined {
  const { definitions } = zodToJsonSchema(schema as Zod3Schema, { name, errorMessages: true });
  return definitions?.[name];
}

/** Enough to tell the versions of one response model apart. */
const HASH_DIGITS = 16;

/**
 * Tells one version of a schema from another without showing it: the first 16 hexadecimal digits of SHA-256 over its
 * JSON Schema. Worked out once for each schema object; `undefined` where the schema cannot be described.
 */
export function schemaHash(schema: object): string | undefined {
  const description = describeSchema(schema);
  return description && (description.hash ??= jsonSchemaHash(description.jsonSchema));
}

/** The same for what is a JSON Schema itself. */
export function jsonSchemaHash(jsonSchema: object): string {
  return createHash("sha256").update(JSON.stringify(jsonSchema)).digest("hex").slice(0, HASH_DIGITS);
}
