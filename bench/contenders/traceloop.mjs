import * as traceloop from "@traceloop/node-server-sdk";
import { Instructor, OpenAI, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

export function start({ url }) {
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  traceloop.initialize({
    appName: "bench",
    apiKey: "bench",
    traceloopSyncEnabled: false,
    silenceInitializationMessage: true,
    instrumentModules: { openAI: OpenAI },
    ...(dropping === undefined ? { baseUrl: url } : { exporter: dropping }),
  });

  const classify = (text) => traceloop.withTask({ name: "classify" }, async (value) => classified(value), text);
  return {
    spans: () => dropping?.spans,
    flush: () => traceloop.forceFlush(),
    nested: (text) => traceloop.withWorkflow({ name: "extract" }, async (value) => classify(value), text),
    structured: (fetch) => {
      const client = Instructor({ client: openai(fetch), mode: "TOOLS" });
      return (request) => client.chat.completions.create(request);
    },
  };
}
