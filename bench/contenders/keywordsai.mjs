import { startTracing, withTask, withWorkflow } from "@keywordsai/tracing";
import { trace } from "@opentelemetry/api";
import { Instructor, OpenAI, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

export async function start({ url }) {
  // It writes several lines for every span, which no option turns off. Without them it is measured at its best.
  console.debug = () => undefined;
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  // Its class calls this as well, but without the exporter.
  await startTracing({
    apiKey: "bench-bench-bench",
    baseURL: url ?? "http://127.0.0.1:9",
    instrumentModules: { openAI: OpenAI },
    silenceInitializationMessage: true,
    ...(dropping === undefined ? {} : { exporter: dropping }),
  });

  const classify = (text) => withTask({ name: "classify" }, async (value) => classified(value), text);
  return {
    spans: () => dropping?.spans,
    // Its own forceFlush shuts the SDK down.
    flush: () => trace.getTracerProvider().getDelegate().forceFlush(),
    nested: (text) => withWorkflow({ name: "extract" }, async (value) => classify(value), text),
    structured: (fetch) => {
      const client = Instructor({ client: openai(fetch), mode: "TOOLS" });
      return (request) => client.chat.completions.create(request);
    },
  };
}
