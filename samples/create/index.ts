import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// A nested schema, one chat span.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const InvoiceLine = z.object({ sku: z.string(), quantity: z.number().int(), unit_price_usd: z.number() });
const Invoice = z.object({
  vendor: z.string(),
  invoice_id: z.string(),
  line_items: z.array(InvoiceLine),
  total_usd: z.number(),
});

export function run() {
  return client.create({
    model: "gpt-4o-mini",
    response_model: { schema: Invoice, name: "Invoice" },
    messages: [
      {
        role: "user",
        content: "Northwind invoice NW-1042 has 2 LOG-001 at 49.50 and 1 SEC-010 at 199.00. Total is 298.00.",
      },
    ],
  });
}
