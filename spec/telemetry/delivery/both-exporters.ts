/** Sends the same spans by our exporter and then by OpenTelemetry's: `both-exporters.ts TRACES-URL`. */
import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import type { ExportResult } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { RespanExporter } from "../../../lib/telemetry/delivery/respan-exporter.js";
import { readSettings } from "../../../lib/telemetry/settings/settings.js";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";

/** Spans with everything that a span can have, of two resources and two scopes. */
function madeSpans(): ReadableSpan[] {
  return ["support-api", "billing-api"].flatMap((name) => {
    const kept = new InMemorySpanExporter();
    const provider = new NodeTracerProvider({
      resource: resourceFromAttributes({ "service.name": name, "host.id": 7 }),
      spanProcessors: [new SimpleSpanProcessor(kept)],
    });
    const parent = provider.getTracer("one", "1.0.0").startSpan("parent", { startTime: [1_700_000_000, 123] });
    const context = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
    const span = provider.getTracer("two").startSpan("child", {
      kind: SpanKind.PRODUCER,
      attributes: { text: "Grüße 😀", flag: true, count: 42, ratio: 0.5, list: ["a", "b"], numbers: [1, 2.5] },
      links: [{ context: { ...context, traceFlags: TraceFlags.SAMPLED }, attributes: { why: "before" } }],
    });
    span.addEvent("instructor.attempt", { "instructor.attempt.number": 1 });
    span.recordException(new Error("no"));
    span.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
    span.end();
    parent.end();
    return kept.getFinishedSpans();
  });
}

async function main(url: string): Promise<void> {
  // Our requests do not keep a process alive.
  const alive = setInterval(() => undefined, 1_000);
  const spans = madeSpans();
  const ours = new RespanExporter({ ...readSettings({ apiKey: "key" }, {}), baseUrl: url }, new Warnings());
  console.log(await ours.export(spans, new AbortController().signal));
  await ours.shutdown();
  const theirs = new OTLPTraceExporter({ url });
  console.log(await new Promise<ExportResult>((resolve) => theirs.export(spans, resolve)));
  await theirs.shutdown();
  clearInterval(alive);
}

void main(process.argv[2] ?? "");
