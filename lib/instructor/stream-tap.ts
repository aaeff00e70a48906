import { quietly } from "../scope/quietly.js";
import { isAborted } from "./call-error.js";
import type { ChatCall } from "./chat-call.js";
import type { IterationObserver } from "./observed-iteration.js";
import { observeIteration } from "./observed-iteration.js";
import { isUsageAlone, StreamedCompletion } from "./streamed-completion.js";

/** How a provider's stream ended. */
export type StreamEnd = "open" | "finished" | "aborted" | "returned" | "failed";

/**
 * Listens to a provider's stream on behalf of a call: puts the answer together, leaves out the chunk that only the
 * span asked for, and says how it ended. It reads nothing itself.
 */
export class StreamTap implements IterationObserver {
  readonly completion = new StreamedCompletion();
  end: StreamEnd = "open";
  /** What the stream failed with. */
  error: unknown;
  private hasChunk = false;

  /**
   * @param isUsageAdded whether the chunk with the usage was not asked for by the caller
   * @param signal the stream's own, which says whether it was stopped
   * @param onEnd told once the stream has ended, in whatever way
   * @param hidesFailure whether the consumer is to see a failed stream end: whoever listens throws the error then
   */
  constructor(
    private readonly call: ChatCall,
    private readonly isUsageAdded: boolean,
    private readonly signal: unknown,
    private readonly onEnd: ((call: ChatCall, tap: StreamTap) => void) | undefined,
    private readonly hidesFailure: boolean,
  ) {}

  run<R>(step: () => R): R {
    return this.call.within(step);
  }

  yielded(chunk: unknown): boolean {
    if (!this.hasChunk) {
      this.hasChunk = true;
      this.call.firstChunk();
    }
    this.completion.add(chunk);
    return !this.isUsageAdded || this.isWanted(chunk);
  }

  /** Takes away what only the span has asked for. */
  private isWanted(chunk: unknown): boolean {
    try {
      if (isUsageAlone(chunk)) return false;
      withoutNullUsage(chunk);
    } catch {
      // A chunk in a form of its own, whose reader will see what it does.
    }
    return true;
  }

  finished(): void {
    // OpenAI's stream ends without an error when it is stopped by its signal.
    this.conclude(isAborted(this.signal) ? "aborted" : "finished");
  }

  returned(): void {
    this.conclude("returned");
  }

  failed(error: unknown): boolean {
    this.error = error;
    this.conclude("failed");
    return this.hidesFailure;
  }

  private conclude(end: StreamEnd): void {
    if (this.end !== "open") return;
    this.end = end;
    const completion = this.completion.toCompletion();
    if (end === "finished") this.call.answered(completion);
    else this.call.answeredInPart(completion);
    if (end === "failed") this.call.refused(this.error);
    this.onEnd?.(this.call, this);
  }
}

/** Where the usage was asked for, OpenAI adds `usage: null` to every other chunk. */
function withoutNullUsage(chunk: unknown): void {
  if (typeof chunk === "object" && chunk !== null && (chunk as { usage?: unknown }).usage === null) {
    Reflect.deleteProperty(chunk, "usage");
  }
}

interface StreamLike {
  iterator?: () => object;
  next?: unknown;
  [Symbol.asyncIterator]?: () => object;
}

/**
 * Lets a tap listen to the first consumer of a stream, on the very object: it stays an instance of its class, and
 * `tee()` and `toReadableStream()` work. What is no stream is left alone.
 * @returns whether it is one
 */
export function tapStream(stream: unknown, tap: StreamTap): stream is object {
  if (typeof stream !== "object" || stream === null) return false;
  return quietly("a provider's stream could not be observed", () => tapKnown(stream, tap)) ?? true;
}

function tapKnown(target: StreamLike, tap: StreamTap): boolean {
  const iterate = target[Symbol.asyncIterator];
  // What is read without waiting would never see the end of promises.
  if (typeof iterate !== "function") return false;
  // OpenAI's `Stream`: everything that it offers begins with its `iterator`.
  if (typeof target.iterator === "function") tapFirst(target, "iterator", target.iterator, tap);
  else if (typeof target.next === "function") observeIteration(target, tap);
  else tapFirst(target, Symbol.asyncIterator, iterate, tap);
  return true;
}

function tapFirst(target: object, name: PropertyKey, iterate: () => object, tap: StreamTap): void {
  let isTapped = false;
  Object.defineProperty(target, name, {
    configurable: true,
    writable: true,
    enumerable: false,
    value: () => {
      const iterator = iterate.call(target);
      // A second consumer gets what it gets: an error of OpenAI's own.
      if (!isTapped) observeIteration(iterator, tap);
      isTapped = true;
      return iterator;
    },
  });
}

/** The signal by which a stream of OpenAI's is stopped. */
export function signalOfStream(stream: unknown): unknown {
  try {
    return (stream as { controller?: { signal?: unknown } | null } | null)?.controller?.signal;
  } catch {
    return undefined;
  }
}
