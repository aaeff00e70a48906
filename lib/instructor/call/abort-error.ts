import { signalOf } from "./call-error.js";
import type { CompletionClient } from "./instance.js";

type ErrorClass = new () => Error;

/** The error of a request that its caller stopped, of the class that the caller's own client throws. */
export function abortError(client: CompletionClient, options: unknown): unknown {
  const { APIUserAbortError: Aborted } = (client as object).constructor as unknown as {
    APIUserAbortError?: ErrorClass;
  };
  if (typeof Aborted === "function") return new Aborted();
  const { reason } = (signalOf(options) ?? {}) as { reason?: unknown };
  return reason ?? new DOMException("This operation was aborted", "AbortError");
}
