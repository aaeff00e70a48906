import { warnOnce } from "../../observe/warn-once.js";
import type { JsonSchema } from "./json-schema.js";
import type { Zod3Schema, ZodKind } from "./zod.js";
import { isZod4, zodKind } from "./zod.js";
import { converterFor } from "./zod-core.js";
import { zod3JsonSchema } from "./zod3-json-schema.js";
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
