import { slot } from "../scope/tracing.js";
import { ChatCall } from "./chat-call.js";
import type { PromiseObserver } from "./observed-promise.js";
import { observePromise } from "./observed-promise.js";
import type { CallOrigin } from "./origin.js";
import { shared } from "./ownership.js";
import type { CallRequest } from "./request.js";

/**
 * A call without a response model: it goes straight to the provider's client and gives back what that gives, an
 * `APIPromise` with all its methods. It is a chat span all the same.
 */
export function passThrough(origin: CallOrigin, request: CallRequest, options: unknown): unknown {
  const { completions } = origin.instance.client.chat;
  // What is no object at all is for the provider's client to complain of.
  const isObject = typeof request === "object" && (request as object | null) !== null;
  if (!isObject || shared.inFlight.has(request) || (slot.tracing === undefined && origin.hooks?.isEmpty !== false)) {
    return completions.create(request, options);
  }
  const call = ChatCall.begin(origin, "instructor.create", request, options, request.stream === true);
  if (!call.isObserved) return completions.create(request, options);
  return call.within(() => {
    call.startAttempt(request);
    shared.inFlight.add(request);
    let pending: unknown;
    try {
      pending = completions.create(request, options);
    } catch (error) {
      call.refused(error);
      call.fail(error);
      throw error;
    }
    return observePromise(pending, completionObserver(call));
  });
}

function completionObserver(call: ChatCall): PromiseObserver {
  return {
    fulfilled: (completion) => {
      call.answered(completion);
      call.succeed(undefined);
    },
    rejected: (error) => {
      call.refused(error);
      call.fail(error);
    },
    responded: () => call.succeed(undefined),
  };
}
