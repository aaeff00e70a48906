import OpenAI from "openai";
import { createTracedInstructor, propagateAttributes, RespanTelemetry, Workflow } from "respan-instructor";
import { z } from "zod";

export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

export class SupportDesk {
  @Workflow({ name: "support_ticket_extraction" })
  extractTicket(message: string) {
    return client.create({
      model: "gpt-4o-mini",
      max_retries: 2,
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: `Extract the support ticket from this message: ${message}` }],
    });
  }
}

/** One request of the service: everything inside belongs to this customer and thread. */
export function run() {
  return propagateAttributes(
    {
      customerIdentifier: "customer_123",
      threadIdentifier: "ticket_thread_abc",
      metadata: { feature: "support-ticket-extraction" },
    },
    () => new SupportDesk().extractTicket("ACME cannot log in before a security audit and needs help today."),
  );
}
