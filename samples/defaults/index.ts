import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// Defaults of every span of this process.
export const telemetry = new RespanTelemetry({
  appName: "structured-output-api",
  customerIdentifier: "user_123",
  environment: "production",
  metadata: { service: "extraction-api", version: "1.0.0" },
});
const client = createTracedInstructor({ client: new OpenAI(), mode: "JSON" });

const Invoice = z.object({ vendor: z.string(), invoice_id: z.string(), total_usd: z.number() });

export function run() {
  return client.create({
    model: "gpt-4o-mini",
    response_model: { schema: Invoice, name: "Invoice" },
    messages: [{ role: "user", content: "Northwind invoice NW-1042 totals 298.00 USD." }],
  });
}
