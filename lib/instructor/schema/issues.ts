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
