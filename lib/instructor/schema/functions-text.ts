import { captureSchema } from "../../capture/serialize.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { describeSchema, isFacade } from "./describe-schema.js";
import type { JsonSchema } from "./json-schema.js";
import { withoutKeys } from "./json-schema.js";
import type { ResponseModel } from "./types.js";
import { instructorJsonSchema } from "./describe-schema.js";

/** A text, and the name and description that it was made with. */
interface KnownText {
  readonly name: string;
  readonly description: string | undefined;
  readonly text: string | undefined;
}

/** Texts of one schema; a program that makes up names for each call keeps none of them. */
const TEXTS_PER_SCHEMA = 32;

const texts = new WeakMap<Redactor, WeakMap<object, KnownText[]>>();

/**
 * The text of `llm.request.functions`: the response schema as the function that the model is asked to call, whatever
 * the mode. Worked out once for each schema, name, description and redactor.
 *
 * @returns JSON, masked and bounded; `undefined` where the schema cannot be described or the redactor leaves it out.
 */
export function functionsText(model: ResponseModel, redactor: Redactor): string | undefined {
  const { schema, name, description } = model;
  const known = textsOf(schema, redactor);
  for (const one of known) {
    if (one.name === name && one.description === description) return one.text;
  }
  const text = textOf(model, redactor);
  if (known.length < TEXTS_PER_SCHEMA) known.push({ name, description, text });
  return text;
}

/** The name as Instructor sends it, which takes letters and digits alone. */
function sentName(name: string): string {
  return name.replace(/[^a-zA-Z0-9]/g, "_");
}

function textsOf(schema: object, redactor: Redactor): KnownText[] {
  let bySchema = texts.get(redactor);
  if (bySchema === undefined) {
    bySchema = new WeakMap<object, KnownText[]>();
    texts.set(redactor, bySchema);
  }
  let known = bySchema.get(schema);
  if (known === undefined) {
    known = [];
    bySchema.set(schema, known);
  }
  return known;
}

/** As it stands in the request: Instructor's own conversion, in which a Zod 4 schema is empty, or that of a facade. */
function sentSchema(schema: object, name: string): JsonSchema | undefined {
  return isFacade(schema) ? describeSchema(schema)?.jsonSchema : instructorJsonSchema(schema, name);
}

function textOf({ name, description = "", schema }: ResponseModel, redactor: Redactor): string | undefined {
  const jsonSchema = describeSchema(schema) === undefined ? undefined : sentSchema(schema, sentName(name));
  if (jsonSchema === undefined) return undefined;
  const parameters = withoutKeys(jsonSchema, "name", "description");
  // A description on the schema wins over the response model's, as in what Instructor sends.
  const sent = { name: sentName(name), description: jsonSchema.description ?? description, parameters };
  return captureSchema([{ type: "function", function: sent }], redactor);
}
