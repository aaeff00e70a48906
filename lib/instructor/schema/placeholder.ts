import type { JsonSchema } from "./json-schema.js";
import { isJsonSchema, withoutKeys } from "./json-schema.js";

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

const EACH = Symbol("each item of a list");

/** Where the modes of Instructor put a schema into a chat completion's parameters. */
const PLACES: readonly (readonly (string | typeof EACH)[])[] = [
  ["tools", EACH, "function", "parameters"],
  ["functions", EACH, "parameters"],
  ["response_format", "schema"],
  ["messages", EACH, "content"],
];

/**
 * The parameters of a request with the schema where the placeholder was; the very same object where none was.
 *
 * @param params What Instructor made of the call's parameters, in any mode; not changed.
 * @param schema The JSON Schema that the model is to follow, without its root's description.
 */
export function filledIn<P extends object>(params: P, schema: JsonSchema): P {
  // A copy differs in the schema alone.
  return PLACES.reduce((filled, place) => filledAt(filled, place, schema) as P, params);
}

function filledAt(value: unknown, [step, ...rest]: (typeof PLACES)[number], schema: JsonSchema): unknown {
  if (step === undefined) {
    if (typeof value === "string") return withText(value, schema);
    return isPlaceholder(value) ? inPlaceOf(value, schema) : value;
  }
  if (step === EACH) {
    if (!Array.isArray(value)) return value;
    const items = value.map((item) => filledAt(item, rest, schema));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  if (!isJsonSchema(value)) return value;
  const { [step]: member } = value;
  const filled = filledAt(member, rest, schema);
  return filled === member ? value : { ...value, [step]: filled };
}

/** Instructor writes name, description and schema as one JSON text on a line of its system message. */
function withText(text: string, schema: JsonSchema): string {
  if (!text.includes(MARKER)) return text;
  return text.replace(/(json schema: )(\{[^\n]*\})/g, (whole, label: string, json: string) => {
    const definition = parsed(json);
    if (!isPlaceholder(definition)) return whole;
    const { name, description } = definition;
    return label + JSON.stringify({ name, description, ...inPlaceOf(definition, schema) });
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isPlaceholder(value: unknown): value is JsonSchema {
  return isJsonSchema(value) && isJsonSchema(value.properties) && MARKER in value.properties;
}

/** Instructor leaves `additionalProperties` out for providers that do not take it. */
function inPlaceOf(placeholder: JsonSchema, schema: JsonSchema): JsonSchema {
  return "additionalProperties" in placeholder ? schema : withoutKeys(schema, "additionalProperties");
}
