import { isObjectLike } from "../../observe/intercept.js";
import { isThenable } from "../../observe/thenable.js";

/** What a caller may ask of a pending answer. */
const METHODS = ["then", "catch", "finally", "asResponse", "withResponse", "parse"] as const;

/**
 * A pending answer with its methods as properties that can be watched. Some wrappers of clients (Braintrust's) give a
 * Proxy of an empty object, whose methods exist in its `get` trap alone.
 */
export function withMethods(pending: unknown): unknown {
  if (!isObjectLike(pending) || isThenable(pending) || typeof Reflect.get(pending, "then") !== "function")
    return pending;
  const found = METHODS.map((name) => [name, Reflect.get(pending, name) as unknown] as const);
  const methods = found.flatMap(([name, method]) =>
    typeof method === "function"
      ? [[name, { value: method.bind(pending) as unknown, configurable: true }] as const]
      : [],
  );
  return Object.create(pending, Object.fromEntries(methods)) as object;
}
