import { copyWithoutMeta } from "../../capture/instructor-meta.js";
import { warnOnce } from "../../observe/warn-once.js";
import type { SchemaDescription } from "./describe-schema.js";
import { describeFacade, describeSchema } from "./describe-schema.js";
import type { Issue } from "./issues.js";
import { BridgedError, issuesOf } from "./issues.js";
import type { JsonSchema } from "./json-schema.js";
import { isJsonSchema, resolved, withoutKeys, withReferences } from "./json-schema.js";
import { filledIn, placeholderDefinition } from "./placeholder.js";
import { isZod4, parseItem } from "./zod.js";

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
interface FacadeSchema {
  /** For the schema converter. */
  readonly _def: object;
  /** For the stream parser. */
  readonly shape: object;
  safeParseAsync(value: unknown): Promise<BridgedValidation>;
}

/** What a facade says about an answer. */
type BridgedValidation =
  { readonly success: true; readonly data: unknown } | { readonly success: false; readonly error: BridgedError };

const facades = new WeakMap<object, Facade>();
const listFacades = new WeakMap<object, Facade>();

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
    // The model is asked for any object where the schema cannot be described.
    const description = describeSchema(schema) ?? { jsonSchema: { type: "object" } };
    const { properties } = description.jsonSchema;
    const hasMeta = isJsonSchema(properties) && Object.hasOwn(properties, "_meta");
    // Instructor adds its `_meta` to an answer before it has it validated, which no strict object takes, and once more
    // afterwards.
    facade = createFacade(description, (value) => validate(schema, hasMeta ? value : copyWithoutMeta(value)));
    facades.set(schema, facade);
  }
  return facade;
}

async function validate(schema: object, value: unknown): Promise<BridgedValidation> {
  const validation = await parseItem(schema, value);
  if (validation.success) return validation;
  return { success: false, error: new BridgedError(issuesOf(validation.error), validation.error) };
}

function createFacade(description: SchemaDescription, safeParseAsync: FacadeSchema["safeParseAsync"]): Facade {
  const { jsonSchema } = description;
  const root = withoutKeys(jsonSchema, "name", "description");
  const schema = {
    _def: placeholderDefinition(jsonSchema.description),
    shape: streamShape(jsonSchema),
    safeParseAsync,
  };
  describeFacade(schema, description);
  return {
    schema,
    fillIn: (params) => {
      const filled = filledIn(params, root);
      if (filled === params) warnOnce("facade-fill-in", "Instructor sent a request that has no place for its schema.");
      return filled;
    },
  };
}

/** An object's properties as Instructor's stream parser reads them: it asks each for the value to begin with. */
function streamShape(root: JsonSchema): object {
  const { properties } = root;
  const shape = Object.entries(isJsonSchema(properties) ? properties : {}).map(([name, property]) => [
    name,
    { _def: { defaultValue: () => initialValue(property, root, [root]) } },
  ]);
  return Object.fromEntries(shape) as object;
}

/**
 * What a property is before the model has said it, as Instructor has it for Zod 3: a default, an empty array, an object
 * of the same, `null`.
 * @param around the schemas around this one, among which a recursive one is found again
 */
function initialValue(property: unknown, root: JsonSchema, around: readonly JsonSchema[]): unknown {
  if (!isJsonSchema(property)) return null;
  const schema = resolved(property, root);
  if (around.includes(schema)) return null;
  if ("default" in schema) return structuredClone(schema.default);
  if (schema.type === "array") return [];
  if (schema.type !== "object") return null;
  const members = Object.entries(isJsonSchema(schema.properties) ? schema.properties : {});
  return Object.fromEntries(members.map(([name, member]) => [name, initialValue(member, root, [...around, schema])]));
}

/** The property of the answer that holds the items. */
export const ITEMS = "items";

/**
 * The facade of `{ items: [item, …] }` for a schema of one item, Zod 3 or 4, one for each schema. Each item is validated
 * by the schema itself; the message to the model lists the issues of all items under `items[N]`, and the original error
 * is the schema's own about the first invalid item.
 */
export function listFacade(item: object): Facade {
  let facade = listFacades.get(item);
  if (facade === undefined) {
    facade = createFacade(describeList(item), (value) => validateList(item, value));
    listFacades.set(item, facade);
  }
  return facade;
}

function describeList(schema: object): SchemaDescription {
  const item = describeSchema(schema)?.jsonSchema ?? {};
  // What it refers to within itself moves along with it; definitions move to the root. An `$id` would make the item the
  // root of its own references.
  const { $defs, ...items } = withReferences(withoutKeys(item, "$id"), (reference) =>
    reference.startsWith("#/$defs/") ? reference : `#/properties/${ITEMS}/items${reference.slice(1)}`,
  );
  const jsonSchema = {
    type: "object",
    properties: { [ITEMS]: { type: "array", items } },
    required: [ITEMS],
    additionalProperties: false,
    ...($defs !== undefined && { $defs }),
  };
  return { jsonSchema, item };
}

async function validateList(item: object, answer: unknown): Promise<BridgedValidation> {
  const items = itemsOf(answer);
  if (items === undefined) return notAList(item, (answer as { [ITEMS]?: unknown } | null)?.[ITEMS]);
  const validations = await Promise.all(items.map((value) => parseItem(item, value)));
  const data: unknown[] = [];
  const issues: Issue[] = [];
  let firstError: unknown;
  for (const [index, validation] of validations.entries()) {
    if (validation.success) {
      data.push(validation.data);
    } else {
      if (issues.length === 0) firstError = validation.error;
      issues.push(...issuesOf(validation.error, [ITEMS, index]));
    }
  }
  if (issues.length > 0) return { success: false, error: new BridgedError(issues, firstError) };
  return { success: true, data: { [ITEMS]: data } };
}

/** The items of an answer: under `items`, or where the model answered a bare array, which Instructor makes an object. */
function itemsOf(answer: unknown): readonly unknown[] | undefined {
  if (Array.isArray(answer)) return answer as unknown[];
  if (typeof answer !== "object" || answer === null) return undefined;
  if (ITEMS in answer) return Array.isArray(answer[ITEMS]) ? (answer[ITEMS] as unknown[]) : undefined;
  const entries = Object.entries(copyWithoutMeta(answer) as Record<string, unknown>);
  const isArray = entries.length > 0 && entries.every(([key], index) => key === String(index));
  return isArray ? entries.map(([, value]) => value) : undefined;
}

/** The error of an array of the schema's own Zod; of the schema itself where `zod/mini` has no way to such an array. */
async function notAList(item: object, value: unknown): Promise<BridgedValidation> {
  const { array } = item as { readonly array?: unknown };
  const schema = typeof array === "function" ? (Reflect.apply(array, item, []) as object) : item;
  const validation = await parseItem(schema, Array.isArray(value) ? undefined : value);
  const original = validation.success ? new TypeError(`the answer holds no array of ${ITEMS}`) : validation.error;
  const issues = [{ code: "invalid_type", path: [ITEMS], message: "Expected an array" }];
  return { success: false, error: new BridgedError(issues, original) };
}
