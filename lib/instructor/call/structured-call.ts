import { ChatCall } from "./chat-call.js";
import type { CallStart } from "./chat-span.js";
import { PendingResponse } from "./gateway-log.js";
import type { InstructorInstance } from "./instance.js";
import { observedSchema } from "./observed-schema.js";
import type { InstructorOrigin } from "./origin.js";
import type { StructuredRequest } from "./request.js";
import { hasSchema, withSchema } from "./request.js";
import { originalError } from "../schema/issues.js";
import type { Facade } from "../schema/facade.js";
import { zodKind } from "../schema/zod.js";
import type { StandIn } from "./stand-in.js";
import { standInFor } from "./stand-in.js";

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
