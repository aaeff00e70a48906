import { warnOnce } from "../../observe/warn-once.js";
import type { JsonSchema } from "./json-schema.js";
import { DEFINITIONS, withReferences } from "./json-schema.js";
import type { Zod4Schema } from "./zod.js";

/** What is used of Zod's own converter. */
interface Zod4Converter {
  /** @throws for a schema with any part that it cannot convert */
  readonly convert: (schema: Zod4Schema) => JsonSchema;
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
  const root = parts.convert(schema);
  const { definitions } = parts;
  if (Object.keys(root).length === 0) throw new Error("nothing of the schema can be converted");
  if (parts.hasGaps) {
    warnOnce(
      "schema-part",
      "a part of a response_model's schema could not be converted to JSON Schema; the model receives {} for it.",
    );
  }
  return Object.keys(definitions).length === 0 ? root : { ...root, $defs: definitions };
}

class Parts {
  readonly definitions: Record<string, JsonSchema> = {};
  /** Whether a part became `{}`. */
  hasGaps = false;
  /** What each definition was converted from: one that several parts bring along is kept once. */
  readonly #sources: Record<string, string> = {};
  readonly #converted = new Map<Zod4Schema, JsonSchema>();
  /** The schemas around the current one, with the name of those that are referred to from within. */
  readonly #around = new Map<Zod4Schema, string | undefined>();
  readonly #converter: Zod4Converter;

  constructor(converter: Zod4Converter) {
    this.#converter = converter;
  }

  convert(schema: Zod4Schema): JsonSchema {
    const known = this.#converted.get(schema);
    if (known !== undefined) return known;
    if (this.#around.has(schema)) {
      const name = this.#around.get(schema) ?? this.#reserve("recursive");
      this.#around.set(schema, name);
      return { $ref: DEFINITIONS + name };
    }
    this.#around.set(schema, undefined);
    const converted = this.#named(this.#whole(schema) ?? this.#assembled(schema), this.#around.get(schema));
    this.#around.delete(schema);
    this.#converted.set(schema, converted);
    return converted;
  }

  #named(schema: JsonSchema, name: string | undefined): JsonSchema {
    if (name === undefined) return schema;
    this.definitions[name] = schema;
    return { $ref: DEFINITIONS + name };
  }

  #whole(schema: Zod4Schema): JsonSchema | undefined {
    let converted: JsonSchema;
    try {
      converted = this.#converter.convert(schema);
    } catch {
      return undefined;
    }
    return this.#adopted(converted);
  }

  /** Moves what a part defines to the definitions of the whole; its own root is one where it refers to itself. */
  #adopted({ $defs: own, ...root }: JsonSchema): JsonSchema {
    const names = new Map(Object.entries((own ?? {}) as Record<string, JsonSchema>).map(this.#adoptedName, this));
    let rootName: string | undefined;
    const change = (reference: string): string => {
      if (!reference.startsWith("#")) return reference;
      if (!reference.startsWith(DEFINITIONS))
        return DEFINITIONS + (rootName ??= this.#reserve("recursive")) + reference.slice(1);
      const [name = "", ...path] = reference.slice(DEFINITIONS.length).split("/");
      return DEFINITIONS + [names.get(name) ?? name, ...path].join("/");
    };
    for (const [name, schema] of Object.entries((own ?? {}) as Record<string, JsonSchema>)) {
      this.definitions[names.get(name) ?? name] = withReferences(schema, change);
    }
    return this.#named(withReferences(root, change), rootName);
  }

  #adoptedName([name, schema]: [string, JsonSchema]): [string, string] {
    const source = JSON.stringify(schema);
    if (this.#sources[name] === source) return [name, name];
    const free = this.#reserve(name);
    this.#sources[free] = source;
    return [name, free];
  }

  #reserve(wanted: string): string {
    let name = wanted;
    for (let count = 2; Object.hasOwn(this.definitions, name); count++) name = `${wanted}_${count}`;
    this.definitions[name] = {};
    return name;
  }

  #assembled(schema: Zod4Schema): JsonSchema {
    try {
      const assembled = this.#ofChildren(schema);
      const description = this.#converter.describe(schema);
      if (assembled !== undefined) return description === undefined ? assembled : { ...assembled, description };
    } catch {
      // A getter in user code, which throws outside a parse.
    }
    this.hasGaps = true;
    return {};
  }

  /** A schema that consists of others, of its children; `undefined` where it has none, or has converted ones only. */
  #ofChildren({ _zod: { def } }: Zod4Schema): JsonSchema | undefined {
    switch (def.type) {
      case "object":
        return this.#object(def.shape ?? {}, def.catchall);
      case "array":
        return { type: "array", items: this.#child(def.element) };
      case "tuple": {
        const prefixItems = (def.items ?? []).map((item) => this.convert(item));
        return { type: "array", prefixItems, ...(def.rest && { items: this.convert(def.rest) }) };
      }
      case "record":
        return { type: "object", additionalProperties: this.#child(def.valueType) };
      case "union":
        return { anyOf: (def.options ?? []).map((option) => this.convert(option)) };
      case "intersection":
        return { allOf: [this.#child(def.left), this.#child(def.right)] };
      case "nullable":
        return { anyOf: [this.#child(def.innerType), { type: "null" }] };
      case "optional":
      case "nonoptional":
      case "readonly":
        return this.#child(def.innerType);
      case "lazy":
        return this.#child(def.getter?.());
      case "pipe":
        return this.#child(def.in?._zod.def.type === "transform" ? def.out : def.in);
      default:
        return undefined;
    }
  }

  #object(shape: Readonly<Record<string, Zod4Schema>>, catchall: Zod4Schema | undefined): JsonSchema {
    const properties = Object.fromEntries(Object.entries(shape).map(([key, part]) => [key, this.convert(part)]));
    const required = Object.entries(shape).filter(([, part]) => !isOptional(part));
    return {
      type: "object",
      properties,
      ...(required.length > 0 && { required: required.map(([key]) => key) }),
      ...(catchall !== undefined && {
        additionalProperties: catchall._zod.def.type === "never" ? false : this.convert(catchall),
      }),
    };
  }

  #child(schema: Zod4Schema | undefined): JsonSchema {
    return schema === undefined ? {} : this.convert(schema);
  }
}

function isOptional(schema: Zod4Schema): boolean {
  try {
    return schema._zod.optin === "optional";
  } catch {
    // Within it is a getter in user code, which throws outside a parse.
    return true;
  }
}
