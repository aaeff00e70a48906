import { copyWithoutMeta } from "../../capture/instructor-meta.js";
import { warnOnce } from "../../observe/warn-once.js";
import { BridgedError } from "./issues.js";
import type { SchemaDescription } from "./describe-schema.js";
import { describeSchema, setDescription } from "./describe-schema.js";
import type { Issue } from "./issues.js";
import { issuesOf } from "./issues.js";
import type { JsonSchema } from "./json-schema.js";
import { relocated, withoutKeys } from "./json-schema.js";
import { parseItem } from "./zod.js";
import { filledIn, placeholderDefinition } from "./placeholder.js";
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

/** The property of the answer that holds the items. */
export const ITEMS = "items";

const listFacades = new WeakMap<object, Facade>();

/**
 * The facade of `{ items: [item, …] }` for a schema of one item, Zod 3 or 4, one for each schema. Each item is validated
 * by the schema itself; the message to the model lists the issues of all items under `items[N]`, and the original error
 * is the schema's own about the first invalid item.
 */
export function listFacade(item: object): Facade {
  let facade = listFacades.get(item);
  if (facade === undefined) {
    facade = createFacade({
      description: describeList(item),
      shape: { [ITEMS]: { _def: { defaultValue: () => [] } } },
      validate: (value) => validateList(item, value),
    });
    listFacades.set(item, facade);
  }
  return facade;
}

function describeList(item: object): SchemaDescription {
  const { kind, jsonSchema } = describeSchema(item) ?? { kind: 4, jsonSchema: {} };
  const { $defs: definitions } = jsonSchema;
  // An `$id` would make the item the root of its own references.
  const items = relocated(withoutKeys(jsonSchema, "$defs", "$id"), `#/properties/${ITEMS}/items`);
  const list: JsonSchema = {
    type: "object",
    properties: { [ITEMS]: { type: "array", items } },
    required: [ITEMS],
    additionalProperties: false,
  };
  if (definitions === undefined) return { kind, jsonSchema: list, item: jsonSchema };
  const $defs = relocated(definitions as JsonSchema, `#/properties/${ITEMS}/items`);
  return { kind, jsonSchema: { ...list, $defs }, item: jsonSchema };
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
  const array = (item as { array?: () => object }).array;
  const schema = typeof array === "function" ? array.call(item) : item;
  const validation: Validation = await parseItem(schema, Array.isArray(value) ? undefined : value);
  const original = validation.success ? new TypeError(`the answer holds no array of ${ITEMS}`) : validation.error;
  const issues = [{ code: "invalid_type", path: [ITEMS], message: "Expected an array" }];
  return { success: false, error: new BridgedError(issues, original) };
}

/** What Instructor's stream parser asks for the value to begin with. */
interface StubProperty {
  readonly _def: { readonly defaultValue: () => unknown };
}

/**
 * The properties of a Zod 4 object as Instructor's stream parser reads them: what each begins with before the model has
 * said it, as it does for Zod 3 (`null`, an empty array, an object of the same, the default).
 */
export function stubShape(schema: Zod4Schema): Record<string, StubProperty> {
  const shape = objectShape(schema);
  const stubs: Record<string, StubProperty> = {};
  for (const key of Object.keys(shape ?? {})) {
    stubs[key] = { _def: { defaultValue: () => quietStub(shape?.[key], schema) } };
  }
  return stubs;
}

/** The properties of an object, also one that is refined, transformed or referred to; `undefined` for anything else. */
export function objectShape(schema: Zod4Schema): Readonly<Record<string, Zod4Schema>> | undefined {
  const { def } = schema._zod;
  if (def.type === "object") return def.shape;
  const within = inner(schema);
  return within === undefined ? undefined : objectShape(within);
}

/** Instructor asks in the middle of a stream, where a default that throws would end it. */
function quietStub(schema: Zod4Schema | undefined, around: Zod4Schema): unknown {
  try {
    return stub(schema, [around]);
  } catch {
    return null;
  }
}

/** @param within The schemas around this one, among which a recursive one is found again. */
function stub(schema: Zod4Schema | undefined, within: readonly Zod4Schema[]): unknown {
  if (schema === undefined || within.includes(schema)) return null;
  const { def } = schema._zod;
  switch (def.type) {
    case "array":
      return [];
    case "record":
      return {};
    case "object": {
      const around = [...within, schema];
      return Object.fromEntries(Object.entries(def.shape ?? {}).map(([key, value]) => [key, stub(value, around)]));
    }
    case "default":
    case "prefault":
      return def.defaultValue;
    case "optional":
    case "pipe":
    case "readonly":
    case "lazy":
      return stub(inner(schema), [...within, schema]);
    default:
      return null;
  }
}

/** What the model's answer meets first within a schema that only wraps another. */
function inner(schema: Zod4Schema): Zod4Schema | undefined {
  const { def } = schema._zod;
  if (def.type === "lazy") return def.getter?.();
  if (def.type === "pipe") return def.in?._zod.def.type === "transform" ? def.out : def.in;
  return def.innerType;
}
