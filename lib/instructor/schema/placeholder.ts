import type { JsonSchema } from "./json-schema.js";
import { withoutKeys } from "./json-schema.js";

/** The property by which the placeholder is known again in a request. */
const MARKER = "respan_instructor_placeholder";

/**
 * What poses as a Zod 3 object with Instructor's schema converter. That converter can write a Zod 3 object's schema and
 * nothing else, no `$defs` above all: so the request is first made with this, and then gets the real schema.
 *
 * @param description Of the schema's root; Instructor puts it where each mode wants it.
 */
export function placeholderDefinition(description: unknown): object {
  return {
    typeName: "ZodObject",
    shape: () => ({ [MARKER]: { _def: { typeName: "ZodAny" } } }),
    catchall: { _def: { typeName: "ZodNever" } },
    unknownKeys: "strip",
    ...(typeof description === "string" && { description }),
  };
}

/** As much of a chat completion's parameters as a mode of Instructor's puts a schema into. */
interface Params {
  readonly tools?: unknown;
  readonly functions?: unknown;
  readonly response_format?: unknown;
  readonly messages?: unknown;
}

/**
 * The parameters of a request with the schema where the placeholder was; the very same object where none was.
 *
 * @param params What Instructor made of the call's parameters, in any mode; not changed.
 * @param schema The JSON Schema that the model is to follow, without its root's description.
 */
export function filledIn<P extends object>(params: P, schema: JsonSchema): P {
  const { tools, functions, response_format: format, messages } = params as Params;
  const changes = Object.entries({
    tools: withFirst(tools, (tool) => withMember(tool, "function", (fn) => withSchema(fn, "parameters", schema))),
    functions: withFirst(functions, (fn) => withSchema(fn, "parameters", schema)),
    response_format: withSchema(format, "schema", schema),
    messages: withFirst(messages, (message) => withMember(message, "content", (text) => withText(text, schema))),
  }).filter(([, change]) => change !== undefined);
  return changes.length === 0 ? params : { ...params, ...Object.fromEntries(changes) };
}

// Each of these gives a copy with the schema in it, and `undefined` where there is no placeholder to put it in place of.

function withFirst(items: unknown, fill: (item: unknown) => unknown): unknown[] | undefined {
  if (!Array.isArray(items)) return undefined;
  for (const [index, item] of (items as unknown[]).entries()) {
    const by = fill(item);
    if (by !== undefined) return (items as unknown[]).with(index, by);
  }
  return undefined;
}

function withMember(holder: unknown, key: string, fill: (member: unknown) => unknown): object | undefined {
  if (!isObject(holder)) return undefined;
  const member = fill(holder[key]);
  return member === undefined ? undefined : { ...holder, [key]: member };
}

function withSchema(holder: unknown, key: string, schema: JsonSchema): object | undefined {
  return withMember(holder, key, (member) => (isPlaceholder(member) ? inPlaceOf(member, schema) : undefined));
}

/** Instructor writes name, description and schema as one JSON text on a line of its system message. */
function withText(text: unknown, schema: JsonSchema): string | undefined {
  if (typeof text !== "string" || !text.includes(MARKER)) return undefined;
  const filled = text.replace(/(json schema: )(\{[^\n]*\})/g, (whole, label: string, json: string) => {
    const definition = parsed(json);
    if (!isPlaceholder(definition)) return whole;
    const { name, description } = definition;
    return label + JSON.stringify({ name, description, ...inPlaceOf(definition, schema) });
  });
  return filled === text ? undefined : filled;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isPlaceholder(schema: unknown): schema is JsonSchema {
  return isObject(schema) && isObject(schema.properties) && MARKER in schema.properties;
}

/** Instructor leaves `additionalProperties` out for providers that do not take it. */
function inPlaceOf(placeholder: JsonSchema, schema: JsonSchema): JsonSchema {
  return "additionalProperties" in placeholder ? schema : withoutKeys(schema, "additionalProperties");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
