import { register } from "node:module";
import { SpanKind } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { UndiciInstrumentation } from "@opentelemetry/instrumentation-undici";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { RespanSpanProcessor } from "respan-instructor";

// For the instrumentations, as OpenTelemetry's documentation says for ES modules.
register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);

const sdk = new NodeSDK({
  serviceName: "support-api",
  instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()],
  spanProcessors: [
    new BatchSpanProcessor(new OTLPTraceExporter({ url: process.env.YOUR_TRACES_URL ?? "" })),
    new RespanSpanProcessor(
      // Without the option: our spans and GenAI spans. Here the incoming request as well, so that it is the root.
      process.env.WITH_REQUESTS === "1"
        ? { shouldExportSpan: (span, byDefault) => byDefault || span.kind === SpanKind.SERVER }
        : {},
    ),
  ],
});
sdk.start();
process.once("SIGTERM", () => void sdk.shutdown());
