/** What a provider's client tells of a request beside its answer: status, abort, the gateway's record. */
import { isApiAbort, readProperty } from "../../observe/errors.js";
import { isNativePromise } from "../../observe/thenable.js";
import { quietly } from "../../observe/warn-once.js";
import type { CompletionClient } from "./instance.js";

/** HTTP status of an error that a provider's client threw. */
export function httpStatusOf(error: unknown): number | undefined {
  const status = readProperty(error, "status");
  const isStatus = typeof status === "number" && Number.isInteger(status) && status >= 100 && status < 600;
  return isStatus ? status : undefined;
}

/** Codes of errors by which Node, undici and axios tell of a request that was stopped. */
const ABORT_CODES: ReadonlySet<unknown> = new Set(["ABORT_ERR", "UND_ERR_ABORTED", "ERR_CANCELED"]);

/** Whether a request ended because the caller wanted it to. */
export function isAbort(error: unknown, signal: unknown): boolean {
  if (readProperty(error, "name") === "AbortError" || ABORT_CODES.has(readProperty(error, "code"))) return true;
  if (isApiAbort(error, isAborted(signal))) return true;
  return isAborted(signal) && error !== undefined && readProperty(signal, "reason") === error;
}

/** The signal of a call's request options. */
export function signalOf(options: unknown): unknown {
  return readProperty(options, "signal");
}

/** Whether a signal has fired. */
export function isAborted(signal: unknown): boolean {
  return readProperty(signal, "aborted") === true;
}

/** The error of a request that its caller stopped, of the class that the caller's own client throws. */
export function abortError(client: CompletionClient, options: unknown): unknown {
  const Aborted = readProperty(client.constructor, "APIUserAbortError");
  if (typeof Aborted === "function") return Reflect.construct(Aborted, []);
  const reason = readProperty(signalOf(options), "reason");
  return reason ?? new DOMException("This operation was aborted", "AbortError");
}

/** The header by which Respan's hosted gateway names its own record of a request. */
const LOG_ID_HEADER = "x-respan-log-id";
/** An identifier as the gateway makes them; anything else in the header is none. */
const LOG_ID = /^[\w.:-]{1,128}$/;

/** Tells the gateway's identifier of a response, once its headers are there. */
export type WhenLogged = (tell: (logId: string) => void) => void;

/**
 * How the response's headers are read of what the OpenAI client gives: before the body is read, and without reading it.
 * Only to be called when the caller consumes the `APIPromise`, who is then told of its failure. It does not hold the
 * promise, which may be dropped while this is waiting.
 * @returns `undefined` for anything but an `APIPromise`
 */
export function responseOf(pending: unknown): WhenLogged | undefined {
  return quietly("a response could not be read", () => {
    if (!(pending instanceof Promise) || isNativePromise(pending)) return undefined;
    const { asResponse } = pending as { readonly asResponse?: (this: unknown) => Promise<unknown> };
    if (typeof asResponse !== "function") return undefined;
    return whenLogged(new WeakRef(pending), asResponse);
  });
}

/** In a function of its own: what it returns would hold the promise, as a variable of the function around it. */
function whenLogged(pending: WeakRef<Promise<unknown>>, asResponse: () => Promise<unknown>): WhenLogged {
  return (tell) => {
    const consumed = pending.deref();
    if (consumed === undefined) return;
    const read = (response: unknown): void => {
      const logId = logIdOf(response);
      if (logId !== undefined) tell(logId);
    };
    void quietly("a response could not be read", () => asResponse.call(consumed).then(read, () => undefined));
  };
}

/** The gateway's identifier of a response, or of the error that the OpenAI client makes of one. */
export function logIdOf(source: unknown): string | undefined {
  const headers = readProperty(source, "headers");
  const get = readProperty(headers, "get");
  // The OpenAI client gives errors a plain record of headers in version 4, and a `Headers` since then.
  const value = quietly("a response could not be read", (): unknown =>
    typeof get === "function" ? Reflect.apply(get, headers, [LOG_ID_HEADER]) : readProperty(headers, LOG_ID_HEADER),
  );
  return typeof value === "string" && LOG_ID.test(value) ? value : undefined;
}
