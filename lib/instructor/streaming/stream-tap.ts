import { readProperty } from "../../observe/errors.js";
import type { BoundContext } from "../../observe/intercept.js";
import { hasMethod, intercept, isObjectLike } from "../../observe/intercept.js";
import type { StepName, StepObserver } from "../../observe/iterator.js";
import { observeSteps } from "../../observe/iterator.js";
import { quietly } from "../../observe/warn-once.js";
import { isAborted, responseOf, signalOf } from "../call/transport.js";
import type { ChatCall } from "../call/chat-call.js";
import type { AnswerPiece, StreamedAnswer } from "./accumulator.js";
import { StreamedCompletion } from "./accumulator.js";
import { hasNullUsage, isUsageRefused, UsageChunkFinder, withoutStreamUsage, withStreamUsage } from "./stream-usage.js";

/** How a provider's stream ended. */
export type StreamEnd = "open" | "finished" | "aborted" | "returned" | "failed";

interface TapOptions {
  /** Whether the chunk with the usage was not asked for by the caller. */
  readonly isUsageAdded: boolean;
  /** The stream's own, which says whether it was stopped. */
  readonly signal: unknown;
  /** Whether the consumer sees a failed stream end; the owner of the tap throws its error then. */
  readonly hidesFailure: boolean;
  /** Puts the answer together. Default: from chunks of a chat completion. */
  readonly answer?: StreamedAnswer | undefined;
  /** Told once the stream has ended, in whatever way. */
  readonly onEnd?: (tap: StreamTap) => void;
}

/**
 * Listens to a provider's stream on behalf of a call: puts the answer together, leaves out the chunk that only the
 * span asked for, and says how it ended. It reads nothing itself.
 */
export class StreamTap implements StepObserver {
  readonly completion: StreamedAnswer;
  end: StreamEnd = "open";
  /** What the stream failed with. */
  error: unknown;
  readonly hidesFailure: boolean;
  readonly #call: ChatCall;
  readonly #options: TapOptions;
  #latest: { readonly chunk: unknown; readonly pieces: readonly AnswerPiece[] } | undefined;
  readonly #usageChunk = new UsageChunkFinder();

  constructor(call: ChatCall, options: TapOptions) {
    this.#call = call;
    this.#options = options;
    this.completion = options.answer ?? new StreamedCompletion(call.keptBytes);
    this.hidesFailure = options.hidesFailure;
  }

  enter(step: StepName): BoundContext | undefined {
    if (step === "return") this.#conclude("returned");
    return this.end === "open" ? this.#call.surroundings : undefined;
  }

  item(chunk: unknown): void {
    if (this.#latest === undefined) this.#call.firstChunk();
    this.#latest = { chunk, pieces: this.completion.add(chunk) };
  }

  /** What a chunk that has come adds to the answer. */
  piecesOf(chunk: unknown): readonly AnswerPiece[] {
    // A stream that cannot be listened to is reported by its reader.
    if (this.#latest?.chunk !== chunk) this.item(chunk);
    return this.#latest?.pieces ?? [];
  }

  /**
   * What is wrong with an answer that was read to its end without an error.
   * @param isWhole whether the answer is complete and valid JSON, so that nothing of it can be missing
   */
  fault(isWhole: boolean): StreamFault | undefined {
    if (this.end !== "finished") return undefined;
    const reasons = this.completion.finishReasons;
    if (reasons.length === 0 && !isWhole) {
      return new StreamFault("stream_truncated", "the stream ended before the answer had finished");
    }
    return faultOf(reasons);
  }

  /** Takes away what only the span has asked for. */
  keeps(chunk: unknown): boolean {
    if (!this.#options.isUsageAdded) return true;
    try {
      if (this.#usageChunk.isUsageAlone(chunk)) return false;
      if (hasNullUsage(chunk)) Reflect.deleteProperty(chunk, "usage");
    } catch {
      // A chunk in a form of its own, whose reader will see what it does.
    }
    return true;
  }

  finish(): void {
    // OpenAI's stream ends without an error when it is stopped by its signal.
    this.#conclude(isAborted(this.#options.signal) ? "aborted" : "finished");
  }

  fail(error: unknown): void {
    this.error = error;
    this.#conclude("failed");
  }

  #conclude(end: StreamEnd): void {
    if (this.end !== "open") return;
    this.end = end;
    const completion = this.completion.toCompletion();
    if (end === "finished") this.#call.answered(completion);
    else this.#call.answeredInPart(completion);
    if (end === "failed") this.#call.requestFailed(this.error);
    this.#options.onEnd?.(this);
  }
}

/** What an answer's finish reasons alone say that is wrong with it. */
export function faultOf(reasons: readonly unknown[]): StreamFault | undefined {
  return reasons.includes("error") || reasons.includes("failed")
    ? new StreamFault("finish_reason_error", "the provider ended the answer with an error")
    : undefined;
}

/** What a span says of an answer that ended badly without an error; its caller has what came. */
export class StreamFault extends Error {
  constructor(name: "finish_reason_error" | "stream_truncated", message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Lets a tap listen to the first consumer of a stream, on the very object: it stays an instance of its class, and
 * `tee()` and `toReadableStream()` work. What is no stream is left alone.
 * @returns whether it is one
 */
export function tapStream(stream: unknown, tap: StreamTap): stream is object {
  if (typeof stream !== "object" || stream === null) return false;
  const isTapped = quietly("a provider's stream could not be observed", () => {
    // What is read without waiting would never see the end of promises.
    if (!hasMethod(stream, Symbol.asyncIterator)) return false;
    if (hasMethod(stream, "next")) observeSteps(stream, tap);
    else tapFirst(stream, tap);
    return true;
  });
  return isTapped ?? true;
}

/** OpenAI's `Stream` is iterated, or split by way of its `iterator`; one that is wrapped may have either alone. */
function tapFirst(stream: object, tap: StreamTap): void {
  let isTapped = false;
  for (const name of [Symbol.asyncIterator, "iterator"]) {
    intercept(stream, name, (iterate, self, args) => {
      const iterator: unknown = Reflect.apply(iterate, self, args);
      // A second consumer gets what it gets: an error of OpenAI's own.
      if (!isTapped && isObjectLike(iterator)) observeSteps(iterator, tap);
      isTapped = true;
      return iterator;
    });
  }
}

/** The signal by which a stream of OpenAI's is stopped. */
export function signalOfStream(stream: unknown): unknown {
  return readProperty(readProperty(stream, "controller"), "signal");
}

/**
 * Asks the provider for a stream, as an attempt of a call.
 * @param made the request in its final form
 * @param hidesFailure see {@link StreamTap}
 * @returns the provider's stream, and who listens to it
 */
export async function openStream(
  call: ChatCall,
  made: object | Promise<object>,
  options: unknown,
  { hidesFailure = false } = {},
): Promise<{ readonly stream: unknown; readonly tap: StreamTap }> {
  const request = await made;
  const { completions } = call.origin.instance.client.chat;
  const asked = withStreamUsage(call, request);
  const sent = call.startAttempt(asked.request);
  let { isAdded: isUsageAdded } = asked;
  const send = async (final: object): Promise<unknown> => {
    const pending = completions.create(final, options);
    call.awaiting(responseOf(pending));
    return await pending;
  };
  const sendAgain = (error: unknown): Promise<unknown> => {
    if (!isUsageAdded || !isUsageRefused(error, call)) throw error;
    isUsageAdded = false;
    return send(call.sendsAgain(withoutStreamUsage(sent, request)));
  };
  let stream: unknown;
  try {
    stream = await send(sent).catch(sendAgain);
  } catch (error) {
    call.requestFailed(error);
    throw error;
  }
  const signal = signalOfStream(stream) ?? signalOf(options);
  const tap = new StreamTap(call, { isUsageAdded, signal, hidesFailure });
  tapStream(stream, tap);
  return { stream, tap };
}
