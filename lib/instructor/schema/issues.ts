import type { JsonSchema } from "./json-schema.js";

/** An issue as Zod 3 words it, which is what Instructor's formatter can read. */
export interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** For `invalid_union`: what each of the union's schemas said. */
  readonly unionErrors?: readonly { readonly issues: readonly Issue[] }[];
}

interface Zod4Issue {
  readonly code?: string;
  readonly path?: readonly PropertyKey[];
  readonly message?: string;
  /** For `invalid_union`; their paths begin at the union. */
  readonly errors?: readonly (readonly Zod4Issue[])[];
  /** For `invalid_key` and `invalid_element`; their paths begin at the key or the element. */
  readonly issues?: readonly Zod4Issue[];
}

/**
 * The issues of a Zod error, of either Zod, in the form that Instructor's formatter reads.
 *
 * @param error Zod's error.
 * @param at Where the value that the error is about stands in the answer.
 */
export function issuesOf(error: unknown, at: readonly PropertyKey[] = []): readonly Issue[] {
  const issues = (error as { readonly issues?: unknown } | null | undefined)?.issues;
  if (!Array.isArray(issues) || issues.length === 0) {
    return [{ code: "custom", path: at, message: error instanceof Error ? error.message : "Invalid value" }];
  }
  return issues.map((issue: Zod4Issue | Issue) => ("unionErrors" in issue ? moved(issue, at) : converted(issue, at)));
}

/** A union's errors have whole paths in Zod 3. */
function moved(issue: Issue, at: readonly PropertyKey[]): Issue {
  if (at.length === 0) return issue;
  const path = [...at, ...issue.path];
  if (issue.unionErrors === undefined) return { ...issue, path };
  const unionErrors = issue.unionErrors.map(({ issues }) => ({ issues: issues.map((nested) => moved(nested, at)) }));
  return { ...issue, path, unionErrors };
}

function converted(issue: Zod4Issue, at: readonly PropertyKey[]): Issue {
  const { code = "custom", message = "Invalid value" } = issue;
  const path = [...at, ...(issue.path ?? [])];
  if (code === "invalid_union") {
    const unionErrors = (issue.errors ?? []).map((issues) => ({
      issues: issues.map((nested) => converted(nested, path)),
    }));
    // An unknown discriminator has no errors to list, and of a union the formatter reads these alone.
    return unionErrors.length > 0 ? { code, path, message, unionErrors } : { code: "custom", path, message };
  }
  const within = (issue.issues ?? []).map((nested) => nested.message).filter(Boolean);
  return { ...issue, code, path, message: within.length > 0 ? `${message}: ${within.join(", ")}` : message };
}

/**
 * A validation error on its way through Instructor, which reads errors as Zod 3 makes them: `issues` and `errors` for
 * the message that asks the model to correct its answer. The caller gets the schema's own error, which is its `cause`.
 */
export class BridgedError extends Error {
  /** The formatter that Instructor uses goes by this name. */
  override readonly name = "ZodError";
  readonly issues: readonly Issue[];
  /** The name that Zod 3 has for them beside `issues`. */
  readonly errors: readonly Issue[];

  constructor(issues: readonly Issue[], original: unknown) {
    super(original instanceof Error ? original.message : "Validation failed", { cause: original });
    this.issues = issues;
    this.errors = issues;
  }
}

/** The schema's own error where Instructor threw the one that stood for it; anything else as it is. */
export function originalError(error: unknown): unknown {
  return error instanceof BridgedError ? error.cause : error;
}

/** What a path is called that leads to the answer as a whole. */
const ROOT = "(root)";
const ITEM = "[]";
/** A key that the schema does not name: it is part of the answer. */
const ANY_KEY = "*";
/** A path into a recursive schema is as long as the answer is deep. */
const MOST_STEPS = 16;

/**
 * Where in a schema the path of an issue leads, without anything of the answer: `lines[].sku`, `totals.*`. Names are
 * those of the schema alone; an index becomes `[]`, the key of a record and any name that the schema does not have `*`.
 */
export function issuePlace(path: readonly unknown[], root: JsonSchema | undefined): string {
  let text = "";
  let at = partsOf(schemasOf(root), root);
  for (const step of path.slice(0, MOST_STEPS)) {
    if (typeof step === "number") {
      text += ITEM;
      at = partsOf(
        at.flatMap((part) => itemsOf(part, step)),
        root,
      );
      continue;
    }
    const named = typeof step === "string" ? at.flatMap((part) => propertyOf(part, step)) : [];
    const name = typeof step === "string" && named.length > 0 ? step : ANY_KEY;
    text += text === "" ? name : `.${name}`;
    at = partsOf(named.length > 0 ? named : at.flatMap(valuesOf), root);
  }
  if (path.length > MOST_STEPS) text += "…";
  return text === "" ? ROOT : text;
}

/** Schemas, what they refer to, and what they are made of. */
function partsOf(schemas: readonly JsonSchema[], root: JsonSchema | undefined): readonly JsonSchema[] {
  const parts = new Set(schemas);
  // A set that grows while it is walked is walked to its new end.
  for (const { $ref: reference, allOf, anyOf, oneOf } of parts) {
    const targets = typeof reference === "string" ? targetOf(reference, root) : [];
    for (const part of [...targets, ...[allOf, anyOf, oneOf].flatMap(schemasOf)]) parts.add(part);
  }
  return [...parts];
}

/** What a reference within the schema leads to. */
function targetOf(reference: string, root: JsonSchema | undefined): readonly JsonSchema[] {
  if (!reference.startsWith("#")) return [];
  let at: unknown = root;
  for (const step of reference.slice(1).split("/").filter(Boolean)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = typeof at === "object" && at !== null && Object.hasOwn(at, name) ? Reflect.get(at, name) : undefined;
  }
  return schemasOf(at);
}

function propertyOf({ properties }: JsonSchema, name: string): readonly JsonSchema[] {
  return isSchema(properties) && Object.hasOwn(properties, name) ? schemasOf(properties[name]) : [];
}

function itemsOf({ items, prefixItems }: JsonSchema, index: number): readonly JsonSchema[] {
  const tuple: unknown = Array.isArray(prefixItems) ? prefixItems : items;
  if (Array.isArray(tuple) && index < tuple.length) return schemasOf(tuple[index]);
  return schemasOf(Array.isArray(items) ? undefined : items);
}

function valuesOf({ additionalProperties }: JsonSchema): readonly JsonSchema[] {
  return schemasOf(additionalProperties);
}

/** A schema, or those of a list. */
function schemasOf(value: unknown): readonly JsonSchema[] {
  if (Array.isArray(value)) return value.filter(isSchema);
  return isSchema(value) ? [value] : [];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
