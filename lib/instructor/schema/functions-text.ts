import { captureSchema } from "../../capture/serialize.js";
import type { Redactor } from "../../capture/redactor.js";
import { describeSchema } from "./describe-schema.js";
import { withoutKeys } from "./json-schema.js";

/** What a caller asks to be extracted. */
export interface ResponseModel {
  readonly name: string;
  readonly description?: string | undefined;
  readonly schema: object;
}

/** Texts of one schema by name and description; a program that makes up names for each call keeps none of them. */
const TEXTS_PER_SCHEMA = 32;

const texts = new WeakMap<Redactor, WeakMap<object, Map<string, string | undefined>>>();

/**
 * The text of `llm.request.functions`: the response schema as the function that the model is asked to call, whatever
 * the mode. Worked out once for each schema, name, description and redactor.
 *
 * @returns JSON, masked and bounded; `undefined` where the schema cannot be described or the redactor leaves it out.
 */
export function functionsText(model: ResponseModel, redactor: Redactor): string | undefined {
  const known = textsOf(model.schema, redactor);
  const key = JSON.stringify([model.name, model.description]);
  if (known.has(key)) return known.get(key);
  const text = textOf(model, redactor);
  if (known.size < TEXTS_PER_SCHEMA) known.set(key, text);
  return text;
}

/** The name as Instructor sends it, which takes letters and digits alone. */
export function sentName(name: string): string {
  return name.replace(/[^a-zA-Z0-9]/g, "_");
}

function textsOf(schema: object, redactor: Redactor): Map<string, string | undefined> {
  let bySchema = texts.get(redactor);
  if (bySchema === undefined) {
    bySchema = new WeakMap<object, Map<string, string | undefined>>();
    texts.set(redactor, bySchema);
  }
  let byName = bySchema.get(schema);
  if (byName === undefined) {
    byName = new Map<string, string | undefined>();
    bySchema.set(schema, byName);
  }
  return byName;
}

function textOf({ name, description = "", schema }: ResponseModel, redactor: Redactor): string | undefined {
  const jsonSchema = describeSchema(schema)?.jsonSchema;
  if (jsonSchema === undefined) return undefined;
  const parameters = withoutKeys(jsonSchema, "name", "description");
  // A description on the schema wins over the response model's, as in what Instructor sends.
  const sent = { name: sentName(name), description: jsonSchema.description ?? description, parameters };
  return captureSchema([{ type: "function", function: sent }], redactor);
}
