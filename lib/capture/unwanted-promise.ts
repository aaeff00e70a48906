/**
 * Whether a user's function, asked for a plain value, has given a promise: nobody can wait for that. What it rejects
 * with is then nobody's, and must not end the host as an unhandled rejection. Never throws.
 */
export function isUnwantedPromise(value: unknown): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    const { then } = value as { readonly then?: unknown };
    if (typeof then !== "function") return false;
    Reflect.apply(then, value, [undefined, () => undefined]);
  } catch {
    // A hostile value: no plain one in any case.
  }
  return true;
}
