import { Laminar, LaminarSpanProcessor, observe } from "@lmnr-ai/lmnr";
import { Instructor, OpenAI, classified, openai } from "../application.mjs";
import { DroppingExporter } from "./dropping-exporter.mjs";

export function start({ url }) {
  const dropping = url === undefined ? new DroppingExporter() : undefined;
  const { hostname, port, protocol, pathname } = new URL(url ?? "http://127.0.0.1:9");
  Laminar.initialize({
    projectApiKey: "bench",
    baseUrl: `${protocol}//${hostname}${pathname === "/" ? "" : pathname}`,
    httpPort: Number(port),
    forceHttp: true,
    instrumentModules: { openAI: OpenAI },
    logLevel: "error",
    ...(dropping === undefined ? {} : { spanProcessor: new LaminarSpanProcessor({ exporter: dropping }) }),
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
