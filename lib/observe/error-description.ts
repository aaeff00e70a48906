import { apiErrorName } from "./api-error.js";
import { isObjectLike } from "./intercept.js";

/** What is known of a thrown value, read once and without ever throwing. */
export interface ErrorDescription {
  /** The error's class; only names that look like one, so that nothing of the content hides in it. */
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Class names as minifiers make them. */
const MINIFIED = /^[A-Za-z_$]{1,3}\d{0,3}$/;
const CLASS_NAME = /^[A-Za-z_$][\w$.:-]{0,99}$/;

/** Describes anything that can be thrown: an Error, a hostile object, a string, nothing. */
export function describeError(error: unknown): ErrorDescription {
  if (typeof error === "function") return { type: "function", message: "function", stack: undefined };
  if (!isObjectLike(error)) return { type: typeof error, message: String(error), stack: undefined };
  return { type: classOf(error), message: readText(error, "message") ?? "", stack: readText(error, "stack") };
}

/** Many errors, those of `openai` among them, have a class of their own and keep the name of `Error`. */
function classOf(error: object): string {
  const name = readText(error, "name");
  if (name !== undefined && name !== "Error") return CLASS_NAME.test(name) ? name : "Error";
  const className = readText(readProperty(error, "constructor"), "name");
  if (className === undefined || className === "Object" || !CLASS_NAME.test(className)) return "Error";
  if (MINIFIED.test(className)) return apiErrorName(error) ?? "Error";
  // A bundler calls a class `_APIError` that refers to itself, and `APIError2` where there are two.
  return className.replace(/^_(?=[A-Z]\w*Error\d*$)/, "").replace(/(?<=Error)\d+$/, "");
}

/** A property of a thrown value; `undefined` where it cannot be read. */
export function readProperty(source: unknown, key: string): unknown {
  try {
    return isObjectLike(source) ? Reflect.get(source, key) : undefined;
  } catch {
    return undefined;
  }
}

function readText(source: unknown, key: string): string | undefined {
  const value = readProperty(source, key);
  return typeof value === "string" ? value : undefined;
}
