import type { SpanContext } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";

/** A span's place among the spans that are exported. */
interface Place {
  readonly isAccepted: boolean;
  /** The nearest ancestor that is exported; `undefined` where the span becomes a root. */
  readonly ancestor: SpanContext | undefined;
}

/**
 * Hangs each exported span on its nearest exported ancestor, so that a trace has no missing parents. Places are kept by
 * the very objects of the spans and go with them, however long a child may still start under a span that has ended.
 */
export class AcceptedAncestry {
  /** By span context, which is where a child finds its parent. Only spans that are not exported are here. */
  readonly #rejected = new WeakMap<SpanContext, Place>();
  /** Exported spans whose parent is not. */
  readonly #moved = new WeakMap<ReadableSpan, Place>();

  /** Notes a span that starts. */
  note(span: ReadableSpan, isAccepted: boolean): void {
    const parent = span.parentSpanContext;
    const above = parent === undefined ? undefined : this.#rejected.get(parent);
    if (isAccepted) {
      if (above !== undefined) this.#moved.set(span, { isAccepted, ancestor: above.ancestor });
      return;
    }
    this.#rejected.set(span.spanContext(), {
      isAccepted,
      ancestor: above === undefined ? known(parent) : above.ancestor,
    });
  }

  /** Whether a span that ends is exported. */
  isAccepted(span: ReadableSpan): boolean {
    return !this.#rejected.has(span.spanContext());
  }

  /** The parent that a span is exported with. */
  parentOf(span: ReadableSpan): SpanContext | undefined {
    const place = this.#moved.get(span);
    return place === undefined ? span.parentSpanContext : place.ancestor;
  }
}

/**
 * A parent in another process, under which an instrumentation put a span that is not exported, is most likely such a
 * span itself: nobody knows that it is exported.
 */
function known(parent: SpanContext | undefined): SpanContext | undefined {
  return parent?.isRemote === true ? undefined : parent;
}
