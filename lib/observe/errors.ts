import { listOf } from "../capture/user-values.js";
import type { Redactor } from "../capture/masking/redactor.js";
import type { CaptureBounds } from "../capture/serialize.js";
import { captureText, PAYLOAD_BOUNDS } from "../capture/serialize.js";
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
  if (MINIFIED.test(className)) return isApiError(error) ? apiErrorName(error) : "Error";
  // A bundler calls a class `_APIError` that refers to itself, and `APIError2` where there are two.
  return className.replace(/^_(?=[A-Z]\w*Error\d*$)/, "").replace(/(?<=Error)\d+$/, "");
}

/** A property of any value; `undefined` where it cannot be read. */
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

/** An error of the OpenAI client, or of one that is generated like it (Anthropic's, Groq's, Together's). */
interface ApiError {
  readonly status: unknown;
  readonly message: unknown;
}

/**
 * Told by its properties, since a minified bundle leaves no class its name: these are set in any case, to `undefined`
 * where there was no answer.
 */
function isApiError(error: unknown): error is ApiError {
  try {
    return error instanceof Error && ["status", "headers", "error"].every((name) => Object.hasOwn(error, name));
  } catch {
    return false;
  }
}

/** What the clients call the error of a status. */
const NAMES: Readonly<Record<number, string>> = {
  400: "BadRequestError",
  401: "AuthenticationError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  409: "ConflictError",
  422: "UnprocessableEntityError",
  429: "RateLimitError",
};

/** What the clients say where there was no answer. */
const ABORTED = "Request was aborted.";
const TIMED_OUT = "Request timed out.";

/** The class of such an error as the client's source has it. */
function apiErrorName({ status, message }: ApiError): string {
  if (typeof status === "number") return NAMES[status] ?? (status >= 500 ? "InternalServerError" : "APIError");
  if (message === ABORTED) return "APIUserAbortError";
  return message === TIMED_OUT ? "APIConnectionTimeoutError" : "APIConnectionError";
}

/** Whether this is the error of a request that was stopped before it was answered. */
export function isApiAbort(error: unknown, isSignalAborted: boolean): boolean {
  if (!isApiError(error) || error.status !== undefined) return false;
  return error.message === ABORTED || (isSignalAborted && error.message !== TIMED_OUT);
}

/** So many reasons of one failure are told, and of each message so much. */
const MOST_REASONS = 10;
const MESSAGE_BOUNDS: CaptureBounds = Object.freeze({ ...PAYLOAD_BOUNDS, maxBytes: 512 });
/** Node's and the operating system's codes: `ECONNREFUSED`, `ERR_TLS_CERT_ALTNAME_INVALID`. */
const CODE = /^[A-Z][A-Z0-9_]{1,49}$/;

/**
 * Why an error came about, a line each: its `cause`, the cause of that, and the `errors` of an `AggregateError`. Messages
 * are masked and bounded. Never throws.
 * @example
 * ```
 * Caused by: TypeError: fetch failed
 * Caused by: AggregateError [ECONNREFUSED]
 *   1. Error [ECONNREFUSED]: connect ECONNREFUSED ::1:4000
 *   2. Error [ECONNREFUSED]: connect ECONNREFUSED 127.0.0.1:4000
 * ```
 * @returns `undefined` where nothing is told
 */
export function reasonsOf(error: unknown, redactor: Redactor): string | undefined {
  const lines: string[] = [];
  const seen = new Set<unknown>([error]);

  const tell = (label: string, reason: unknown, indent: string): void => {
    if (lines.length >= MOST_REASONS || seen.has(reason)) return;
    if (typeof reason === "object") seen.add(reason);
    lines.push(`${indent}${label} ${summaryOf(reason, redactor)}`);
    tellReasonsOf(reason, indent);
  };
  const tellReasonsOf = (failed: unknown, indent: string): void => {
    errorsOf(failed).forEach((one, index) => tell(`${index + 1}.`, one, `${indent}  `));
    const cause = readProperty(failed, "cause");
    if (cause !== undefined && cause !== null && typeof cause !== "function") tell("Caused by:", cause, indent);
  };

  tellReasonsOf(error, "");
  return lines.length === 0 ? undefined : lines.join("\n");
}

function summaryOf(reason: unknown, redactor: Redactor): string {
  const { type, message } = describeError(reason);
  const code = readProperty(reason, "code");
  const text = captureText(message, redactor, MESSAGE_BOUNDS) ?? "";
  const title = typeof code === "string" && CODE.test(code) ? `${type} [${code}]` : type;
  return text === "" ? title : `${title}: ${text}`;
}

/** The `errors` of an `AggregateError`; a Zod error has a getter of that name, which repeats its message. */
function errorsOf(failed: unknown): readonly unknown[] {
  try {
    if (typeof failed !== "object" || failed === null || !Object.hasOwn(failed, "errors")) return [];
    return listOf(readProperty(failed, "errors"), MOST_REASONS) ?? [];
  } catch {
    // A revoked Proxy.
    return [];
  }
}
