import type { IncomingHttpHeaders } from "node:http";

/** An answer whose status has arrived. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The body as far as it was read: it may be too large, or cut off. */
  readonly body: Buffer;
}

/** A request that got no answer. */
export interface HttpFailure {
  readonly status: undefined;
  /** A system error's code, `ETIMEDOUT` after a timeout, `ABORTED` after an abort. */
  readonly code: string;
  /** Whether an idle connection was used, which the other side may have closed at the same moment. */
  readonly wasReused: boolean;
}

export type HttpOutcome = HttpAnswer | HttpFailure;

/** The delay between two attempts in milliseconds. Specs make it short. */
export const BACKOFF = { initialMillis: 1_000, maxMillis: 8_000 };

/** https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);

/** Network errors worth retrying. A certificate error, for one, stays. */
const RETRYABLE_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)(UNREACH|DOWN)|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL|EMFILE)$/;

/** Errors of a connection that was there. */
const BROKEN_CODES = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

export function isRetryable(outcome: HttpOutcome): boolean {
  return outcome.status === undefined ? RETRYABLE_CODES.test(outcome.code) : RETRYABLE_STATUSES.has(outcome.status);
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
    return outcome.wasReused && BROKEN_CODES.has(outcome.code) && attempt === 1 ? 0 : backoff;
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
export function retryAfterMillis(header = "", date = ""): number | undefined {
  const text = header.trim();
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const until = httpDate(text);
  return until === undefined ? undefined : Math.max(0, until - (httpDate(date.trim()) ?? Date.now()));
}

/** Reads HTTP's date formats only: `Date.parse` accepts "1.5", for one. */
function httpDate(text: string): number | undefined {
  const time = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
