import { isUnwantedPromise } from "../../capture/unwanted-promise.js";
import { callUntraced } from "../../scope/untraced.js";
import type { Warnings } from "../warnings.js";
import type { EditableSpan, SpanCopy } from "./span-copy.js";

/**
 * Changes a span before it is exported. It is given a copy, off the path of the traced call, and is not awaited.
 * Returning `false` leaves the span out; so does a throw, because what it was to take away is still there. Spans that
 * are left out count as dropped.
 * @example
 * ```ts
 * spanPostprocess: (span) => {
 *   delete span.attributes["respan.metadata.draft"];
 * }
 * ```
 */
export type SpanPostprocess = (span: EditableSpan) => unknown;

/** Lets the user's function change a span; `false` where the span is to be left out. */
export function postprocess(change: SpanPostprocess, span: SpanCopy, warnings: Warnings): boolean {
  span.detach();
  try {
    const result = callUntraced(change, false, () => change(span));
    if (isUnwantedPromise(result)) {
      warnings.warn("spanPostprocess:async", "spanPostprocess must not be async; its spans are not exported");
      return false;
    }
    return result !== false;
  } catch {
    warnings.warn("spanPostprocess", "spanPostprocess failed; the spans that it failed for are not exported");
    return false;
  }
}
