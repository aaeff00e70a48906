/** A JSON Schema, or any object within one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema without some of its root's keys. */
export function withoutKeys(schema: JsonSchema, ...keys: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

/**
 * The same schema to stand at `pointer` within another: what it refers to within itself moves along, what it refers to
 * in `$defs` is expected in the `$defs` of the whole.
 *
 * @param schema The schema, its references relative to its own root (`#`, `#/properties/…`).
 * @param pointer Where it is going to stand, as in `#/properties/items/items`.
 */
export function relocated(schema: JsonSchema, pointer: string): JsonSchema {
  return withReferences(schema, (reference) => {
    if (!reference.startsWith("#") || reference.startsWith(DEFINITIONS)) return reference;
    return pointer + reference.slice(1);
  });
}

/** Where definitions stand in a schema. */
export const DEFINITIONS = "#/$defs/";

/** The same schema with each `$ref` replaced by what `change` makes of it. */
export function withReferences(schema: JsonSchema, change: (reference: string) => string): JsonSchema {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]: [string, unknown]) => [
        key,
        key === "$ref" && typeof member === "string" ? change(member) : visit(member),
      ]),
    );
  };
  return visit(schema) as JsonSchema;
}
