import type { ChatCall } from "../call/chat-call.js";
import { originalError } from "./bridged-error.js";
import { parseItem } from "./parse-item.js";
import type { Validation } from "./zod.js";
import type { StandIn } from "../call/stand-in.js";

/**
 * A stand-in for a schema that tells a call when an answer did not fit. It inherits everything, so that Instructor and
 * the schema converter take it for the schema itself; parsing is the schema's own.
 *
 * @param isForeign whether its errors are not Zod 3's: Instructor retries what it knows as a `ZodError`, and these are
 *   to be retried no less
 */
export function observedSchema(schema: object, call: ChatCall, standIn: StandIn, isForeign: boolean): object {
  const judged = (result: Validation): Validation => {
    if (result.success) return result;
    call.unfit("validation_error", originalError(result.error));
    if (isForeign) standIn.retryAllErrors = true;
    return result;
  };
  const safeParseAsync = (data: unknown): Promise<Validation> => Promise.resolve(parseItem(schema, data)).then(judged);
  // A literal, since a schema may be frozen; `Object.create` with a descriptor takes fifteen times as long.
  return { __proto__: schema, safeParseAsync };
}
