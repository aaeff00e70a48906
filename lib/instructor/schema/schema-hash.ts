import { createHash } from "node:crypto";
import { describeSchema } from "./describe-schema.js";

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
