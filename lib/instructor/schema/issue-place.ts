import type { JsonSchema } from "./json-schema.js";

/** What a path is called that leads to the answer as a whole. */
const ROOT = "(root)";
const ITEM = "[]";
/** A key that the schema does not name: it is part of the answer. */
const ANY_KEY = "*";
/** A path into a recursive schema is as long as the answer is deep. */
const MOST_STEPS = 16;

/**
 * Where in a schema the path of an issue leads, without anything of the answer: `lines[].sku`, `totals.*`. Names are
 * those of the schema alone; an index becomes `[]`, the key of a record and any name that the schema does not have `*`.
 */
export function issuePlace(path: readonly unknown[], root: JsonSchema | undefined): string {
  let text = "";
  let at = partsOf(schemasOf(root), root);
  for (const step of path.slice(0, MOST_STEPS)) {
    if (typeof step === "number") {
      text += ITEM;
      at = partsOf(
        at.flatMap((part) => itemsOf(part, step)),
        root,
      );
      continue;
    }
    const named = typeof step === "string" ? at.flatMap((part) => propertyOf(part, step)) : [];
    const name = typeof step === "string" && named.length > 0 ? step : ANY_KEY;
    text += text === "" ? name : `.${name}`;
    at = partsOf(named.length > 0 ? named : at.flatMap(valuesOf), root);
  }
  if (path.length > MOST_STEPS) text += "…";
  return text === "" ? ROOT : text;
}

/** Schemas, what they refer to, and what they are made of. */
function partsOf(schemas: readonly JsonSchema[], root: JsonSchema | undefined): readonly JsonSchema[] {
  const parts = new Set(schemas);
  // A set that grows while it is walked is walked to its new end.
  for (const { $ref: reference, allOf, anyOf, oneOf } of parts) {
    const targets = typeof reference === "string" ? targetOf(reference, root) : [];
    for (const part of [...targets, ...[allOf, anyOf, oneOf].flatMap(schemasOf)]) parts.add(part);
  }
  return [...parts];
}

/** What a reference within the schema leads to. */
function targetOf(reference: string, root: JsonSchema | undefined): readonly JsonSchema[] {
  if (!reference.startsWith("#")) return [];
  let at: unknown = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = typeof at === "object" && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined;
  }
  return schemasOf(at);
}

function propertyOf({ properties }: JsonSchema, name: string): readonly JsonSchema[] {
  return isSchema(properties) && Object.hasOwn(properties, name) ? schemasOf(properties[name]) : [];
}

function itemsOf({ items, prefixItems }: JsonSchema, index: number): readonly JsonSchema[] {
  const tuple: unknown = Array.isArray(prefixItems) ? prefixItems : items;
  if (Array.isArray(tuple) && index < tuple.length) return schemasOf(tuple[index]);
  return schemasOf(Array.isArray(items) ? undefined : items);
}

function valuesOf({ additionalProperties }: JsonSchema): readonly JsonSchema[] {
  return schemasOf(additionalProperties);
}

/** A schema, or those of a list. */
function schemasOf(value: unknown): readonly JsonSchema[] {
  if (Array.isArray(value)) return value.filter(isSchema);
  return isSchema(value) ? [value] : [];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
