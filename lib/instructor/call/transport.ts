import { isApiAbort } from "../../observe/errors.js";
import { isNativePromise } from "../../observe/thenable.js";
import type { CompletionClient } from "./instance.js";
import { quietly } from "../../observe/warn-once.js";

/** HTTP status of an error that a provider's client threw. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = read(error, "status") as number;
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : undefined;
}

/** Codes of errors by which Node, undici and axios tell of a request that was stopped. */
const ABORT_CODES: ReadonlySet<unknown> = new Set(["ABORT_ERR", "UND_ERR_ABORTED", "ERR_CANCELED"]);

/** Whether a request ended because the caller wanted it to. */
export function isAbort(error: unknown, signal: unknown): boolean {
  if (read(error, "name") === "AbortError" || ABORT_CODES.has(read(error, "code"))) return true;
  if (isApiAbort(error, isAborted(signal))) return true;
  return isAborted(signal) && error !== undefined && read(signal, "reason") === error;
}

/** The signal of a call's request options. */
export function signalOf(options: unknown): unknown {
  return read(options, "signal");
}

/** Whether a signal has fired. */
export function isAborted(signal: unknown): boolean {
  return read(signal, "aborted") === true;
}

function read(source: unknown, key: string): unknown {
  try {
    return (source as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

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

/** The header by which Respan's hosted gateway names its own record of a request. */
const LOG_ID_HEADER = "x-respan-log-id";

/** An identifier as the gateway makes them; anything else in the header is none. */
const LOG_ID = /^[\w.:-]{1,128}$/;

type AsResponse = (this: object) => PromiseLike<{ readonly headers?: unknown }>;

/**
 * The answer to a request of the OpenAI client, of which the response's headers can be read. It does not hold the
 * promise, which may be dropped while this is waiting.
 */
export class PendingResponse {
  readonly #pending: WeakRef<object>;
  readonly #asResponse: AsResponse;
  #isAsked = false;

  private constructor(pending: object, asResponse: AsResponse) {
    this.#pending = new WeakRef(pending);
    this.#asResponse = asResponse;
  }

  /** @param pending what the client gave; `undefined` is returned for anything but an `APIPromise` */
  static of(pending: unknown): PendingResponse | undefined {
    return quietly("a response could not be read", () => {
      if (!(pending instanceof Promise) || isNativePromise(pending)) return undefined;
      const { asResponse } = pending as Promise<unknown> & { asResponse?: unknown };
      return typeof asResponse === "function" ? new PendingResponse(pending, asResponse as AsResponse) : undefined;
    });
  }

  /**
   * Reads the gateway's identifier when the headers are there: before the body is read, and without reading it. Only to
   * be called when the caller consumes the promise, who is then told of its failure.
   */
  whenLogged(tell: (logId: string) => void): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    quietly("a response could not be read", () => {
      const pending = this.#pending.deref();
      if (pending === undefined) return;
      this.#asResponse.call(pending).then(
        (response) => {
          const logId = logIdOf(response);
          if (logId !== undefined) tell(logId);
        },
        () => undefined,
      );
    });
  }
}

/** The gateway's identifier of a response, or of the error that the OpenAI client makes of one. */
export function logIdOf(source: unknown): string | undefined {
  try {
    const { headers } = source as { headers?: { get?: unknown } & Record<string, unknown> };
    // The OpenAI client gives errors a plain record of headers in version 4, and a `Headers` since then.
    const value: unknown =
      typeof headers?.get === "function"
        ? (headers as unknown as Headers).get(LOG_ID_HEADER)
        : headers?.[LOG_ID_HEADER];
    return typeof value === "string" && LOG_ID.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
