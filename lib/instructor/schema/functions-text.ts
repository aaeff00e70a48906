import type { Redactor } from "../../capture/masking/redactor.js";
import { captureSchema } from "../../capture/serialize.js";
import { describeSchema, instructorJsonSchema } from "./describe-schema.js";
import { withoutKeys } from "./json-schema.js";
import type { ResponseModel } from "./types.js";

/** A text, and what it was made with. */
interface KnownText extends Omit<ResponseModel, "schema"> {
  readonly redactor: Redactor;
  readonly text: string | undefined;
}

/** The latest text of each schema. */
const texts = new WeakMap<object, KnownText>();

/**
 * The text of `llm.request.functions`: the response schema as the function that the model is asked to call, whatever
 * the mode. Worked out once for each schema, as long as its name, its description and the redactor stay the same.
 *
 * @returns JSON, masked and bounded; `undefined` where the schema cannot be described or the redactor leaves it out.
 */
export function functionsText(model: ResponseModel, redactor: Redactor): string | undefined {
  const { schema, name, description } = model;
  const known = texts.get(schema);
  if (known?.redactor === redactor && known.name === name && known.description === description) return known.text;
  const text = textOf(model, redactor);
  texts.set(schema, { name, description, redactor, text });
  return text;
}

function textOf({ name: given, description = "", schema }: ResponseModel, redactor: Redactor): string | undefined {
  const described = describeSchema(schema);
  if (described === undefined) return undefined;
  // Instructor sends letters and digits alone.
  const name = given.replace(/[^a-zA-Z0-9]/g, "_");
  // As it stands in the request: that of a facade, or Instructor's own conversion, in which a Zod 4 schema is empty.
  const sent = described.isFacade === true ? described.jsonSchema : instructorJsonSchema(schema, name);
  if (sent === undefined) return undefined;
  const parameters = withoutKeys(sent, "name", "description");
  // A description on the schema wins over the response model's, as in what Instructor sends.
  const definition = { name, description: sent.description ?? description, parameters };
  return captureSchema([{ type: "function", function: definition }], redactor);
}
