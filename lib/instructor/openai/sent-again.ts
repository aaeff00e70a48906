import type { Method } from "../../observe/intercept.js";
import { hasMethod, intercept } from "../../observe/intercept.js";
import { isNativePromise } from "../../observe/thenable.js";

/**
 * What a request gives, with another request in its place where it is refused for what its caller did not ask for. An
 * `APIPromise` stays the very object: everything that it offers begins with one of two of its methods.
 * @param send sends the other request, once; returns `undefined` where the error is the caller's
 */
export function sentAgain(pending: object, send: (error: unknown) => unknown): object {
  let second: { readonly pending: unknown } | undefined;
  const instead = (error: unknown, take: (pending: unknown) => unknown): unknown => {
    if (second === undefined) {
      const sent = send(error);
      if (sent === undefined) throw error;
      second = { pending: sent };
    }
    return take(second.pending);
  };
  if (isNativePromise(pending)) return pending.catch((error: unknown) => instead(error, (other) => other));
  if (!hasMethod(pending, "parse") || !hasMethod(pending, "asResponse")) return pending;
  for (const name of ["parse", "asResponse"]) {
    const take = (other: unknown): unknown => (other as Record<string, () => unknown>)[name]?.();
    intercept(pending, name, (method: Method, self, args) =>
      Promise.resolve(Reflect.apply(method, self, args as never[])).catch((error: unknown) => instead(error, take)),
    );
  }
  return pending;
}
