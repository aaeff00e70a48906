import type { BoundContext, Method } from "../../observe/intercept.js";
import { intercept, isObjectLike } from "../../observe/intercept.js";
import { watchResult } from "../../observe/stream.js";
import { isThenable } from "../../observe/thenable.js";
import { quietly } from "../../observe/warn-once.js";
import type { ValueWatcher } from "../../observe/watcher.js";
import { forgetDropped, whenDropped } from "../../observe/watcher.js";
import { untraced } from "../../scope/tracing.js";
import { readAnswer } from "../call/answer.js";
import { readIssues } from "../call/attempt.js";
import type { WhenLogged } from "../call/transport.js";
import { isAbort, responseOf, signalOf } from "../call/transport.js";
import { ChatCall } from "../call/chat-call.js";
import type { CallStart } from "../call/chat-span.js";
import { shared } from "../call/origin.js";
import type { CallRequest } from "../call/request.js";
import { readRequest } from "../call/request.js";
import type { StreamedAnswer } from "../streaming/accumulator.js";
import { faultOf, StreamTap, signalOfStream, tapStream } from "../streaming/stream-tap.js";
import { isUsageRefused, withoutUsageEvents, withStreamUsage } from "../streaming/stream-usage.js";
import type { Fields } from "./output-format.js";
import { fieldsOf } from "../call/messages.js";
import { outputOf, withChatFormat } from "./output-format.js";
import { sentAgain, withMethods } from "./pending-answer.js";
import { asChatRequest, responseToCompletion, StreamedResponse } from "./responses.js";

/** How the requests and answers of one of OpenAI's APIs are read. */
interface ApiForm {
  /** Adds what only this API's requests say. */
  readonly read: (common: CallRequest, request: Fields) => CallRequest;
  /** Makes a chat completion of an answer, where it is none. */
  readonly toCompletion?: (answer: unknown) => unknown;
  /** Puts a streamed answer together, where it does not come in chunks of a chat completion. */
  readonly streamed?: (maxBytes: number) => StreamedAnswer;
}

export const CHAT: ApiForm = { read: withChatFormat };

export const RESPONSES: ApiForm = {
  read: asChatRequest,
  toCompletion: responseToCompletion,
  streamed: (maxBytes) => new StreamedResponse(maxBytes),
};

/** One request of the provider's client, as its caller makes it. */
export interface NativeRequest extends Pick<CallStart, "origin" | "api" | "options"> {
  /** Not given for a chat completion of Instructor's client: its message is the result, and not a value. */
  readonly form?: ApiForm;
  readonly request: object;
  /** The caller's parameters, where a helper has made the request of them. */
  readonly asked?: object;
  /** Whether a helper makes its result of the answer, and ends the call with that. */
  readonly isHeld?: boolean;
  /** The client's own method; `call` is not given where nothing is traced. */
  readonly send: (request: object, options: unknown, call?: NativeCall) => unknown;
}

/**
 * Sends a request straight to the provider's client and gives back what that gives, an `APIPromise` with all its
 * methods. It is a chat span all the same.
 */
export function callNatively(native: NativeRequest): unknown {
  const { form, request, options, send } = native;
  if (!isTraced(native)) return send(request, options);
  const read = (given: object): CallRequest => {
    const common = readRequest(given);
    return quietly("a request could not be read", () => form?.read(common, fieldsOf(given))) ?? common;
  };
  const isStreaming = (request as CallRequest).stream === true;
  const call = ChatCall.begin({ ...native, read, isStreaming, isNative: true });
  return call.isObserved ? call.within(() => new NativeCall(call, native, isStreaming).send()) : send(request, options);
}

/** What goes to a provider as part of a call that is traced is no call of its own. */
export function isTraced({ origin, request }: Pick<NativeRequest, "origin" | "request">): boolean {
  return isObjectLike(request) && !shared.inFlight.has(request) && (origin.isTraced || origin.hooks?.isEmpty === false);
}

/** A request from when it is sent to when its caller has the result. */
export class NativeCall implements ValueWatcher {
  readonly #call: ChatCall;
  readonly #native: NativeRequest;
  readonly #isStreaming: boolean;
  #state: "sent" | "answered" | "over" = "sent";
  /** Not asked yet. */
  #response: WhenLogged | undefined;
  /** Whether the chunk with the usage was asked for on behalf of the span alone. */
  #isUsageAdded = false;
  #tap: StreamTap | undefined;

  constructor(call: ChatCall, native: NativeRequest, isStreaming: boolean) {
    this.#call = call;
    this.#native = native;
    this.#isStreaming = isStreaming;
  }

  get isOpen(): boolean {
    return this.#state === "sent";
  }

  get contexts(): BoundContext["contexts"] {
    return this.#call.surroundings.contexts;
  }

  get context(): BoundContext["context"] {
    return this.#call.surroundings.context;
  }

  /** @returns what the caller gets: what the client gave, observed */
  send(): unknown {
    const { form, request } = this.#native;
    const call = this.#call;
    // A streamed response tells its usage unasked.
    const usage = this.#isStreaming && form !== RESPONSES ? withStreamUsage(call, request) : undefined;
    this.#isUsageAdded = usage?.isAdded === true;
    let pending: unknown;
    try {
      pending = this.#sendOnce(call.startAttempt(usage?.request ?? request));
    } catch (error) {
      this.fail(error);
      throw error;
    }
    // Before the promise is watched: asking it for its response is not the caller's asking.
    this.#response = responseOf(pending);
    if (isThenable(pending)) {
      const answered = this.#isUsageAdded ? sentAgain(pending, (error) => this.#sendAgain(error)) : pending;
      return watchResult(answered, this);
    }
    this.settle(pending);
    return pending;
  }

  /**
   * Has a promise of the client tell of the answer that a helper makes its result of. Helpers put their part behind an
   * answer by `_thenUnwrap` of OpenAI's `APIPromise`, and consume the promise itself in no other way. Where there is no
   * such method, the call learns of the helper's result alone.
   */
  observeAnswer(pending: unknown): unknown {
    if (!isObjectLike(pending)) return pending;
    intercept(pending, "_thenUnwrap", (method, self, [transform, ...more]) => {
      const told = (answer: unknown, ...rest: unknown[]): unknown => {
        this.consumed();
        this.#answered(answer);
        return (transform as Method)(answer, ...rest);
      };
      return Reflect.apply(method, self, [told, ...more]);
    });
    return pending;
  }

  consumed(): void {
    const response = this.#response;
    this.#response = undefined;
    this.#call.awaiting(response);
  }

  /** The client has given its answer: a completion, or the stream that was asked for. */
  settle(answer: unknown): void {
    const isStream = this.#state === "sent" && this.#answered(answer);
    if (!isStream && this.#native.isHeld !== true) this.succeed(answer);
  }

  /**
   * The caller has the result.
   * @param result where it is not given, what has been answered
   * @param fault what is wrong with it all the same
   */
  succeed(result?: unknown, fault?: Error): void {
    if (this.#state === "over") return;
    this.#state = "over";
    const completion = result === undefined ? this.#call.completion : this.#completionOf(result);
    this.#call.succeed(fault ?? (this.#native.form && this.#keepValue(completion)));
  }

  fail(error: unknown): void {
    if (this.#state === "over") return;
    if (this.#state === "sent") this.#call.requestFailed(error);
    else if (!isAbort(error, signalOf(this.#native.options))) {
      // A helper may have put its own error around the schema's.
      this.#misfit(quietly("an answer could not be read", () => (Object(error) as Error).cause) ?? error);
    }
    this.#state = "over";
    this.#call.fail(error);
  }

  /** The caller has the bare response. */
  respond(response: unknown): unknown {
    this.#state = "over";
    this.#call.succeed();
    return this.#isUsageAdded ? withoutUsageEvents(response) : response;
  }

  /** The caller wants no more, as after leaving a loop. */
  leave(): void {
    this.#tap?.enter("return");
    this.#state = "over";
    this.#call.stop({ isWanted: true });
  }

  /** The caller has dropped what it was given, without asking for the answer. */
  finish(): void {
    this.#state = "over";
    this.#call.release();
  }

  #sendOnce(sent: object): unknown {
    try {
      return withMethods(this.#native.send(sent, this.#native.options, this));
    } finally {
      // It is the caller's own object, which may be sent again.
      shared.inFlight.delete(sent);
    }
  }

  /** Sends a refused request as the caller made it, where it was refused for what the span asked for. */
  #sendAgain(error: unknown): unknown {
    if (!isUsageRefused(error, this.#call)) return undefined;
    this.#isUsageAdded = false;
    const again = this.#sendOnce(this.#call.sendsAgain(this.#native.request));
    this.#call.awaiting(responseOf(again));
    return again;
  }

  /** @returns whether the answer is a stream, which has to be read */
  #answered(answer: unknown): boolean {
    if (this.#state !== "sent") return false;
    this.#state = "answered";
    if (this.#isStreaming && this.#watchStream(answer)) return true;
    this.#call.answered(this.#completionOf(answer));
    return false;
  }

  #completionOf(answer: unknown): unknown {
    const convert = this.#native.form?.toCompletion;
    return convert === undefined ? answer : quietly("an answer could not be read", () => convert(answer));
  }

  /**
   * Has the call last until its stream has been read, or dropped.
   * @returns `false` where the answer is no stream
   */
  #watchStream(stream: unknown): boolean {
    const call = this.#call;
    const waiting = { dropped: () => call.release() };
    const tap = new StreamTap(call, {
      isUsageAdded: this.#isUsageAdded,
      signal: signalOfStream(stream) ?? signalOf(this.#native.options),
      hidesFailure: false,
      answer: this.#native.form?.streamed?.(call.keptBytes),
      onEnd: (ended) => {
        forgetDropped(waiting);
        this.#endStream(ended);
      },
    });
    if (!tapStream(stream, tap)) return false;
    this.#tap = tap;
    whenDropped(stream, waiting);
    return true;
  }

  /** The end of the provider's stream is the end of the call, unless a helper makes more of what has come. */
  #endStream(tap: StreamTap): void {
    const { end, error } = tap;
    if (end === "failed") {
      this.#state = "over";
      this.#call.fail(error);
    } else if (this.#native.isHeld === true) return;
    else if (end === "finished") this.succeed(undefined, tap.fault(false));
    else this.#call.stop({ isWanted: end === "returned" });
  }

  /** @returns what is wrong with the answer all the same */
  #keepValue(completion: unknown): Error | undefined {
    return untraced(() => {
      try {
        this.#call.latest = outputOf(completion, this.#native.asked ?? this.#native.request);
      } catch (error) {
        this.#misfit(error);
      }
      return quietly("an answer could not be read", () => faultOf(readAnswer(completion).finishReasons));
    });
  }

  /** The answer is not JSON, or does not fit its schema. */
  #misfit(error: unknown): void {
    if (readIssues(error) === undefined) this.#call.parseFailed(error);
    else this.#call.validationFailed(error);
  }
}
