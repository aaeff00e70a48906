import type { Tracer } from "@opentelemetry/api";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { NodeTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import type { ApiSpan } from "../../lib/viewer/api.js";
import type { ReceivedSpan } from "../../lib/viewer/otlp/spans.js";

/** A span as the receiver hands it to the store. */
export function received(traceId: string, spanId: string, parts: Partial<ApiSpan> = {}): ReceivedSpan {
  const span: ApiSpan = {
    spanId: spanId.padStart(16, "0"),
    name: "work",
    kind: "internal",
    startTime: 1_000,
    durationMs: 10,
    status: { code: "unset" },
    attributes: {},
    events: [],
    links: [],
    resource: { "service.name": "desk" },
    scope: { name: "spec" },
    ...parts,
  };
  return { traceId: traceId.padStart(32, "0"), span };
}

/** Spans that OpenTelemetry itself made, as one request in both forms of OTLP. */
export function recorded(record: (tracer: Tracer) => void): { protobuf: Uint8Array; json: Uint8Array } {
  const spans = finishedSpans(record);
  return { protobuf: serialized(ProtobufTraceSerializer, spans), json: serialized(JsonTraceSerializer, spans) };
}

function finishedSpans(record: (tracer: Tracer) => void): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "desk", "host.cpus": 2 }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  record(provider.getTracer("spec", "1.2.3"));
  return exporter.getFinishedSpans();
}

function serialized(serializer: typeof JsonTraceSerializer, spans: ReadableSpan[]): Uint8Array {
  return serializer.serializeRequest(spans)!;
}

/** An OTLP request in JSON with so many spans of one trace, about a kilobyte each. */
export function requestOf(traceId: string, from: number, count: number): string {
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: traceId.padStart(32, "0"),
    spanId: (from + index + 1).toString(16).padStart(16, "0"),
    name: "work",
    startTimeUnixNano: "1700000000000000000",
    endTimeUnixNano: "1700000000010000000",
    attributes: [{ key: "text", value: { stringValue: "x".repeat(200) } }],
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}
