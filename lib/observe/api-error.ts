/**
 * Errors of the OpenAI client and of those that are generated like it (Anthropic's, Groq's, Together's), told by their
 * properties: a minified bundle leaves no class its name.
 */

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

/** The class of such an error as the client's source has it; `undefined` for any other error. */
export function apiErrorName(error: unknown): string | undefined {
  if (!isApiError(error)) return undefined;
  const { status, message } = error;
  if (typeof status === "number") return NAMES[status] ?? (status >= 500 ? "InternalServerError" : "APIError");
  if (message === ABORTED) return "APIUserAbortError";
  return message === TIMED_OUT ? "APIConnectionTimeoutError" : "APIConnectionError";
}

/** Whether this is the error of a request that was stopped before it was answered. */
export function isApiAbort(error: unknown, isSignalAborted: boolean): boolean {
  if (!isApiError(error) || error.status !== undefined) return false;
  return error.message === ABORTED || (isSignalAborted && error.message !== TIMED_OUT);
}

interface ApiError {
  readonly status: unknown;
  readonly message: unknown;
}

/** `status`, `headers` and `error` are set in any case, to `undefined` where there was no answer. */
function isApiError(error: unknown): error is ApiError {
  try {
    return error instanceof Error && ["status", "headers", "error"].every((name) => Object.hasOwn(error, name));
  } catch {
    return false;
  }
}
