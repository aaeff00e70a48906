import { createHash } from "node:crypto";
import { ignoreOverride, zodToJsonSchema } from "zod-to-json-schema";
import type { Redactor } from "../../capture/masking/redactor.js";
import { captureSchema } from "../../capture/serialize.js";
import { warnOnce } from "../../observe/warn-once.js";
import type { JsonSchema } from "./json-schema.js";
import { referenceStep, withoutKeys } from "./json-schema.js";
import type { ResponseModel } from "./types.js";
import { isZod4, zodKind } from "./zod.js";
import { converterFor, zod4JsonSchema } from "./zod4-json-schema.js";

/** What is known about a response schema. */
export interface SchemaDescription {
  /** Without `$schema`; a description of the root's is in it. */
  readonly jsonSchema: JsonSchema;
  /** Of a list: the schema of its items, which their validation errors are about. */
  readonly item?: JsonSchema;
  /** Whether the schema stands for one that Instructor cannot read, which is sent by us and not by Instructor. */
  readonly isFacade?: boolean;
  /** Once it was asked for. */
  hash?: string;
  /** The latest text of the function that the model is asked to call. */
  functions?: FunctionsText;
}

/** A text, and what it was made with. */
interface FunctionsText extends Omit<ResponseModel, "schema"> {
  readonly redactor: Redactor;
  readonly text: string | undefined;
}

const described = new WeakMap<object, SchemaDescription | "unknown">();

/**
 * A schema's JSON Schema, worked out once for each schema object. Never throws: what cannot be described gives
 * `undefined` and one warning. While the converter that a schema needs is still loading, see `converterFor`, there is no
 * description yet.
 *
 * @param schema A Zod schema of any kind, or the `schema` of a facade.
 */
export function describeSchema(schema: object): SchemaDescription | undefined {
  let description = described.get(schema);
  if (description === undefined) {
    if (converterFor(schema) !== undefined) return undefined;
    description = describe(schema) ?? "unknown";
    described.set(schema, description);
  }
  return description === "unknown" ? undefined : description;
}

/** Says what a facade stands for, so that it is not taken for what it poses as. */
export function describeFacade(facade: object, description: SchemaDescription): void {
  described.set(facade, { ...description, isFacade: true });
}

function describe(schema: object): SchemaDescription | undefined {
  try {
    if (isZod4(schema)) return { jsonSchema: zod4JsonSchema(schema) };
    if (zodKind(schema) === 3) return { jsonSchema: zod3JsonSchema(schema) };
    warnOnce("schema-unknown", "a response_model's schema is not a Zod schema; its JSON Schema is not recorded.");
  } catch {
    warnOnce("schema-unconvertible", "a response_model's schema could not be converted to JSON Schema.");
  }
  return undefined;
}

type Zod3Schema = Parameters<typeof zodToJsonSchema>[0];

/**
 * The JSON Schema of a Zod 3 schema, as Instructor sends it to the model (it uses the same converter with the same
 * options), but with references that resolve: Instructor's point into a `definitions` that it does not send, these are
 * relative to the schema's root.
 */
function zod3JsonSchema(schema: object): JsonSchema {
  const converted = zodToJsonSchema(schema as Zod3Schema, {
    errorMessages: true,
    // The converter does not escape property names in its references.
    override: (_definition, { $refStrategy }, seen, isForced) => {
      if (seen === undefined || isForced === true || $refStrategy !== "root") return ignoreOverride;
      return seen.path.some((step) => /[~/]/.test(step))
        ? { $ref: seen.path.map(referenceStep).join("/") }
        : ignoreOverride;
    },
  });
  return withoutKeys(converted, "$schema");
}

/**
 * The text of `llm.request.functions`: the response schema as the function that the model is asked to call, whatever
 * the mode. Worked out once for each schema, as long as its name, its description and the redactor stay the same.
 *
 * @returns JSON, masked and bounded; `undefined` where the schema cannot be described or the redactor leaves it out.
 */
export function functionsText({ schema, name, description }: ResponseModel, redactor: Redactor): string | undefined {
  const described = describeSchema(schema);
  if (described === undefined) return undefined;
  const known = described.functions;
  if (known?.redactor === redactor && known.name === name && known.description === description) return known.text;
  // Instructor sends letters and digits alone.
  const sentName = name.replace(/[^a-zA-Z0-9]/g, "_");
  // As it stands in the request: that of a facade, or Instructor's own conversion, in which a Zod 4 schema is empty and
  // references lead to `definitions` that it does not send.
  const sent = described.isFacade === true ? described.jsonSchema : instructorJsonSchema(schema, sentName);
  // A description on the schema wins over the response model's, as in what Instructor sends.
  const called = sent && {
    name: sentName,
    description: sent.description ?? description ?? "",
    parameters: withoutKeys(sent, "name", "description"),
  };
  const text = called && captureSchema([{ type: "function", function: called }], redactor);
  described.functions = { name, description, redactor, text };
  return text;
}

function instructorJsonSchema(schema: object, name: string): JsonSchema | undefined {
  return zodToJsonSchema(schema as Zod3Schema, { name, errorMessages: true }).definitions?.[name];
}

/** Enough to tell the versions of one response model apart. */
const HASH_DIGITS = 16;

/**
 * Tells one version of a schema from another without showing it: the first 16 hexadecimal digits of SHA-256 over its
 * JSON Schema. Worked out once for each schema object; `undefined` where the schema cannot be described.
 */
export function schemaHash(schema: object): string | undefined {
  const description = describeSchema(schema);
  return description && (description.hash ??= jsonSchemaHash(description.jsonSchema));
}

/** The same for what is a JSON Schema itself. */
export function jsonSchemaHash(jsonSchema: object): string {
  return createHash("sha256").update(JSON.stringify(jsonSchema)).digest("hex").slice(0, HASH_DIGITS);
}
