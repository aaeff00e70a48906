import type { ApiAttributes, ApiSpan, ApiValue } from "../../lib/viewer/api.js";
import type { FixtureTrace } from "./fixtures.js";

const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const STATUS_CODES = ["unset", "ok", "error"];
/** Traces in one request. */
const BATCH = 500;

/** Sends traces to the local server as OTLP in JSON. */
export async function sendTraces(address: string, traces: readonly FixtureTrace[]): Promise<void> {
  for (let at = 0; at < traces.length; at += BATCH) {
    const resourceSpans = traces.slice(at, at + BATCH).flatMap(({ traceId, spans }) =>
      spans.map((span) => ({
        resource: { attributes: keyValues(span.resource) },
        scopeSpans: [{ scope: span.scope, spans: [otlpSpan(traceId, span)] }],
      })),
    );
    const response = await fetch(`${address}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ resourceSpans }),
    });
    if (!response.ok) throw new Error(`the receiver answered ${response.status}: ${await response.text()}`);
  }
}

function otlpSpan(traceId: string, span: ApiSpan): object {
  return {
    traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: KINDS.indexOf(span.kind),
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds(span.startTime + span.durationMs),
    status: { code: STATUS_CODES.indexOf(span.status.code), message: span.status.message },
    attributes: keyValues(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      timeUnixNano: nanoseconds(time),
      attributes: keyValues(attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: keyValues(link.attributes) })),
  };
}

const nanoseconds = (milliseconds: number): string => String(BigInt(Math.round(milliseconds * 1_000)) * 1_000n);

function keyValues(attributes: ApiAttributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: ApiValue): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (value === null) return {};
  if (isList(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: keyValues(value) } };
}

const isList = (value: ApiValue): value is readonly ApiValue[] => Array.isArray(value);
