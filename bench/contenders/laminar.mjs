import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { Laminar, LaminarSpanProcessor, observe } from "@lmnr-ai/lmnr";
import { Instructor, OpenAI, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

export function start({ url }) {
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  // Its own exporter puts the port behind the path of an address; ours has a path for each contender.
  const exporter = dropping ?? new OTLPTraceExporter({ url: `${url}/v1/traces` });
  Laminar.initialize({
    projectApiKey: "bench",
    baseUrl: "http://127.0.0.1",
    instrumentModules: { openAI: OpenAI },
    logLevel: "error",
    spanProcessor: new LaminarSpanProcessor({ exporter }),
  });

  const classify = (text) => observe({ name: "classify" }, async (value) => classified(value), text);
  return {
    spans: () => dropping?.spans,
    flush: () => Laminar.flush(),
    nested: (text) => observe({ name: "extract" }, async (value) => classify(value), text),
    structured: (fetch) => {
      const client = Instructor({ client: openai(fetch), mode: "TOOLS" });
      return (request) => client.chat.completions.create(request);
    },
  };
}
