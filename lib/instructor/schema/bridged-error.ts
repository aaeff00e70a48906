import type { Issue } from "./issues.js";

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
