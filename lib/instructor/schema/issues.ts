import type { JsonSchema } from "./json-schema.js";
import { isJsonSchema, resolved } from "./json-schema.js";

/** An issue as Zod 3 words it, which is what Instructor's formatter can read. */
export interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** For `invalid_union`: what each of the union's schemas said. */
  readonly unionErrors?: readonly { readonly issues: readonly Issue[] }[];
}

/** An issue of either Zod. */
interface GivenIssue extends Partial<Issue> {
  /** Zod 4, for `invalid_union`; their paths begin at the union. */
  readonly errors?: readonly (readonly GivenIssue[])[];
  /** Zod 4, for `invalid_key` and `invalid_element`. */
  readonly issues?: readonly GivenIssue[];
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

/**
 * The issues of an error of either Zod, in the form that Instructor's formatter reads.
 * @param at where the value that the error is about stands in the answer
 */
export function issuesOf(error: unknown, at: readonly PropertyKey[] = []): readonly Issue[] {
  const { issues } = (error ?? {}) as { readonly issues?: readonly GivenIssue[] };
  if (Array.isArray(issues) && issues.length > 0) return issues.map((issue: GivenIssue) => readable(issue, at));
  return [{ code: "custom", path: at, message: error instanceof Error ? error.message : "Invalid value" }];
}

function readable(issue: GivenIssue, at: readonly PropertyKey[]): Issue {
  const { code = "custom", message = "Invalid value" } = issue;
  const path = [...at, ...(issue.path ?? [])];
  const readAll = (issues: readonly GivenIssue[], from: readonly PropertyKey[]) => ({
    issues: issues.map((nested) => readable(nested, from)),
  });
  // In Zod 3 the errors within a union have whole paths.
  const unionErrors =
    issue.unionErrors?.map(({ issues }) => readAll(issues, at)) ??
    issue.errors?.map((issues) => readAll(issues, path)) ??
    [];
  if (unionErrors.length > 0) return { code, path, message, unionErrors };
  const within = (issue.issues ?? []).map((nested) => nested.message).filter(Boolean);
  return {
    ...issue,
    // An unknown discriminator has no errors to list, and of a union the formatter reads these alone.
    code: code === "invalid_union" ? "custom" : code,
    path,
    message: within.length > 0 ? `${message}: ${within.join(", ")}` : message,
  };
}

/** A path into a recursive schema is as long as the answer is deep. */
const MOST_STEPS = 16;

/**
 * Where in a schema the path of an issue leads, without anything of the answer: `lines[].sku`, `totals.*`. Names are
 * those of the schema alone; an index becomes `[]`, the key of a record and any name that the schema does not have `*`.
 */
export function issuePlace(path: readonly unknown[], root: JsonSchema = {}): string {
  let text = "";
  let at = partsOf([root], root);
  for (const step of path.slice(0, MOST_STEPS)) {
    if (typeof step === "number") {
      text += "[]";
      at = partsOf(
        at.map((part) => itemAt(part, step)),
        root,
      );
      continue;
    }
    const named = at.map((part) => propertyOf(part, step)).filter((part) => part !== undefined);
    const name = named.length > 0 ? String(step) : "*";
    text += text === "" ? name : `.${name}`;
    at = partsOf(named.length > 0 ? named : at.map(({ additionalProperties }) => additionalProperties), root);
  }
  if (path.length > MOST_STEPS) text += "…";
  return text === "" ? "(root)" : text;
}

/** Schemas, what they refer to, and what they are made of. */
function partsOf(schemas: readonly unknown[], root: JsonSchema): readonly JsonSchema[] {
  const parts = new Set(schemas.filter(isJsonSchema));
  // A set that grows while it is walked is walked to its new end.
  for (const part of parts) {
    const { allOf, anyOf, oneOf } = part;
    for (const one of [resolved(part, root), ...[allOf, anyOf, oneOf].flat()]) if (isJsonSchema(one)) parts.add(one);
  }
  return [...parts];
}

function propertyOf({ properties }: JsonSchema, name: unknown): unknown {
  return typeof name === "string" && isJsonSchema(properties) && Object.hasOwn(properties, name)
    ? properties[name]
    : undefined;
}

/** A tuple's are `prefixItems`, or in Zod 3's converter `items`. */
function itemAt({ items, prefixItems = items }: JsonSchema, index: number): unknown {
  const others = Array.isArray(items) ? undefined : items;
  return Array.isArray(prefixItems) ? (prefixItems[index] ?? others) : others;
}
