import { copyWithoutMeta } from "../../capture/instructor-meta.js";
import { warnOnce } from "../../observe/warn-once.js";
import { BridgedError } from "./bridged-error.js";
import { describeSchema, setDescription } from "./describe-schema.js";
import type { SchemaDescription } from "./describe-schema.js";
import { issuesOf } from "./issues.js";
import type { JsonSchema } from "./json-schema.js";
import { withoutKeys } from "./json-schema.js";
import { filledIn, placeholderDefinition } from "./placeholder.js";
import { objectShape, stubShape } from "./stub.js";
import type { Validation, Zod4Schema } from "./zod.js";
import { isZod4 } from "./zod.js";

/**
 * What goes to Instructor as `response_model.schema` in place of a schema that Instructor cannot read. Results are the
 * schema's own output; a failed validation gives a {@link BridgedError}, which Instructor's message to the model can be
 * made of, and `originalError` gives back the schema's own.
 */
export interface Facade {
  /** For Instructor: as much of a Zod 3 object as it reads. */
  readonly schema: FacadeSchema;
  /**
   * Puts the real JSON Schema into the parameters that Instructor made of this facade, for each attempt before it goes
   * out: Instructor writes a placeholder. Changes nothing in `params`.
   */
  fillIn<P extends object>(params: P): P;
}

/** The part of a Zod 3 object that Instructor reads. */
export interface FacadeSchema {
  /** For the schema converter. */
  readonly _def: object;
  /** For the stream parser. */
  readonly shape: object;
  safeParseAsync(value: unknown): Promise<BridgedValidation>;
}

/** What a facade says about an answer. */
export type BridgedValidation =
  { readonly success: true; readonly data: unknown } | { readonly success: false; readonly error: BridgedError };

/** What the model gets to see where a schema cannot be described. */
const ANY_OBJECT: JsonSchema = Object.freeze({ type: "object" });

const facades = new WeakMap<object, Facade>();

/**
 * The facade of a Zod 4 schema (`zod@4`, `zod/mini`, `zod/v4` of 3.25), one for each schema; `undefined` for a Zod 3
 * schema and anything unknown, which go to Instructor as they are.
 *
 * Instructor JS reads schemas the way Zod 3 keeps them: of a Zod 4 schema it sends the model an empty JSON Schema, and
 * it crashes on its validation errors.
 */
export function facadeFor(schema: object): Facade | undefined {
  if (!isZod4(schema)) return undefined;
  let facade = facades.get(schema);
  if (facade === undefined) {
    facade = createFacade({
      description: describeSchema(schema) ?? { kind: 4, jsonSchema: ANY_OBJECT },
      shape: streamShape(schema),
      validate: (value) => validate(schema, value),
    });
    facades.set(schema, facade);
  }
  return facade;
}

/** Makes a facade of its parts. */
export function createFacade(parts: {
  readonly description: SchemaDescription;
  readonly shape: object;
  readonly validate: FacadeSchema["safeParseAsync"];
}): Facade {
  const { jsonSchema } = parts.description;
  const root = withoutKeys(jsonSchema, "name", "description");
  const schema: FacadeSchema = {
    _def: placeholderDefinition(jsonSchema.description),
    shape: parts.shape,
    safeParseAsync: parts.validate,
  };
  setDescription(schema, parts.description);
  return {
    schema,
    fillIn: (params) => {
      const filled = filledIn(params, root);
      if (filled === params)
        warnOnce("facade-fill-in", "Instructor made a request in which there is no place for its schema.");
      return filled;
    },
  };
}

async function validate(schema: Zod4Schema, value: unknown): Promise<BridgedValidation> {
  const validation: Validation = await schema.safeParseAsync(withoutMetaOf(schema, value));
  if (validation.success) return validation;
  return { success: false, error: new BridgedError(issuesOf(validation.error), validation.error) };
}

/**
 * Instructor adds its `_meta` (usage, thinking) to an answer before it has it validated, which no strict object takes.
 * It is put back by Instructor afterwards.
 */
function withoutMetaOf(schema: Zod4Schema, value: unknown): unknown {
  return Object.hasOwn(objectShape(schema) ?? {}, "_meta") ? value : copyWithoutMeta(value);
}

function streamShape(schema: Zod4Schema): object {
  try {
    return stubShape(schema);
  } catch {
    warnOnce("schema-shape", "a Zod 4 schema's properties could not be read; its partial results begin empty.");
    return {};
  }
}
