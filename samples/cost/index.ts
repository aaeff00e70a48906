import OpenAI from "openai";
import { createTracedInstructor, propagateAttributes, RespanTelemetry, Workflow } from "respan-instructor";
import { z } from "zod";

export const telemetry = new RespanTelemetry({ appName: "instructor-cost" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

class SupportDesk {
  @Workflow({ name: "support_ticket_extraction" })
  extractTicket(message: string) {
    return client.create({
      model: "gpt-4o-mini",
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: message }],
    });
  }
}

interface CostReport {
  readonly rows: readonly { key?: string; calls: number; cost: { usd?: number } }[];
}

/** The most expensive customers, from the local page's JSON API. */
async function costsByCustomer() {
  const response = await fetch(`${process.env.RESPAN_BASE_URL}/costs?by=customer`);
  if (!response.ok) return "RESPAN_BASE_URL is not the local page: start `npx respan-instructor dev`";
  const { rows } = (await response.json()) as CostReport;
  return rows.map(({ key, calls, cost }) => `${key}: ${calls} calls, ${cost.usd?.toFixed(6) ?? "unknown"} USD`);
}

export async function run() {
  const desk = new SupportDesk();
  for (const customerIdentifier of ["customer_123", "customer_123", "customer_456"]) {
    await propagateAttributes({ customerIdentifier }, () => desk.extractTicket("ACME needs urgent login help."));
  }
  await telemetry.flush();
  return costsByCustomer();
}
