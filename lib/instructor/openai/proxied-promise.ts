import { isMethod, isObjectLike } from "../../observe/intercept.js";
import { isThenable } from "../../observe/thenable.js";
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
