/**
 * How long to wait between two tries, in milliseconds. Doubling, with a random part, so that a thousand processes that
 * lost the same receiver do not come back in the same instant. Specs make it short.
 */
export const BACKOFF = { initialMillis: 1_000, maxMillis: 8_000 };

/** The wait after try number `tries` (from 1): between half of the doubled delay and all of it. */
export function backoffMillis(tries: number): number {
  const delay = Math.min(BACKOFF.initialMillis * 2 ** (tries - 1), BACKOFF.maxMillis);
  return delay * (0.5 + Math.random() / 2);
}

/**
 * A `Retry-After` header, seconds or a date, in milliseconds from now; `undefined` where it says nothing usable.
 * @param date the answer's `Date` header: what the receiver's clock said, which need not be what ours says
 */
export function retryAfterMillis(header: string | undefined, date?: string): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const until = httpDate(text);
  return until === undefined ? undefined : Math.max(0, until - (httpDate(date?.trim() ?? "") ?? Date.now()));
}

/** Only the forms of HTTP dates: Date.parse takes much more, "1.5" for one. */
function httpDate(text: string): number | undefined {
  const time = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Waits, without keeping the process alive, until the time is over or the signal says to stop. */
export function waitFor(millis: number, signal: AbortSignal): Promise<void> {
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
