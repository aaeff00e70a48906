import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { Warnings } from "../warnings.js";

/**
 * The processors of our provider. More may be added later, and one that fails costs neither the others nor the traced
 * call.
 */
export class SpanProcessors implements SpanProcessor {
  #processors: readonly SpanProcessor[];
  readonly #warnings: Warnings;

  constructor(processors: readonly SpanProcessor[], warnings: Warnings) {
    this.#processors = [...processors];
    this.#warnings = warnings;
  }

  get count(): number {
    return this.#processors.length;
  }

  add(processor: SpanProcessor): void {
    this.#processors = [...this.#processors, processor];
  }

  onStart(span: Span, parent: Context): void {
    for (const processor of this.#processors) {
      try {
        processor.onStart(span, parent);
      } catch {
        this.#complain("started");
      }
    }
  }

  onEnding(span: Span): void {
    for (const processor of this.#processors) {
      try {
        processor.onEnding?.(span);
      } catch {
        this.#complain("was ending");
      }
    }
  }

  onEnd(span: ReadableSpan): void {
    for (const processor of this.#processors) {
      try {
        processor.onEnd(span);
      } catch {
        this.#complain("ended");
      }
    }
  }

  forceFlush(): Promise<void> {
    return this.#all((processor) => processor.forceFlush());
  }

  shutdown(): Promise<void> {
    return this.#all((processor) => processor.shutdown());
  }

  async #all(ask: (processor: SpanProcessor) => Promise<void>): Promise<void> {
    const asked = this.#processors.map(async (processor) => ask(processor));
    for (const { status } of await Promise.allSettled(asked)) {
      if (status === "rejected") this.#complain("was flushed");
    }
  }

  #complain(when: string): void {
    this.#warnings.warn(`processor ${when}`, `a span processor failed when a span ${when}`);
  }
}
