import type { Context } from "@opentelemetry/api";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { isUnwantedPromise } from "../../capture/unwanted-promise.js";
import { callUntraced } from "../../scope/tracing.js";
import type { Warnings } from "../diagnostics.js";

const ASYNC =
  "a span processor gave a promise where it must not be async; the promise is not awaited, and its errors are lost";

/**
 * The processors of our provider. More may be added later, and one that fails costs neither the others nor the traced
 * call.
 */
export class SpanProcessors implements SpanProcessor {
  #processors: readonly SpanProcessor[] = [];
  readonly #warnings: Warnings;

  constructor(warnings: Warnings) {
    this.#warnings = warnings;
  }

  add(...processors: readonly SpanProcessor[]): void {
    this.#processors = [...this.#processors, ...processors];
  }

  onStart(span: Span, parent: Context): void {
    this.#tell("started", (processor) => processor.onStart(span, parent));
  }

  onEnding(span: Span): void {
    this.#tell("was ending", (processor) => processor.onEnding?.(span));
  }

  onEnd(span: ReadableSpan): void {
    this.#tell("ended", (processor) => processor.onEnd(span));
  }

  forceFlush(): Promise<void> {
    return this.#all((processor) => processor.forceFlush());
  }

  shutdown(): Promise<void> {
    return this.#all((processor) => processor.shutdown());
  }

  #tell(when: string, tell: (processor: SpanProcessor) => unknown): void {
    for (const processor of this.#processors) {
      try {
        // One that is written as an async function rejects where another throws.
        if (isUnwantedPromise(tell(processor))) this.#warnings.warn("processor:async", ASYNC);
      } catch {
        this.#complain(when);
      }
    }
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

/** A processor of the options, whose callbacks open no spans and are not told of spans that they start themselves. */
export function untracedProcessor(processor: SpanProcessor): SpanProcessor {
  // Each callback is its own key: a span that one of them starts on purpose is still told to the others.
  const onStart: SpanProcessor["onStart"] = (span, parent) =>
    callUntraced(onStart, undefined, () => processor.onStart(span, parent));
  const onEnding = (span: Span): void => callUntraced(onEnding, undefined, () => processor.onEnding?.(span));
  const onEnd: SpanProcessor["onEnd"] = (span) => callUntraced(onEnd, undefined, () => processor.onEnd(span));
  return {
    onStart,
    onEnding,
    onEnd,
    forceFlush: () => processor.forceFlush(),
    shutdown: () => processor.shutdown(),
  };
}
