import type { ApiEvent, ApiLink, ApiSpan } from "../api.js";
import { attributesOf, fieldsOf, isFields, listOf, textOf } from "./any-value.js";
import type { Fields } from "./any-value.js";

/** A span as it arrived, with the trace that it belongs to. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly span: ApiSpan;
}

export interface ReceivedSpans {
  readonly spans: readonly ReceivedSpan[];
  /** How many spans had no usable trace id or span id. */
  readonly rejected: number;
}

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"] as const;
const STATUS_CODES = ["unset", "ok", "error"] as const;

/** A body that is no OTLP trace request; the sender is told so. */
export class MalformedBodyError extends Error {
  override readonly name = "MalformedBodyError";
}

/**
 * The spans of an `ExportTraceServiceRequest` in its JSON form, from any sender. A span needs its two ids; whatever else
 * is absent or of another type is left out.
 */
export function spansOf(request: unknown, receivedAt: number): ReceivedSpans {
  if (!isFields(request)) throw new MalformedBodyError("the body is not an OTLP trace request");
  const { resourceSpans } = request;
  if (resourceSpans !== undefined && resourceSpans !== null && !Array.isArray(resourceSpans)) {
    throw new MalformedBodyError("resourceSpans is not a list");
  }
  const spans: ReceivedSpan[] = [];
  let rejected = 0;
  for (const ofResource of listOf(resourceSpans).map(fieldsOf)) {
    const resource = attributesOf(fieldsOf(ofResource.resource).attributes);
    // The first releases of the protocol said "instrumentation library".
    for (const ofScope of listOf(ofResource.scopeSpans ?? ofResource.instrumentationLibrarySpans).map(fieldsOf)) {
      const scope = scopeOf(fieldsOf(ofScope.scope ?? ofScope.instrumentationLibrary));
      for (const span of listOf(ofScope.spans).map(fieldsOf)) {
        const traceId = idOf(span.traceId, 32);
        const spanId = idOf(span.spanId, 16);
        if (traceId === undefined || spanId === undefined) rejected++;
        else spans.push({ traceId, span: { spanId, ...contentOf(span, receivedAt), resource, scope } });
      }
    }
  }
  return { spans, rejected };
}

function contentOf(span: Fields, receivedAt: number): Omit<ApiSpan, "spanId" | "resource" | "scope"> {
  const parentSpanId = idOf(span.parentSpanId, 16);
  const end = timeOf(span.endTimeUnixNano);
  const startTime = timeOf(span.startTimeUnixNano) ?? end ?? receivedAt;
  const status = fieldsOf(span.status);
  const message = textOf(status.message);
  return {
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: textOf(span.name) ?? "",
    kind: choiceOf(KINDS, span.kind, "SPAN_KIND_"),
    startTime,
    durationMs: end === undefined ? 0 : microseconds(Math.max(0, end - startTime)),
    status: {
      code: choiceOf(STATUS_CODES, status.code, "STATUS_CODE_"),
      ...(message !== undefined && message !== "" && { message }),
    },
    attributes: attributesOf(span.attributes),
    events: listOf(span.events).map((event) => eventOf(fieldsOf(event), startTime)),
    links: listOf(span.links).map((link) => linkOf(fieldsOf(link))),
  };
}

function eventOf(event: Fields, startTime: number): ApiEvent {
  return {
    name: textOf(event.name) ?? "",
    time: timeOf(event.timeUnixNano) ?? startTime,
    attributes: attributesOf(event.attributes),
  };
}

function linkOf(link: Fields): ApiLink {
  return {
    traceId: idOf(link.traceId, 32) ?? "",
    spanId: idOf(link.spanId, 16) ?? "",
    attributes: attributesOf(link.attributes),
  };
}

function scopeOf(scope: Fields): ApiSpan["scope"] {
  const version = textOf(scope.version);
  return { name: textOf(scope.name) ?? "", ...(version !== undefined && version !== "" && { version }) };
}

/** Hex digits of the right length, in lower case; an id of zeros is none. */
function idOf(value: unknown, digits: number): string | undefined {
  if (typeof value !== "string" || value.length !== digits) return undefined;
  return /^[0-9a-f]+$/i.test(value) && !/^0+$/.test(value) ? value.toLowerCase() : undefined;
}

/** Nanoseconds since 1970, as text or number, in milliseconds; zero is none. */
function timeOf(nanos: unknown): number | undefined {
  const number = typeof nanos === "string" || typeof nanos === "number" ? Number(nanos) : 0;
  return Number.isFinite(number) && number > 0 ? microseconds(number / 1e6) : undefined;
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e3) / 1e3;
}

/** An enum as its number, or as the name that some senders write. */
function choiceOf<Choice extends string>(choices: readonly Choice[], value: unknown, prefix: string): Choice {
  const index =
    typeof value === "string" && value.startsWith(prefix)
      ? choices.findIndex((choice) => choice === value.slice(prefix.length).toLowerCase())
      : Number(value);
  const [first] = choices;
  const choice = choices[index] ?? first;
  if (choice === undefined) throw new Error("an enum has at least one value");
  return choice;
}
