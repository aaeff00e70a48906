import type { BoundContext } from "../../observe/intercept.js";
import { isObjectLike } from "../../observe/intercept.js";
import { isThenable, watchThenable } from "../../observe/thenable.js";
import type { ValueWatcher } from "../../observe/watcher.js";
import { forgetDropped, whenDropped } from "../../observe/watcher.js";
import { quietly } from "../../observe/warn-once.js";
import { untraced } from "../../scope/tracing.js";
import { readAnswer } from "../call/answer.js";
import { readIssues } from "../call/attempt.js";
import { isAbort, signalOf, PendingResponse } from "../call/transport.js";
import { ChatCall } from "../call/chat-call.js";
import type { CallStart } from "../call/chat-span.js";
import { shared } from "../call/origin.js";
import type { CallRequest } from "../call/request.js";
import { readRequest } from "../call/request.js";
import type { StreamedAnswer } from "../streaming/accumulator.js";
import { StreamedCompletion } from "../streaming/accumulator.js";
import { faultOf, StreamTap, signalOfStream, tapStream } from "../streaming/stream-tap.js";
import { isUsageRefused, withStreamUsage } from "../streaming/stream-usage.js";
import { withoutUsageEvents } from "../streaming/usage-events.js";
import { outputOf, readChatRequest } from "./output-format.js";
import { withMethods } from "./proxied-promise.js";
import { readResponsesRequest, responseToCompletion } from "./responses.js";
import { sentAgain } from "./sent-again.js";
import { StreamedResponse } from "./streamed-response.js";

/** How an API's requests and answers are read. */
interface ApiForm {
  readonly read: (request: object) => CallRequest;
  readonly toCompletion: (answer: unknown) => unknown;
  readonly streamed: (maxBytes: number) => StreamedAnswer;
  /** Whether its streams tell their usage only where they are asked to. */
  readonly asksForUsage: boolean;
  /** Whether the span's output is the value that was asked for, and not the message. */
  readonly hasValue: boolean;
}

/** A chat completion of Instructor's client, without a response model: its message is the result. */
export const PLAIN: ApiForm = {
  read: readRequest,
  toCompletion: (answer) => answer,
  streamed: (maxBytes) => new StreamedCompletion(maxBytes),
  asksForUsage: true,
  hasValue: false,
};

/** A chat completion by a method of OpenAI's. */
export const CHAT: ApiForm = { ...PLAIN, read: readChatRequest, hasValue: true };

export const RESPONSES: ApiForm = {
  read: readResponsesRequest,
  toCompletion: (answer) => quietly("an answer could not be read", () => responseToCompletion(answer)),
  streamed: (maxBytes) => new StreamedResponse(maxBytes),
  asksForUsage: false,
  hasValue: true,
};

/** One request of the provider's client, as its caller makes it. */
export interface NativeRequest extends Pick<CallStart, "origin" | "api" | "options"> {
  readonly form: ApiForm;
  readonly request: object;
  /** The client's own method. */
  readonly send: (request: object, options: unknown) => unknown;
}

/** How a stream was asked for. */
interface StreamRequest {
  /** The signal of the caller's request options. */
  readonly signal: unknown;
  /** Whether the chunk with the usage was asked for on behalf of the span alone. */
  isUsageAdded: boolean;
}

/**
 * Sends a request straight to the provider's client and gives back what that gives, an `APIPromise` with all its
 * methods. It is a chat span all the same.
 * @param handOver takes the call over where its end is not that of the answer, and returns what the caller gets
 */
export function callNatively(
  native: NativeRequest,
  handOver: (call: NativeCall, pending: unknown) => unknown = (call, pending) => call.watch(pending),
): unknown {
  const { form, request, options } = native;
  if (!isTraced(native)) return native.send(request, options);
  const isStreaming = (request as CallRequest).stream === true;
  const call = ChatCall.begin({ ...native, read: form.read, isStreaming, isNative: true });
  if (!call.isObserved) return native.send(request, options);
  return call.within(() => {
    const asked = isStreaming && form.asksForUsage ? withStreamUsage(call, request) : { request, isAdded: false };
    const send = (sent: object): unknown => {
      try {
        return withMethods(native.send(sent, options));
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
    const nativeCall = new NativeCall(call, native, stream, PendingResponse.of(pending));
    if (stream?.isUsageAdded === true && isThenable(pending)) {
      pending = sentAgain(pending, (error) => {
        if (!isUsageRefused(error, call)) return undefined;
        stream.isUsageAdded = false;
        const again = send(call.sendsAgain(request));
        call.awaiting(PendingResponse.of(again));
        return again;
      });
    }
    return handOver(nativeCall, pending);
  });
}

/** What goes to a provider as part of a call that is traced is no call of its own. */
export function isTraced({ origin, request }: Pick<NativeRequest, "origin" | "request">): boolean {
  return isObjectLike(request) && !shared.inFlight.has(request) && (origin.isTraced || origin.hooks?.isEmpty === false);
}

/** A request that has been sent, from its answer to the result that its caller gets. */
export class NativeCall implements ValueWatcher {
  isOpen = true;
  readonly #call: ChatCall;
  readonly #form: ApiForm;
  readonly #options: unknown;
  readonly #stream: StreamRequest | undefined;
  readonly #response: PendingResponse | undefined;
  #isAnswered = false;
  #tap: StreamTap | undefined;
  #completion: unknown;
  /** What a helper has made of the answer, where its result does not tell. */
  parsed: unknown;

  constructor(
    call: ChatCall,
    { form, options }: NativeRequest,
    stream: StreamRequest | undefined,
    response: PendingResponse | undefined,
  ) {
    this.#call = call;
    this.#form = form;
    this.#options = options;
    this.#stream = stream;
    this.#response = response;
  }

  get contexts(): BoundContext["contexts"] {
    return this.#call.surroundings.contexts;
  }

  get context(): BoundContext["context"] {
    return this.#call.surroundings.context;
  }

  /** Has the call end with what the client gave. */
  watch(pending: unknown): unknown {
    if (isThenable(pending)) return watchThenable(pending, this);
    this.settle(pending);
    return pending;
  }

  consumed(): void {
    this.#call.awaiting(this.#response);
  }

  /** The caller has the result. */
  settle(result: unknown): void {
    // A client may answer whole, whatever it was asked for.
    if (this.#isAnswered || !this.answered(result, { isHeld: false })) this.succeed(result);
    this.isOpen = false;
  }

  /**
   * The provider has answered: with a completion, or the stream that was asked for.
   * @param isHeld whether more becomes of it before the call ends
   * @returns whether it is a stream
   */
  answered(answer: unknown, { isHeld }: { readonly isHeld: boolean }): boolean {
    if (this.#isAnswered) return false;
    this.#isAnswered = true;
    if (this.#stream !== undefined && this.#watchStream(answer, this.#stream, isHeld)) return true;
    this.#completion = this.#form.toCompletion(answer);
    this.#call.answered(this.#completion);
    return false;
  }

  /**
   * The call has its result.
   * @param result as the caller has it; where it is not given, what has been answered
   */
  succeed(result?: unknown, fault?: Error): void {
    const completion = result === undefined ? this.#completion : this.#form.toCompletion(result);
    this.#call.succeed(fault ?? (this.#form.hasValue ? this.#keepValue(completion) : undefined));
  }

  fail(error: unknown): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    const call = this.#call;
    if (!this.#isAnswered) call.requestFailed(error);
    else if (!isAbort(error, signalOf(this.#options))) this.#judge(error);
    call.fail(error);
  }

  /** The caller has the bare response. */
  respond(response: unknown): unknown {
    this.isOpen = false;
    this.#call.succeed();
    return this.#stream?.isUsageAdded === true ? withoutUsageEvents(response) : response;
  }

  /** The caller wants no more, as after leaving a loop. */
  leave(): void {
    this.#tap?.enter("return");
    this.#call.stop({ isWanted: true });
  }

  /** The caller has dropped what it was given, without asking for the answer. */
  finish(): void {
    this.isOpen = false;
    this.#call.release();
  }

  /** The end of the provider's stream is the end of the call, unless more becomes of what has come. */
  #endStream(tap: StreamTap, isHeld: boolean): void {
    const { end, error } = tap;
    this.#completion = this.#call.completion;
    if (end === "failed") {
      this.isOpen = false;
      this.#call.fail(error);
    } else if (isHeld) return;
    else if (end === "finished") this.succeed(undefined, tap.fault(false));
    else this.#call.stop({ isWanted: end === "returned" });
  }

  /**
   * Has the call last until its stream has been read, or dropped.
   * @returns `false` where the answer is no stream
   */
  #watchStream(stream: unknown, { signal, isUsageAdded }: StreamRequest, isHeld: boolean): boolean {
    const call = this.#call;
    const waiting = { dropped: () => call.release() };
    const tap = new StreamTap(call, {
      isUsageAdded,
      signal: signalOfStream(stream) ?? signal,
      hidesFailure: false,
      answer: this.#form.streamed(call.keptBytes),
      onEnd: (ended) => {
        forgetDropped(waiting);
        this.#endStream(ended, isHeld);
      },
    });
    if (!tapStream(stream, tap)) return false;
    this.#tap = tap;
    whenDropped(stream, waiting);
    return true;
  }

  /** @returns what is wrong with the answer all the same */
  #keepValue(completion: unknown): Error | undefined {
    return untraced(() => {
      try {
        this.#call.latest = this.parsed ?? outputOf(completion, this.#call.wantsJson);
      } catch (error) {
        this.#call.parseFailed(error);
      }
      return quietly("an answer could not be read", () => faultOf(readAnswer(completion).finishReasons));
    });
  }

  /** Why a helper of OpenAI's could not take the answer; it may have put its own error around the schema's. */
  #judge(error: unknown): void {
    const original =
      quietly("an answer could not be read", () => (Object(error) as { cause?: unknown }).cause) ?? error;
    if (readIssues(original) !== undefined) this.#call.validationFailed(original);
    else this.#call.parseFailed(original);
  }
}
