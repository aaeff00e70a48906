import { clearTimeout, setTimeout } from "../timers.js";
import type { HttpOutcome } from "./http-request.js";

/** The delay between two attempts in milliseconds. Specs make it short. */
export const BACKOFF = { initialMillis: 1_000, maxMillis: 8_000 };

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);

/** Network errors worth retrying. A certificate error, for one, stays. */
const RETRYABLE_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
  "EMFILE",
]);

/** How an idle connection ends that the other side has closed. */
const STALE_CODES = new Set(["ECONNRESET", "EPIPE"]);

/** How a connection ends that was there. */
const BROKEN_CODES = new Set([...STALE_CODES, "ECONNABORTED"]);

export function isRetryable(outcome: HttpOutcome): boolean {
  return outcome.status === undefined ? RETRYABLE_CODES.has(outcome.code) : RETRYABLE_STATUSES.has(outcome.status);
}

/** Whether there was no answer and no connection, or the receiver kept silent. */
export function isUnreachable(outcome: HttpOutcome): boolean {
  return outcome.status === undefined && !BROKEN_CODES.has(outcome.code);
}

/** How long to wait after attempt number `attempt` (from 1) in milliseconds. */
export function retryDelay(outcome: HttpOutcome, attempt: number): number {
  const backoff = backoffMillis(attempt);
  if (outcome.status === undefined) {
    // A connection that the other side closed while it was idle says nothing about the receiver: open a new one at once.
    return outcome.wasReused && STALE_CODES.has(outcome.code) && attempt === 1 ? 0 : backoff;
  }
  const { "retry-after": retryAfter, date } = outcome.headers;
  return Math.max(backoff, retryAfterMillis(retryAfter, date) ?? 0);
}

/**
 * Exponential backoff with jitter, so that a thousand processes that lost the same receiver do not return at once:
 * between half of the doubled delay and all of it.
 */
export function backoffMillis(attempt: number): number {
  const delay = Math.min(BACKOFF.initialMillis * 2 ** (attempt - 1), BACKOFF.maxMillis);
  return delay * (0.5 + Math.random() / 2);
}

/**
 * Reads a `Retry-After` header, seconds or a date, as milliseconds from now; `undefined` where it cannot be read.
 * @param date the `Date` header of the answer: the receiver's clock may differ from ours
 */
export function retryAfterMillis(header: string | undefined, date?: string): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const until = httpDate(text);
  return until === undefined ? undefined : Math.max(0, until - (httpDate(date?.trim() ?? "") ?? Date.now()));
}

/** Reads HTTP's date formats only: `Date.parse` accepts "1.5", for one. */
function httpDate(text: string): number | undefined {
  const time = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Waits until the time is over or the signal aborts, without keeping the process alive. */
export function sleep(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis).unref();
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
