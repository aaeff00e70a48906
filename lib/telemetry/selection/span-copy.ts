import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";

/** The parts of a span that `spanPostprocess` may change or read. The span itself stays as it is. */
export interface EditableSpan {
  /** Its name at Respan. */
  name: string;
  /** All of them: deleting one keeps it in the process. */
  attributes: Attributes;
  /** Whether it failed, and the error's message. */
  status: SpanStatus;
  /** Attempts and exceptions among them, each with a time and attributes. */
  events: TimedEvent[];
  /** Spans of other traces that it belongs to. */
  links: Link[];
  /** `CLIENT` for a structured call, `INTERNAL` for a decorated method. */
  readonly kind: SpanKind;
  /** Seconds since 1970, and nanoseconds. */
  readonly startTime: HrTime;
  /** Seconds since 1970, and nanoseconds; never before the start. */
  readonly endTime: HrTime;
  /** Seconds and nanoseconds. */
  readonly duration: HrTime;
  /** The span that it hangs on at Respan; absent for a root. */
  readonly parentSpanContext?: SpanContext;
  /** Attributes of the service, `service.name` among them. */
  readonly resource: ReadableSpan["resource"];
  /** Who made it: `respan-instructor`, or an instrumentation. */
  readonly instrumentationScope: ReadableSpan["instrumentationScope"];
  /** Its ids and flags. */
  readonly spanContext: () => SpanContext;
}

/** A span as it is exported. The span itself belongs to its provider, and other processors read it. */
export type SpanCopy = { -readonly [Part in keyof ReadableSpan]: ReadableSpan[Part] };

/** Copies a span under another parent. Collections are shared with the span until {@link detach}. */
export function copyOf(span: ReadableSpan, parent: SpanContext | undefined): SpanCopy {
  const spanContext = span.spanContext();
  return {
    name: span.name,
    kind: span.kind,
    spanContext: () => spanContext,
    ...(parent !== undefined && { parentSpanContext: parent }),
    startTime: span.startTime,
    endTime: span.endTime,
    duration: span.duration,
    ended: true,
    status: span.status,
    attributes: span.attributes,
    events: span.events,
    links: span.links,
    resource: span.resource,
    instrumentationScope: span.instrumentationScope,
    droppedAttributesCount: span.droppedAttributesCount,
    droppedEventsCount: span.droppedEventsCount,
    droppedLinksCount: span.droppedLinksCount,
  };
}

/** Gives a copy collections of its own. */
export function detach(copy: SpanCopy): void {
  copy.attributes = { ...copy.attributes };
  copy.status = { ...copy.status };
  copy.events = copy.events.map((event) => ({ ...event, attributes: { ...event.attributes } }));
  copy.links = copy.links.map((link) => ({ ...link, attributes: { ...link.attributes } }));
}
