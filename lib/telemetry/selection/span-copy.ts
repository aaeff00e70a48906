import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace";

/** What `spanPostprocess` may change of a span, and what it may read. The span itself stays as it is. */
export interface EditableSpan {
  name: string;
  attributes: Attributes;
  status: SpanStatus;
  events: TimedEvent[];
  links: Link[];
  readonly kind: SpanKind;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly parentSpanContext?: SpanContext;
  readonly resource: ReadableSpan["resource"];
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
  endTime: HrTime;
  duration: HrTime;
  parentSpanContext?: SpanContext;
  readonly kind: SpanKind;
  readonly startTime: HrTime;
  readonly ended = true;
  readonly resource: ReadableSpan["resource"];
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
