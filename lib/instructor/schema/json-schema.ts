/** A JSON Schema, or any object within one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export function isJsonSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The schema without some of its root's keys. */
export function withoutKeys(schema: JsonSchema, ...keys: readonly string[]): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

/** The same schema with each reference within it (`#/…`) replaced by what `change` makes of it. */
export function withReferences(schema: JsonSchema, change: (reference: string) => string): JsonSchema {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isJsonSchema(value)) return value;
    const members = Object.entries(value).map(([key, member]) => [
      key,
      key === "$ref" && isReference(member) ? change(member) : visit(member),
    ]);
    return Object.fromEntries(members) as JsonSchema;
  };
  // What is visited is an object, and stays one.
  return visit(schema) as JsonSchema;
}

/** What a schema refers to within the whole; the schema itself where it refers to nothing there. */
export function resolved(schema: JsonSchema, whole: JsonSchema): JsonSchema {
  if (!isReference(schema.$ref)) return schema;
  let at: unknown = whole;
  for (const step of schema.$ref.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = typeof at === "object" && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined;
  }
  return isJsonSchema(at) ? at : schema;
}

/** A name as a step of a reference. */
export function referenceStep(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function isReference(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("#");
}
