import type { Context } from "@opentelemetry/api";
import type { Api } from "./chat-call.js";
import { ChatCall } from "./chat-call.js";
import type { InstructorInstance } from "./instance.js";
import { observedSchema } from "./observed-schema.js";
import type { CallOrigin } from "./origin.js";
import type { StructuredRequest } from "./request.js";
import { hasSchema, withSchema } from "./request.js";
import { originalError } from "./schema/bridged-error.js";
import type { Facade } from "./schema/facade.js";
import type { StandIn } from "./stand-in.js";
import { standInFor } from "./stand-in.js";

/** One structured call that is not streamed, as a caller asks for it. */
export interface StructuredCall<R> {
  readonly api: Api;
  readonly request: StructuredRequest;
  readonly options: unknown;
  /** What Instructor gets in place of a schema that it cannot read. */
  readonly facade: Facade | undefined;
  /** What the caller gets of the result and the latest completion. */
  readonly deliver: (result: object, completion: unknown) => R;
  /** What the span keeps of the result; all of it where this is not given. */
  readonly record?: (result: object) => unknown;
  /** The context that the call was made in; the current one where it begins at once. */
  readonly here?: Context;
}

/**
 * Runs a structured call that is not streamed, with all its attempts.
 * @param method Instructor's own method; what the instance has where it is not given
 */
export function runStructured<R>(
  origin: CallOrigin,
  asked: StructuredCall<R>,
  method: InstructorInstance["chatCompletionStandard"] = origin.instance.chatCompletionStandard,
): Promise<R> {
  const { api, options, here } = asked;
  const call = ChatCall.begin(origin, api, seenBySpan(asked), options, false, here);
  return call.within(() => attemptAll(call, asked, method));
}

/** The span tells the schema that the model is sent. */
function seenBySpan({ request, facade }: StructuredCall<unknown>): StructuredRequest {
  return facade === undefined ? request : withSchema(request, facade.schema);
}

async function attemptAll<R>(
  call: ChatCall,
  { request, options, facade, deliver, record }: StructuredCall<R>,
  method: InstructorInstance["chatCompletionStandard"],
): Promise<R> {
  const { instance } = call.origin;
  try {
    const standIn = standInFor(instance, async (made, madeOptions) => {
      standIn.retryAllErrors = instance.retryAllErrors;
      const sent = facade === undefined ? made : facade.mend(made);
      call.startAttempt(sent);
      let completion: unknown;
      try {
        completion = await instance.client.chat.completions.create(sent, madeOptions);
      } catch (error) {
        call.refused(error);
        throw error;
      }
      call.answered(completion);
      return completion;
    });
    const result = await method.call(standIn, observed(request, facade, call, standIn), options);
    call.succeed(record === undefined ? result : record(result));
    return deliver(result, call.completion);
  } catch (thrown) {
    const error = originalError(thrown);
    call.fail(error);
    throw error;
  }
}

/** The request with a schema that tells the call what does not fit. */
function observed(
  request: StructuredRequest,
  facade: Facade | undefined,
  call: ChatCall,
  standIn: StandIn,
): StructuredRequest {
  const { response_model: model } = request;
  if (!hasSchema(model)) return request;
  return withSchema(request, observedSchema(facade?.schema ?? model.schema, call, standIn, facade !== undefined));
}
