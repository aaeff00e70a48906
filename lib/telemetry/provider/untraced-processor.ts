import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { callUntraced } from "../../scope/untraced.js";

/** A processor of the user's, whose callbacks open no spans and are not told of spans that they start themselves. */
export class UntracedProcessor implements SpanProcessor {
  readonly #processor: SpanProcessor;
  /** One for each callback: a span that one of them starts on purpose is still told to the others. */
  readonly #starting = {};
  readonly #ending = {};
  readonly #ended = {};

  constructor(processor: SpanProcessor) {
    this.#processor = processor;
  }

  onStart(span: Span, parent: Context): void {
    // Returned, so that a promise where none belongs is noticed.
    return callUntraced(this.#starting, undefined, () => this.#processor.onStart(span, parent));
  }

  onEnding(span: Span): void {
    return callUntraced(this.#ending, undefined, () => this.#processor.onEnding?.(span));
  }

  onEnd(span: ReadableSpan): void {
    return callUntraced(this.#ended, undefined, () => this.#processor.onEnd(span));
  }

  forceFlush(): Promise<void> {
    return this.#processor.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#processor.shutdown();
  }
}
