import OpenAI from "openai";
import { createTracedInstructor, propagateAttributes, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// Defaults of the process, overridden and merged for one request.
export const telemetry = new RespanTelemetry({
  appName: "structured-output-api",
  customerIdentifier: "user_123",
  metadata: { service: "extraction-api" },
});
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const Invoice = z.object({ vendor: z.string(), invoice_id: z.string(), total_usd: z.number() });

const extract = () =>
  client.create({
    model: "gpt-4o-mini",
    response_model: { schema: Invoice, name: "Invoice" },
    messages: [{ role: "user", content: "Extract this invoice: Northwind NW-1042, 298.00 USD." }],
  });

export function run() {
  return propagateAttributes(
    {
      customerIdentifier: "user_456",
      threadIdentifier: "conversation_abc",
      metadata: { route: "invoice-extraction", example_script: "01_create" },
    },
    extract,
  );
}
