import { OpenAIInstrumentation as OpenInferenceInstrumentation } from "@arizeai/openinference-instrumentation-openai";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { Instrumentation } from "@opentelemetry/instrumentation";
import { OpenAIInstrumentation as OpenTelemetryInstrumentation } from "@opentelemetry/instrumentation-openai";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { OpenAIInstrumentation as TraceloopInstrumentation } from "@traceloop/instrumentation-openai";
import { RespanSpanProcessor, RespanTelemetry } from "respan-instructor";

const INSTRUMENTATIONS: Record<string, () => Instrumentation> = {
  openinference: () => new OpenInferenceInstrumentation(),
  traceloop: () => new TraceloopInstrumentation() as unknown as Instrumentation,
  opentelemetry: () => new OpenTelemetryInstrumentation(),
};

const generic = INSTRUMENTATIONS[process.env.GENERIC ?? ""];
const withRespan = process.env.WITH_RESPAN ?? "";
const options = process.env.WITH_GENERIC_SPANS === "1" ? { shouldExportSpan: () => true } : {};

const sdk = new NodeSDK({
  serviceName: "support-api",
  instrumentations: generic === undefined ? [] : [generic()],
  spanProcessors: [
    new BatchSpanProcessor(new OTLPTraceExporter({ url: process.env.YOUR_TRACES_URL ?? "" })),
    ...(withRespan === "pipeline" ? [new RespanSpanProcessor(options)] : []),
  ],
});
sdk.start();
const telemetry = withRespan === "beside" ? new RespanTelemetry(options) : undefined;

export async function shutdown(): Promise<void> {
  await telemetry?.shutdown();
  await sdk.shutdown();
}
