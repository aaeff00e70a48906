import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";

/** What `spanPostprocess` may change of a span, and what it may read. The span itself stays as it is. */
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

/**
 * A span as it is exported where that differs from the span as it is, which belongs to its provider and is read by
 * other processors. Collections are shared with the span until {@link detach}.
 */
export class SpanCopy implements ReadableSpan, EditableSpan {
  name: string;
  attributes: Attributes;
  status: SpanStatus;
  events: TimedEvent[];
  links: Link[];
  readonly endTime: HrTime;
  readonly duration: HrTime;
  parentSpanContext?: SpanContext;
  readonly kind: SpanKind;
  readonly startTime: HrTime;
  readonly ended = true;
  resource: ReadableSpan["resource"];
  readonly instrumentationScope: ReadableSpan["instrumentationScope"];
  readonly spanContext: () => SpanContext;
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;

  constructor(span: ReadableSpan, parent: SpanContext | undefined) {
    const spanContext = span.spanContext();
    this.name = span.name;
    this.attributes = span.attributes;
    this.status = span.status;
    this.events = span.events;
    this.links = span.links;
    this.endTime = span.endTime;
    this.duration = span.duration;
    if (parent !== undefined) this.parentSpanContext = parent;
    this.kind = span.kind;
    this.startTime = span.startTime;
    this.resource = span.resource;
    this.instrumentationScope = span.instrumentationScope;
    this.spanContext = () => spanContext;
    this.droppedAttributesCount = span.droppedAttributesCount;
    this.droppedEventsCount = span.droppedEventsCount;
    this.droppedLinksCount = span.droppedLinksCount;
  }

  /** Makes everything that can be changed its own. */
  detach(): void {
    this.attributes = { ...this.attributes };
    this.status = { ...this.status };
    this.events = this.events.map((event) => ({ ...event, attributes: { ...event.attributes } }));
    this.links = this.links.map((link) => ({ ...link, attributes: { ...link.attributes } }));
  }
}
