import { OpenAIInstrumentation } from "@arizeai/openinference-instrumentation-openai";
import { traceChain, withSpan } from "@arizeai/openinference-core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { Instructor, OpenAI, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

export function start({ url }) {
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  const exporter = dropping ?? new OTLPTraceExporter({ url: `${url}/v1/traces` });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  const instrumentation = new OpenAIInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(OpenAI);

  const classify = withSpan(async (text) => classified(text), { name: "classify" });
  return {
    spans: () => dropping?.spans,
    flush: () => provider.forceFlush(),
    nested: traceChain(async (text) => classify(text), { name: "extract" }),
    sync: withSpan((text) => classified(text), { name: "measure" }),
    structured: (fetch) => {
      const client = Instructor({ client: openai(fetch), mode: "TOOLS" });
      return (request) => client.chat.completions.create(request);
    },
  };
}
