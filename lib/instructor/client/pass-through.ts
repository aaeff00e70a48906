import type { BoundContext } from "../../observe/intercept.js";
import { isThenable, watchThenable } from "../../observe/thenable.js";
import type { ValueWatcher } from "../../observe/watcher.js";
import { forgetDropped, whenDropped } from "../../observe/watcher.js";
import { slot } from "../../scope/tracing.js";
import { signalOf } from "../call/call-error.js";
import { ChatCall } from "../call/chat-call.js";
import type { CallOrigin } from "../call/origin.js";
import { shared } from "../call/ownership.js";
import type { CallRequest } from "../call/request.js";
import { StreamTap, signalOfStream, tapStream } from "../streaming/stream-tap.js";
import { withStreamUsage } from "../streaming/stream-usage.js";
import { withoutUsageEvents } from "../call/usage-events.js";

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
    const watcher = isStreaming ? new StreamWatcher(call, options, sent.isAdded) : new CompletionWatcher(call);
    if (isThenable(pending)) return watchThenable(pending, watcher);
    watcher.settle(pending);
    return pending;
  });
}

/** What goes to a provider as part of a call that is traced is no call of its own. */
function isTraced(origin: CallOrigin, request: object): boolean {
  return !shared.inFlight.has(request) && (slot.tracing !== undefined || origin.hooks?.isEmpty === false);
}

class CompletionWatcher implements ValueWatcher {
  isOpen = true;

  constructor(protected readonly call: ChatCall) {}

  get contexts(): BoundContext["contexts"] {
    return this.call.surroundings.contexts;
  }

  get context(): BoundContext["context"] {
    return this.call.surroundings.context;
  }

  settle(completion: unknown): void {
    this.isOpen = false;
    this.call.answered(completion);
    this.call.succeed(undefined);
  }

  fail(error: unknown): void {
    this.isOpen = false;
    this.call.refused(error);
    this.call.fail(error);
  }

  respond(response: unknown): unknown {
    this.isOpen = false;
    this.call.succeed(undefined);
    return response;
  }

  /** The caller has dropped what it was given, without asking for the answer. */
  finish(): void {
    this.isOpen = false;
    this.call.release();
  }
}

class StreamWatcher extends CompletionWatcher {
  constructor(
    call: ChatCall,
    private readonly options: unknown,
    private readonly isUsageAdded: boolean,
  ) {
    super(call);
  }

  override settle(stream: unknown): void {
    const signal = signalOfStream(stream) ?? signalOf(this.options);
    if (tapStream(stream, new StreamTap(this.call, this.isUsageAdded, signal, concludeCall, false))) {
      this.isOpen = false;
      whenDropped(stream, this.call);
    } else {
      // A client that answers whole, whatever it was asked for.
      super.settle(stream);
    }
  }

  override respond(response: unknown): unknown {
    super.respond(response);
    return this.isUsageAdded ? withoutUsageEvents(response) : response;
  }
}

/** A stream without a response model has nobody else who would end its call. */
function concludeCall(call: ChatCall, { end, error }: StreamTap): void {
  forgetDropped(call);
  if (end === "failed") call.fail(error);
  else if (end === "finished") call.succeed(undefined);
  else call.stop(undefined, end === "returned");
}
