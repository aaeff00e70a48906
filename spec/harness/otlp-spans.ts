import type {
  ExportTraceServiceRequest,
  WireAnyValue,
  WireEvent,
  WireKeyValue,
  WireLink,
  WireResourceSpans,
  WireScopeSpans,
  WireSpan,
} from "./otlp-messages.js";

export type AttributeValue =
  string | number | bigint | boolean | Buffer | undefined | AttributeValue[] | { [key: string]: AttributeValue };

export type Attributes = Record<string, AttributeValue>;

/** A span as it was received, in plain values. */
export interface ReceivedSpan {
  /** 32 hexadecimal digits. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
  /** Undefined for a span without a parent. */
  parentSpanId: string | undefined;
  name: string;
  /** The OpenTelemetry API's `SpanKind`: 0 INTERNAL, 1 SERVER, 2 CLIENT, 3 PRODUCER, 4 CONSUMER. */
  kind: number;
  /** 0 UNSET, 1 OK, 2 ERROR; the message only where there is one. */
  status: { code: number; message?: string };
  /** Nanoseconds since 1970. */
  startTime: bigint;
  endTime: bigint;
  attributes: Attributes;
  events: ReceivedEvent[];
  links: ReceivedLink[];
  resource: Attributes;
  scope: { name: string; version: string };
  flags: number;
  traceState: string;
  droppedAttributesCount: number;
  droppedEventsCount: number;
  droppedLinksCount: number;
}

export interface ReceivedEvent {
  name: string;
  time: bigint;
  attributes: Attributes;
  droppedAttributesCount: number;
}

export interface ReceivedLink {
  traceId: string;
  spanId: string;
  traceState: string;
  flags: number;
  attributes: Attributes;
  droppedAttributesCount: number;
}

/** A span and the spans under it, in the order in which they started. */
export interface SpanNode {
  span: ReceivedSpan;
  children: SpanNode[];
}

/** All spans of a request. */
export function receivedSpans(request: ExportTraceServiceRequest): ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap((resourceSpans) =>
    (resourceSpans.scopeSpans ?? []).flatMap((scopeSpans) =>
      (scopeSpans.spans ?? []).map((span) => receivedSpan(span, scopeSpans, resourceSpans)),
    ),
  );
}

/** The spans as trees; a span whose parent is not among them is a root. */
export function spanTrees(spans: readonly ReceivedSpan[]): SpanNode[] {
  const nodes = new Map<string, SpanNode>();
  for (const span of spans) nodes.set(span.traceId + span.spanId, { span, children: [] });
  const roots: SpanNode[] = [];
  for (const node of nodes.values()) {
    const { traceId, parentSpanId } = node.span;
    const parent = parentSpanId === undefined ? undefined : nodes.get(traceId + parentSpanId);
    (parent?.children ?? roots).push(node);
  }
  for (const node of nodes.values()) node.children.sort(byStart);
  return roots.sort(byStart);
}

function byStart(a: SpanNode, b: SpanNode): number {
  return a.span.startTime < b.span.startTime ? -1 : a.span.startTime > b.span.startTime ? 1 : 0;
}

function receivedSpan(span: WireSpan, { scope }: WireScopeSpans, { resource }: WireResourceSpans): ReceivedSpan {
  const message = span.status?.message ?? "";
  return {
    traceId: identifier(span.traceId),
    spanId: identifier(span.spanId),
    parentSpanId: identifier(span.parentSpanId) || undefined,
    name: span.name ?? "",
    // OTLP counts from 1, where 0 is "unspecified"; the API counts from 0.
    kind: (span.kind ?? 0) - 1,
    status: { code: span.status?.code ?? 0, ...(message !== "" && { message }) },
    startTime: BigInt(span.startTimeUnixNano ?? 0),
    endTime: BigInt(span.endTimeUnixNano ?? 0),
    attributes: attributes(span.attributes),
    events: (span.events ?? []).map(receivedEvent),
    links: (span.links ?? []).map(receivedLink),
    resource: attributes(resource?.attributes),
    scope: { name: scope?.name ?? "", version: scope?.version ?? "" },
    flags: span.flags ?? 0,
    traceState: span.traceState ?? "",
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    droppedEventsCount: span.droppedEventsCount ?? 0,
    droppedLinksCount: span.droppedLinksCount ?? 0,
  };
}

function receivedEvent(event: WireEvent): ReceivedEvent {
  return {
    name: event.name ?? "",
    time: BigInt(event.timeUnixNano ?? 0),
    attributes: attributes(event.attributes),
    droppedAttributesCount: event.droppedAttributesCount ?? 0,
  };
}

function receivedLink(link: WireLink): ReceivedLink {
  return {
    traceId: identifier(link.traceId),
    spanId: identifier(link.spanId),
    traceState: link.traceState ?? "",
    flags: link.flags ?? 0,
    attributes: attributes(link.attributes),
    droppedAttributesCount: link.droppedAttributesCount ?? 0,
  };
}

/** Attributes as an object; a key that comes twice is against the protocol and fails here. */
function attributes(pairs: readonly WireKeyValue[] = []): Attributes {
  const object: Attributes = {};
  for (const { key, value } of pairs) {
    if (Object.hasOwn(object, key)) throw new Error(`attribute ${key} was sent twice`);
    object[key] = plain(value);
  }
  return object;
}

function plain(value: WireAnyValue = {}): AttributeValue {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return integer(value.intValue);
  if (value.doubleValue !== undefined) return Number(value.doubleValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue !== undefined) return attributes(value.kvlistValue.values);
  if (typeof value.bytesValue === "string") return Buffer.from(value.bytesValue, "base64");
  return value.bytesValue === undefined ? undefined : Buffer.from(value.bytesValue);
}

/** A number where it is exact, else a bigint. */
function integer(value: string | number): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

function identifier(value: string | Uint8Array = ""): string {
  return typeof value === "string" ? value.toLowerCase() : Buffer.from(value).toString("hex");
}
