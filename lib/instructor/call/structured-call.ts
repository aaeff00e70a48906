import { ChatCall } from "./chat-call.js";
import type { CallStart } from "./chat-span.js";
import { PendingResponse } from "./transport.js";
import type { InstructorInstance, StandIn } from "./instance.js";
import { standInFor } from "./instance.js";
import type { InstructorOrigin } from "./origin.js";
import type { StructuredRequest } from "./request.js";
import { hasSchema, withSchema } from "./request.js";
import { originalError } from "../schema/issues.js";
import type { Facade } from "../schema/facade.js";
import type { Validation } from "../schema/zod.js";
import { zodKind } from "../schema/zod.js";
import { parseItem } from "../schema/zod.js";

/** One structured call that is not streamed, as a caller asks for it. */
export interface StructuredCall<R> extends Omit<CallStart, "isStreaming"> {
  readonly origin: InstructorOrigin;
  readonly request: StructuredRequest;
  /** What Instructor gets in place of a schema that it cannot read. */
  readonly facade: Facade | undefined;
  /** What the caller gets of the result and the latest completion. */
  readonly deliver: (result: object, completion: unknown) => R;
  /** What the span keeps of the result; all of it where this is not given. */
  readonly record?: (result: object) => unknown;
}

/**
 * Runs a structured call that is not streamed, with all its attempts.
 * @param method Instructor's own method; what the instance has where it is not given
 */
export function runStructured<R>(
  asked: StructuredCall<R>,
  method: InstructorInstance["chatCompletionStandard"] = asked.origin.instance.chatCompletionStandard,
): Promise<R> {
  const call = ChatCall.begin({ ...asked, request: seenBySpan(asked), isStreaming: false });
  return call.within(() => attemptAll(call, asked, method));
}

/** The span tells the schema that the model is sent. */
function seenBySpan({ request, facade }: StructuredCall<unknown>): StructuredRequest {
  return facade === undefined ? request : withSchema(request, facade.schema);
}

/** Written with reactions instead of `await`: under async hooks every promise is dear, and `await` makes one more. */
function attemptAll<R>(
  call: ChatCall,
  asked: StructuredCall<R>,
  method: InstructorInstance["chatCompletionStandard"],
): Promise<R> {
  const { deliver, record } = asked;
  const failed = (thrown: unknown): never => {
    const error = originalError(thrown);
    call.fail(error);
    throw error;
  };
  const succeeded = (result: object): R => {
    call.latest = record === undefined ? result : record(result);
    call.succeed();
    return deliver(result, call.completion);
  };
  try {
    return Promise.resolve(begun(call, asked, method)).then(succeeded, failed);
  } catch (error) {
    return new Promise((resolve) => {
      resolve(failed(error));
    });
  }
}

/** The request with a schema that tells the call what does not fit. */
function observed(
  { request, facade, isNative = false }: StructuredCall<unknown>,
  call: ChatCall,
  standIn: StandIn,
): StructuredRequest {
  const { response_model: model } = request;
  if (!hasSchema(model)) return request;
  const isRetried = facade !== undefined || (!isNative && zodKind(model.schema) !== undefined);
  return withSchema(request, observedSchema(facade?.schema ?? model.schema, call, standIn, isRetried));
}

/** Starts Instructor's own method, which tells the call of each attempt by way of a stand-in. */
function begun(
  call: ChatCall,
  asked: StructuredCall<unknown>,
  method: InstructorInstance["chatCompletionStandard"],
): Promise<object> {
  const { options, facade } = asked;
  const { instance } = asked.origin;
  const answered = (completion: unknown): unknown => {
    call.answered(completion);
    return completion;
  };
  const failed = (error: unknown): never => {
    call.requestFailed(error);
    throw error;
  };
  const send = (made: object, madeOptions: unknown): Promise<unknown> => {
    standIn.retryAllErrors = instance.retryAllErrors;
    const sent = call.startAttempt(facade === undefined ? made : facade.fillIn(made));
    let pending: unknown;
    try {
      pending = instance.client.chat.completions.create(sent, madeOptions);
    } catch (error) {
      return failed(error);
    }
    call.awaiting(PendingResponse.of(pending));
    return (pending instanceof Promise ? pending : Promise.resolve(pending)).then(answered, failed);
  };
  const standIn = standInFor(instance, { send, allowsContent: () => call.allowsContent });
  return method.call(standIn, observed(asked, call, standIn), options);
}

/**
 * A stand-in for a schema that tells a call when an answer did not fit. It inherits everything, so that Instructor and
 * the schema converter take it for the schema itself; parsing is the schema's own.
 *
 * @param isRetried whether an answer that does not fit is asked for again whatever the class of the schema's errors:
 *   Instructor asks again after errors of its own copy of Zod alone, which `zod/v3` beside Zod 4 is not
 */
function observedSchema(schema: object, call: ChatCall, standIn: StandIn, isRetried: boolean): object {
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
