import { slot } from "../scope/tracing.js";
import { forgetAbandonment, watchAbandonment } from "./abandonment.js";
import { signalOf } from "./call-error.js";
import { ChatCall } from "./chat-call.js";
import type { PromiseObserver } from "./observed-promise.js";
import { observePromise } from "./observed-promise.js";
import type { CallOrigin } from "./origin.js";
import { shared } from "./ownership.js";
import type { CallRequest } from "./request.js";
import { StreamTap, signalOfStream, tapStream } from "./stream-tap.js";
import { withStreamUsage } from "./stream-usage.js";
import { withoutUsageEvents } from "./usage-events.js";

/**
 * A call without a response model: it goes straight to the provider's client and gives back what that gives, an
 * `APIPromise` with all its methods. It is a chat span all the same.
 */
export function passThrough(origin: CallOrigin, request: CallRequest, options: unknown): unknown {
  const { completions } = origin.instance.client.chat;
  if (!isTraced(origin, request)) return completions.create(request, options);
  const isStreaming = request.stream === true;
  const call = ChatCall.begin(origin, "instructor.create", request, options, isStreaming);
  if (!call.isObserved) return completions.create(request, options);
  return call.within(() => {
    const sent = isStreaming && call.wantsStreamUsage ? withStreamUsage(request) : { request, isAdded: false };
    call.startAttempt(sent.request);
    let pending: unknown;
    try {
      pending = completions.create(sent.request, options);
    } catch (error) {
      call.refused(error);
      call.fail(error);
      throw error;
    } finally {
      // It is the caller's own object, which may be sent again.
      shared.inFlight.delete(sent.request);
    }
    const observer = isStreaming ? new StreamObserver(call, options, sent.isAdded) : new CompletionObserver(call);
    if (typeof pending === "object" && pending !== null) watchAbandonment(pending, call);
    return observePromise(pending, observer);
  });
}

/** What goes to a provider as part of a call that is traced is no call of its own. */
function isTraced(origin: CallOrigin, request: object): boolean {
  return !shared.inFlight.has(request) && (slot.tracing !== undefined || origin.hooks?.isEmpty === false);
}

class CompletionObserver implements PromiseObserver {
  constructor(protected readonly call: ChatCall) {}

  fulfilled(completion: unknown): void {
    forgetAbandonment(this.call);
    this.call.answered(completion);
    this.call.succeed(undefined);
  }

  rejected(error: unknown): void {
    forgetAbandonment(this.call);
    this.call.refused(error);
    this.call.fail(error);
  }

  responded(response: unknown): unknown {
    forgetAbandonment(this.call);
    this.call.succeed(undefined);
    return response;
  }
}

class StreamObserver extends CompletionObserver {
  constructor(
    call: ChatCall,
    private readonly options: unknown,
    private readonly isUsageAdded: boolean,
  ) {
    super(call);
  }

  override fulfilled(stream: unknown): void {
    const signal = signalOfStream(stream) ?? signalOf(this.options);
    if (tapStream(stream, new StreamTap(this.call, this.isUsageAdded, signal, concludeCall, false))) {
      forgetAbandonment(this.call);
      watchAbandonment(stream, this.call);
    } else {
      // A client that answers whole, whatever it was asked for.
      super.fulfilled(stream);
    }
  }

  override responded(response: unknown): unknown {
    super.responded(response);
    return this.isUsageAdded ? withoutUsageEvents(response) : response;
  }
}

/** A stream without a response model has nobody else who would end its call. */
function concludeCall(call: ChatCall, { end, error }: StreamTap): void {
  forgetAbandonment(call);
  if (end === "failed") call.fail(error);
  else if (end === "finished") call.succeed(undefined);
  else call.stop(undefined, end === "returned");
}
