import type { BoundContext } from "../../observe/intercept.js";
import { isThenable, watchThenable } from "../../observe/thenable.js";
import type { ValueWatcher } from "../../observe/watcher.js";
import { forgetDropped, whenDropped } from "../../observe/watcher.js";
import { signalOf } from "../call/call-error.js";
import { ChatCall } from "../call/chat-call.js";
import { PendingResponse } from "../call/gateway-log.js";
import type { CallOrigin } from "../call/origin.js";
import { shared } from "../call/ownership.js";
import type { CallRequest } from "../call/request.js";
import { StreamTap, signalOfStream, tapStream } from "../streaming/stream-tap.js";
import { isUsageRefused, withStreamUsage } from "../streaming/stream-usage.js";
import { withoutUsageEvents } from "../streaming/usage-events.js";
import { sentAgain } from "./sent-again.js";

/**
 * A call without a response model: it goes straight to the provider's client and gives back what that gives, an
 * `APIPromise` with all its methods. It is a chat span all the same.
 */
export function passThrough(origin: CallOrigin, request: CallRequest, options: unknown): unknown {
  const { completions } = origin.instance.client.chat;
  if (!isTraced(origin, request)) return completions.create(request, options);
  const isStreaming = request.stream === true;
  const call = ChatCall.begin({ origin, api: "instructor.create", request, options, isStreaming, isNative: true });
  if (!call.isObserved) return completions.create(request, options);
  return call.within(() => {
    const asked = isStreaming ? withStreamUsage(call, request) : { request, isAdded: false };
    const send = (sent: object): unknown => {
      try {
        return completions.create(sent, options);
      } finally {
        // It is the caller's own object, which may be sent again.
        shared.inFlight.delete(sent);
      }
    };
    let pending: unknown;
    try {
      pending = send(call.startAttempt(asked.request));
    } catch (error) {
      call.requestFailed(error);
      call.fail(error);
      throw error;
    }
    const stream = isStreaming ? { signal: signalOf(options), isUsageAdded: asked.isAdded } : undefined;
    // Before the promise is watched: asking it for its response is not the caller's asking.
    const watcher = new AnswerWatcher(call, stream, PendingResponse.of(pending));
    if (!isThenable(pending)) {
      watcher.settle(pending);
      return pending;
    }
    if (stream?.isUsageAdded !== true) return watchThenable(pending, watcher);
    const answered = sentAgain(pending, (error) => {
      if (!isUsageRefused(error, call)) return undefined;
      stream.isUsageAdded = false;
      const again = send(call.sendsAgain(request));
      call.awaiting(PendingResponse.of(again));
      return again;
    });
    return watchThenable(answered, watcher);
  });
}

/** What goes to a provider as part of a call that is traced is no call of its own. */
function isTraced(origin: CallOrigin, request: object): boolean {
  return !shared.inFlight.has(request) && (origin.isTraced || origin.hooks?.isEmpty === false);
}

/** How a stream was asked for. */
interface StreamRequest {
  /** The signal of the caller's request options. */
  readonly signal: unknown;
  /** Whether the chunk with the usage was asked for on behalf of the span alone. */
  isUsageAdded: boolean;
}

/** Waits for what the provider's client gives: a completion, or the stream that was asked for. */
class AnswerWatcher implements ValueWatcher {
  isOpen = true;
  readonly #call: ChatCall;
  readonly #stream: StreamRequest | undefined;

  readonly #response: PendingResponse | undefined;

  constructor(call: ChatCall, stream: StreamRequest | undefined, response: PendingResponse | undefined) {
    this.#call = call;
    this.#stream = stream;
    this.#response = response;
  }

  get contexts(): BoundContext["contexts"] {
    return this.#call.surroundings.contexts;
  }

  get context(): BoundContext["context"] {
    return this.#call.surroundings.context;
  }

  consumed(): void {
    this.#call.awaiting(this.#response);
  }

  settle(answer: unknown): void {
    this.isOpen = false;
    // A client may answer whole, whatever it was asked for.
    if (this.#stream !== undefined && watchProviderStream(this.#call, answer, this.#stream)) return;
    this.#call.answered(answer);
    this.#call.succeed();
  }

  fail(error: unknown): void {
    this.isOpen = false;
    this.#call.requestFailed(error);
    this.#call.fail(error);
  }

  respond(response: unknown): unknown {
    this.isOpen = false;
    this.#call.succeed();
    return this.#stream?.isUsageAdded === true ? withoutUsageEvents(response) : response;
  }

  /** The caller has dropped what it was given, without asking for the answer. */
  finish(): void {
    this.isOpen = false;
    this.#call.release();
  }
}

/**
 * Has a call last until its stream has been read, or dropped.
 * @returns `false` where the answer is no stream
 */
function watchProviderStream(call: ChatCall, stream: unknown, { signal, isUsageAdded }: StreamRequest): boolean {
  const waiting = { dropped: () => call.release() };
  const tap = new StreamTap(call, {
    isUsageAdded,
    signal: signalOfStream(stream) ?? signal,
    hidesFailure: false,
    onEnd: (ended) => {
      forgetDropped(waiting);
      endCall(call, ended);
    },
  });
  if (!tapStream(stream, tap)) return false;
  whenDropped(stream, waiting);
  return true;
}

/** Without a response model, the end of the provider's stream is the end of the call. */
function endCall(call: ChatCall, tap: StreamTap): void {
  const { end, error } = tap;
  if (end === "failed") call.fail(error);
  else if (end === "finished") call.succeed(tap.fault(false));
  else call.stop({ isWanted: end === "returned" });
}
