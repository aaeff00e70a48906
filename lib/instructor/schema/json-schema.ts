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
  return relocate(schema, pointer) as JsonSchema;
}

function relocate(value: unknown, pointer: string): unknown {
  if (Array.isArray(value)) return value.map((item) => relocate(item, pointer));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, unknown]) => [
      key,
      key === "$ref" && typeof member === "string" ? movedReference(member, pointer) : relocate(member, pointer),
    ]),
  );
}

function movedReference(reference: string, pointer: string): string {
  if (!reference.startsWith("#") || reference.startsWith("#/$defs/")) return reference;
  return pointer + reference.slice(1);
}
