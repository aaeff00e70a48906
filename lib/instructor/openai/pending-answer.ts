/** What a client gives for a request before it is answered. */
import type { Method } from "../../observe/intercept.js";
import { hasMethod, intercept, isMethod, isObjectLike } from "../../observe/intercept.js";
import { isNativePromise, isThenable } from "../../observe/thenable.js";
import { quietly } from "../../observe/warn-once.js";

/** What a caller may ask of a pending answer. */
const METHODS = ["then", "catch", "finally", "asResponse", "withResponse", "parse"] as const;

/**
 * A pending answer with its methods as properties that can be watched. Some wrappers of clients (Braintrust's) give a
 * Proxy of an empty object, whose methods exist in its `get` trap alone.
 */
export function withMethods(pending: unknown): unknown {
  if (!isObjectLike(pending) || isThenable(pending)) return pending;
  return quietly("an answer could not be read", () => standInFor(pending)) ?? pending;
}

function standInFor(pending: object): object | undefined {
  const methods: PropertyDescriptorMap = {};
  for (const name of METHODS) {
    const method: unknown = Reflect.get(pending, name);
    if (isMethod(method)) methods[name] = { value: method.bind(pending), configurable: true };
    // No promise: nothing else is asked.
    else if (name === "then") return undefined;
  }
  return Object.create(pending, methods) as object;
}

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
