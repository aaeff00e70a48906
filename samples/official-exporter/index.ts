import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

const { RESPAN_BASE_URL = "https://api.respan.ai/api", RESPAN_API_KEY = "" } = process.env;

// OpenTelemetry's exporter instead of the built-in one. It needs the address and the key itself.
export const telemetry = new RespanTelemetry({
  appName: "structured-output-api",
  exporter: new OTLPTraceExporter({
    url: `${RESPAN_BASE_URL}/v2/traces`,
    headers: { authorization: `Bearer ${RESPAN_API_KEY}` },
  }),
});
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

export function run() {
  return client.create({
    model: "gpt-4o-mini",
    response_model: { schema: SupportTicket, name: "SupportTicket" },
    messages: [{ role: "user", content: "ACME cannot log in before a security audit and needs help today." }],
  });
}
