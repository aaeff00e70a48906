import { describeError } from "../scope/error-description.js";
import { dataProperty } from "../scope/intercept.js";
import { warnOnce } from "../scope/warn-once.js";
import type { EntitySpan } from "./entity-span.js";
import { followThenable } from "./lazy-thenable.js";
import { isNativePromise, observeFresh, observeNative } from "./observed-promise.js";
import { followStream, isStream } from "./stream.js";

/**
 * Ends a span with what its method returned, now or when that is settled or consumed.
 * @returns what the caller gets: the result itself, or for a native promise the one after it
 */
export function settle(span: EntitySpan, result: unknown): unknown {
  try {
    if (isThenable(result)) return settleThenable(span, result);
    settleValue(span, result);
  } catch (error) {
    giveUp(span, result, error);
  }
  return result;
}

function isThenable(result: unknown): result is object {
  if ((typeof result !== "object" || result === null) && typeof result !== "function") return false;
  return "then" in result && typeof dataProperty(result, "then") === "function";
}

/** The same for the promise of an async function, which nobody else holds. */
export function settleAsync(span: EntitySpan, promise: Promise<unknown>): Promise<unknown> {
  return observeFresh(
    promise,
    (value) => {
      settleQuietly(span, value);
    },
    (error) => {
      span.fail(error);
    },
  );
}

function settleThenable(span: EntitySpan, result: object): unknown {
  if (isNativePromise(result)) {
    return observeNative(
      result,
      (value) => {
        settleQuietly(span, value);
      },
      (error) => {
        span.fail(error);
      },
    );
  }
  const isStreamToo = isStream(result) && followStream(result, span);
  if (!followThenable(result, span, settleQuietly) && !isStreamToo) span.finish();
  return result;
}

/** Ends a span with a value that is no promise: at once, or for a stream when it is consumed. */
function settleValue(span: EntitySpan, value: unknown): void {
  if (typeof value === "object" && value !== null && isStream(value)) {
    if (!followStream(value, span)) span.finish();
  } else {
    span.finishWith(value);
  }
}

function settleQuietly(span: EntitySpan, value: unknown): void {
  try {
    settleValue(span, value);
  } catch (error) {
    giveUp(span, value, error);
  }
}

/** A result that cannot even be asked what it is: a revoked Proxy, one whose traps throw. */
function giveUp(span: EntitySpan, result: unknown, error: unknown): void {
  warnOnce("settle", `a result could not be followed (${describeError(error).type})`);
  span.finishWith(result);
}
