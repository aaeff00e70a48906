import { originalError } from "../schema/issues.js";
import type { Facade } from "../schema/facade.js";
import type { Validation } from "../schema/zod.js";
import { parseItem, zodKind } from "../schema/zod.js";
import { ChatCall } from "./chat-call.js";
import type { CallStart } from "./chat-span.js";
import type { InstructorInstance, StandIn } from "./instance.js";
import { standInFor } from "./instance.js";
import type { InstructorOrigin } from "./origin.js";
import type { StructuredRequest } from "./request.js";
import { hasSchema, withSchema } from "./request.js";
import { responseOf } from "./transport.js";

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

type StandardMethod = InstructorInstance["chatCompletionStandard"];

/**
 * Runs a structured call that is not streamed, with all its attempts: Instructor's own method on a stand-in for the
 * instance, by which the call is told of each.
 *
 * Written with reactions instead of `await`: under async hooks every promise is dear, and `await` makes one more.
 * @param method Instructor's own method; what the instance has where it is not given
 */
export function runStructured<R>(
  asked: StructuredCall<R>,
  method: StandardMethod = asked.origin.instance.chatCompletionStandard,
): Promise<R> {
  const { origin, request, options, facade, deliver, record } = asked;
  // The span tells the schema that the model is sent.
  const seen = facade === undefined ? request : withSchema(request, facade.schema);
  const call = ChatCall.begin({ ...asked, request: seen, isStreaming: false });
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
  return call.within(() => {
    const send = (made: object, madeOptions: unknown): Promise<unknown> => {
      standIn.retryAllErrors = origin.instance.retryAllErrors;
      return sendAttempt(call, asked, made, madeOptions);
    };
    const standIn = standInFor(origin.instance, { send, allowsContent: () => call.allowsContent });
    try {
      return Promise.resolve(method.call(standIn, observed(asked, call, standIn), options)).then(succeeded, failed);
    } catch (error) {
      return Promise.reject(error as Error).catch(failed);
    }
  });
}

/** Sends what Instructor has made of the request, as an attempt of the call. */
function sendAttempt(
  call: ChatCall,
  { origin, facade }: StructuredCall<unknown>,
  made: object,
  options: unknown,
): Promise<unknown> {
  const answered = (completion: unknown): unknown => {
    call.answered(completion);
    return completion;
  };
  const failed = (error: unknown): never => {
    call.requestFailed(error);
    throw error;
  };
  const sent = call.startAttempt(facade === undefined ? made : facade.fillIn(made));
  let pending: unknown;
  try {
    pending = origin.instance.client.chat.completions.create(sent, options);
  } catch (error) {
    return failed(error);
  }
  call.awaiting(responseOf(pending));
  return (pending instanceof Promise ? pending : Promise.resolve(pending)).then(answered, failed);
}

/**
 * The request with a stand-in for its schema that tells the call when an answer does not fit. The stand-in inherits
 * everything, so that Instructor and the schema converter take it for the schema itself; parsing is the schema's own.
 */
function observed(
  { request, facade, isNative = false }: StructuredCall<unknown>,
  call: ChatCall,
  standIn: StandIn,
): StructuredRequest {
  const { response_model: model } = request;
  if (!hasSchema(model)) return request;
  const schema = facade?.schema ?? model.schema;
  // Instructor asks again after errors of its own copy of Zod alone, which `zod/v3` beside Zod 4 is not.
  const isRetried = facade !== undefined || (!isNative && zodKind(model.schema) !== undefined);
  const judged = (result: Validation): Validation => {
    if (result.success) return result;
    call.validationFailed(originalError(result.error));
    if (isRetried) standIn.retryAllErrors = true;
    return result;
  };
  const safeParseAsync = (data: unknown): Promise<Validation> => {
    call.parsed();
    // Written without `await`, as above; what is no schema of Zod's may give its answer at once.
    return Promise.resolve(parseItem(schema, data)).then(judged);
  };
  // A literal, since a schema may be frozen; `Object.create` with a descriptor takes fifteen times as long.
  return withSchema(request, { __proto__: schema, safeParseAsync });
}
