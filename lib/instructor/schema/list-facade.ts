import { copyWithoutMeta } from "../../capture/instructor-meta.js";
import { BridgedError } from "./bridged-error.js";
import { describeSchema } from "./describe-schema.js";
import type { SchemaDescription } from "./describe-schema.js";
import { createFacade } from "./facade.js";
import type { BridgedValidation, Facade } from "./facade.js";
import type { Issue } from "./issues.js";
import { issuesOf } from "./issues.js";
import type { JsonSchema } from "./json-schema.js";
import { relocated, withoutKeys } from "./json-schema.js";
import { parseItem } from "./parse-item.js";
import type { Validation } from "./zod.js";

/** The property of the answer that holds the items. */
export const ITEMS = "items";

const facades = new WeakMap<object, Facade>();

/**
 * The facade of `{ items: [item, …] }` for a schema of one item, Zod 3 or 4, one for each schema. Each item is validated
 * by the schema itself; the message to the model lists the issues of all items under `items[N]`, and the original error
 * is the schema's own about the first invalid item.
 */
export function listFacade(item: object): Facade {
  let facade = facades.get(item);
  if (facade === undefined) {
    facade = createFacade({
      description: describeList(item),
      shape: { [ITEMS]: { _def: { defaultValue: () => [] } } },
      validate: (value) => validateList(item, value),
    });
    facades.set(item, facade);
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
