import type { Attributes, HrTime, SpanContext } from "@opentelemetry/api";
import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-node";
import * as names from "../../wire/attributes.js";

/** A span as it is exported. The span itself belongs to its provider, and other processors read it. */
export type SpanCopy = { -readonly [Part in keyof ReadableSpan]: ReadableSpan[Part] };

/** Copies a span under another parent. Collections are shared with the span until {@link detach}. */
export function copyOf(span: ReadableSpan, parent: SpanContext | undefined): SpanCopy {
  const spanContext = span.spanContext();
  const copy: SpanCopy = {
    name: span.name,
    kind: span.kind,
    spanContext: () => spanContext,
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
  if (parent !== undefined) copy.parentSpanContext = parent;
  return copy;
}

/** Gives a copy collections of its own. */
export function detach(copy: SpanCopy): void {
  copy.attributes = { ...copy.attributes };
  copy.status = { ...copy.status };
  copy.events = copy.events.map((event) => ({ ...event, attributes: { ...event.attributes } }));
  copy.links = copy.links.map((link) => ({ ...link, attributes: { ...link.attributes } }));
}

/**
 * A span's events, none of them outside of the span. Ours never are. One that other code adds through OpenTelemetry's API
 * has the time of the wall clock, in whole milliseconds, which may lie before the span's start.
 */
export function clampedEvents({ events, startTime, endTime }: ReadableSpan): TimedEvent[] {
  return events.map((event) => {
    if (isBefore(event.time, startTime)) return { ...event, time: startTime };
    return isBefore(endTime, event.time) ? { ...event, time: endTime } : event;
  });
}

function isBefore(a: HrTime, b: HrTime): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/**
 * Values that the service reads under a name of its own: OpenTelemetry's name, and the service's. Of two names for one
 * column, the first that a span has counts.
 */
const COLUMNS: readonly (readonly [from: string, column: string])[] = [
  [names.GEN_AI_USAGE_CACHE_READ, names.PROMPT_CACHE_HIT_TOKENS],
  [names.GEN_AI_USAGE_CACHE_READ_OLD, names.PROMPT_CACHE_HIT_TOKENS],
  [names.GEN_AI_USAGE_CACHE_WRITE, names.PROMPT_CACHE_CREATION_TOKENS],
  // Spellings of other instrumentations.
  ["gen_ai.usage.cache_creation.input_tokens", names.PROMPT_CACHE_CREATION_TOKENS],
  ["gen_ai.usage.cache_creation_input_tokens", names.PROMPT_CACHE_CREATION_TOKENS],
  [names.GEN_AI_REQUEST_STREAM, names.LLM_IS_STREAMING],
  [names.GEN_AI_IS_STREAMING, names.LLM_IS_STREAMING],
  [names.GEN_AI_USAGE_REASONING, names.LLM_USAGE_REASONING_TOKENS],
  [names.GEN_AI_USAGE_REASONING_OLD, names.LLM_USAGE_REASONING_TOKENS],
  [names.GEN_AI_REQUEST_FREQUENCY_PENALTY, names.LLM_FREQUENCY_PENALTY],
  [names.GEN_AI_REQUEST_PRESENCE_PENALTY, names.LLM_PRESENCE_PENALTY],
  [names.GEN_AI_REQUEST_REASONING_LEVEL, names.LLM_REQUEST_REASONING_EFFORT],
  [names.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, names.LLM_TIME_TO_FIRST_TOKEN],
];

/** A span's attributes, with the service's own columns that it lacks. */
export function withColumns({ attributes, status }: Pick<ReadableSpan, "attributes" | "status">): Attributes {
  const columns = { ...attributes };
  for (const [from, column] of COLUMNS) {
    const value = attributes[from];
    if (value !== undefined) columns[column] ??= value;
  }
  // The message is content: where content is off, the status has none.
  const { code, message = "" } = status;
  if (code === SpanStatusCode.ERROR && message !== "") columns[names.ERROR_MESSAGE] ??= message;
  return columns;
}

/** Usage and content that the gateway has recorded, by how names begin; the service would count and bill the call twice. */
const RECORDED = [
  "gen_ai.usage.",
  "llm.usage.",
  "prompt_cache_",
  names.GEN_AI_PROMPT_PREFIX,
  names.GEN_AI_COMPLETION_PREFIX,
  names.GEN_AI_INPUT_MESSAGES,
  names.GEN_AI_OUTPUT_MESSAGES,
  names.ENTITY_INPUT,
  names.ENTITY_OUTPUT,
  names.ATTEMPT_INPUT_TOKENS,
  names.ATTEMPT_OUTPUT_TOKENS,
  names.ATTEMPT_CACHED_TOKENS,
  names.ATTEMPT_ANSWER,
  names.ATTEMPT_ISSUES,
  names.ATTEMPT_ADDED_MESSAGES,
];

/** Makes of a span whose call Respan's hosted gateway has recorded a link to that record, without usage and content. */
export function leaveToGateway(copy: SpanCopy): void {
  if (typeof copy.attributes[names.GATEWAY_LOG_ID] !== "string") return;
  copy.attributes = withoutRecorded(copy.attributes);
  copy.events = copy.events.map((event) =>
    event.name === names.ATTEMPT_EVENT ? { ...event, attributes: withoutRecorded(event.attributes) } : event,
  );
}

function withoutRecorded(attributes: Attributes = {}): Attributes {
  const isRecorded = (name: string): boolean => RECORDED.some((start) => name.startsWith(start));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isRecorded(name)));
}

/** The name that the Python system's semantic style gives a span; `undefined` where it gives none. */
export function semanticName(attributes: Attributes): string | undefined {
  if (attributes[names.LLM_REQUEST_TYPE] === "chat") return joined("llm", attributes[names.GEN_AI_REQUEST_MODEL]);
  const kind = attributes[names.SPAN_KIND];
  if (kind === "agent" || kind === "tool") return joined(kind, attributes[names.ENTITY_NAME]);
  return kind === "workflow" || kind === "task" ? kind : undefined;
}

function joined(kind: string, name: unknown): string {
  const part = typeof name === "string" ? sanitized(name) : "";
  return part === "" ? kind : `${kind}.${part}`;
}

/** A name as the Python system writes it: arrows and whatever is no letter, digit, `.` or `-` become `_`. */
function sanitized(name: string): string {
  return name
    .replace(/\s*(?:->|\u2192)\s*/gu, "_")
    .replace(/[^\p{L}\p{N}_.-]+/gu, "_")
    .replace(/^[_.-]+|[_.-]+$/g, "");
}
