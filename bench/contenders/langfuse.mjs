import { observeOpenAI } from "@langfuse/openai";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { observe } from "@langfuse/tracing";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { Instructor, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

export function start({ url }) {
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  // Beside the other peers its own exporter resolves to one for OpenTelemetry 1, which cannot read these spans.
  const exporter = dropping ?? new OTLPTraceExporter({ url: `${url}/api/public/otel/v1/traces` });
  const processor = new LangfuseSpanProcessor({
    publicKey: "pk-lf-bench",
    secretKey: "sk-lf-bench",
    baseUrl: url ?? "http://langfuse.invalid",
    exporter,
  });
  new NodeTracerProvider({ spanProcessors: [processor] }).register();

  const classify = observe(async (text) => classified(text), { name: "classify" });
  return {
    spans: () => dropping?.spans,
    flush: () => processor.forceFlush(),
    nested: observe(async (text) => classify(text), { name: "extract" }),
    sync: observe((text) => classified(text), { name: "measure" }),
    structured: (fetch) => {
      const client = Instructor({ client: observeOpenAI(openai(fetch)), mode: "TOOLS" });
      return (request) => client.chat.completions.create(request);
    },
  };
}
