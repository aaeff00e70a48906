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
      // By default only this package's spans and GenAI spans are exported. Here the incoming request too, as the root.
      process.env.WITH_REQUESTS === "1"
        ? { shouldExportSpan: (span, byDefault) => byDefault || span.kind === SpanKind.SERVER }
        : {},
    ),
  ],
});
sdk.start();
process.once("SIGTERM", () => void sdk.shutdown());
