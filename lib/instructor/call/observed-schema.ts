import type { ChatCall } from "./chat-call.js";
import { originalError } from "../schema/issues.js";
import { parseItem } from "../schema/zod.js";
import type { Validation } from "../schema/zod.js";
import type { StandIn } from "./stand-in.js";

/**
 * A stand-in for a schema that tells a call when an answer did not fit. It inherits everything, so that Instructor and
 * the schema converter take it for the schema itself; parsing is the schema's own.
 *
 * @param isRetried whether an answer that does not fit is asked for again whatever the class of the schema's errors:
 *   Instructor asks again after errors of its own copy of Zod alone, which `zod/v3` beside Zod 4 is not
 */
export function observedSchema(schema: object, call: ChatCall, standIn: StandIn, isRetried: boolean): object {
  const judged = (result: Validation): Validation => {
    if (result.success) return result;
    call.validationFailed(originalError(result.error));
    if (isRetried) standIn.retryAllErrors = true;
    return result;
  };
  const thrown = (error: unknown): never => {
    call.validationThrew(error);
    throw error;
  };
  const safeParseAsync = (data: unknown): Promise<Validation> => {
    call.parsed();
    return Promise.resolve(parseItem(schema, data)).then(judged, thrown);
  };
  // A literal, since a schema may be frozen; `Object.create` with a descriptor takes fifteen times as long.
  return { __proto__: schema, safeParseAsync };
}
