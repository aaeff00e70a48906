import { warnOnce } from "../../observe/warn-once.js";
import type { JsonSchema } from "./json-schema.js";
import { referenceStep, withReferences } from "./json-schema.js";
import type { $ZodObjectDef, $ZodType } from "zod/v4/core";
import type { Zod4Definition, Zod4Schema } from "./zod.js";

/** What is used of Zod's own converter. */
interface Zod4Converter {
  /** `undefined` for a schema with any part that it cannot convert. */
  readonly converted: (schema: Zod4Schema) => JsonSchema | undefined;
  readonly describe: (schema: Zod4Schema) => string | undefined;
}

/**
 * The JSON Schema of a Zod 4 schema that Zod's converter refuses as a whole, for one part of it: a `catch` or a default
 * that only works while parsing, a value that JSON does not have, two parts with one `id`. Such a part becomes `{}`,
 * which takes anything; all others are what the converter makes of them.
 * @throws where nothing is left
 */
export function jsonSchemaOfParts(schema: Zod4Schema, converter: Zod4Converter): JsonSchema {
  const parts = new Parts(converter);
  const root = parts.convert(schema, "#");
  if (Object.keys(root).length === 0) throw new Error("nothing of the schema can be converted");
  if (parts.hasGaps) {
    warnOnce(
      "schema-part",
      "a part of a response_model's schema could not be converted to JSON Schema; the model receives {} for it.",
    );
  }
  return root;
}

/** Converts a schema part by part. A part's own definitions stay within it; references lead to where they stand. */
class Parts {
  /** Whether a part became `{}`. */
  hasGaps = false;
  /** The schemas around the current one, and the reference to each. */
  readonly #around = new Map<Zod4Schema, string>();
  readonly #converter: Zod4Converter;

  constructor(converter: Zod4Converter) {
    this.#converter = converter;
  }

  /** @param at the reference to where the part stands in the whole */
  convert(part: object, at: string): JsonSchema {
    // Zod's type of a part does not say which of all it is.
    const schema = part as Zod4Schema;
    const reference = this.#around.get(schema);
    if (reference !== undefined) return { $ref: reference };
    const whole = this.#converter.converted(schema);
    if (whole !== undefined) return withReferences(whole, (within) => at + within.slice(1));
    this.#around.set(schema, at);
    try {
      const assembled = this.#assembled(schema._zod.def, at);
      const description = this.#converter.describe(schema);
      if (assembled !== undefined) return description === undefined ? assembled : { ...assembled, description };
    } catch {
      // A getter in user code, which throws outside a parse.
    } finally {
      this.#around.delete(schema);
    }
    this.hasGaps = true;
    return {};
  }

  /** A schema that consists of others, of its children; `undefined` where it has none, or has converted ones only. */
  #assembled(def: Zod4Definition, at: string): JsonSchema | undefined {
    const child = (schema: object, step = ""): JsonSchema => this.convert(schema, at + step);
    const list = (schemas: readonly object[], keyword: string): JsonSchema[] =>
      schemas.map((schema, index) => child(schema, `/${keyword}/${index}`));
    switch (def.type) {
      case "object":
        return this.#object(def, at);
      case "array":
        return { type: "array", items: child(def.element, "/items") };
      case "tuple": {
        const prefixItems = list(def.items, "prefixItems");
        return { type: "array", prefixItems, ...(def.rest && { items: child(def.rest, "/items") }) };
      }
      case "record":
        return { type: "object", additionalProperties: child(def.valueType, "/additionalProperties") };
      case "union":
        return { anyOf: list(def.options, "anyOf") };
      case "intersection":
        return { allOf: list([def.left, def.right], "allOf") };
      case "nullable":
        return { anyOf: [...list([def.innerType], "anyOf"), { type: "null" }] };
      case "optional":
      case "nonoptional":
      case "readonly":
        return child(def.innerType);
      case "lazy":
        return child(def.getter());
      case "pipe":
        return child(def.in._zod.def.type === "transform" ? def.out : def.in);
      default:
        return undefined;
    }
  }

  #object({ shape, catchall }: $ZodObjectDef, at: string): JsonSchema {
    const parts = Object.entries(shape);
    const properties = parts.map(([name, part]) => [
      name,
      this.convert(part, `${at}/properties/${referenceStep(name)}`),
    ]);
    const required = parts.filter(([, part]) => !isOptional(part)).map(([name]) => name);
    const isStrict = catchall?._zod.def.type === "never";
    return {
      type: "object",
      properties: Object.fromEntries(properties) as JsonSchema,
      ...(required.length > 0 && { required }),
      ...(catchall && {
        additionalProperties: isStrict ? false : this.convert(catchall, `${at}/additionalProperties`),
      }),
    };
  }
}

function isOptional(schema: $ZodType): boolean {
  try {
    return schema._zod.optin === "optional";
  } catch {
    // Within it is a getter in user code, which throws outside a parse.
    return true;
  }
}
