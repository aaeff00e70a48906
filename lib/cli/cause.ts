/** An error's code, or its message: `fetch` hides what happened in a cause. */
export function describeCause(error: unknown): string {
  let at: unknown = error;
  for (let depth = 0; depth < 4 && at instanceof Error; depth++) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === "string") return code;
    if (at.cause === undefined) return at.name === "TimeoutError" ? "it took too long" : at.message;
    at = at.cause;
  }
  return String(at);
}
