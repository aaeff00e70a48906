/** The program that a TypeScript project runs: every API of the traced client under a decorated class. */
import OpenAI from "openai";
import { RespanTelemetry, Task, Workflow, createTracedInstructor, propagateAttributes } from "respan-instructor";
import { z } from "zod";

const telemetry = new RespanTelemetry();
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});
type Ticket = z.infer<typeof SupportTicket>;

const response_model = { schema: SupportTicket, name: "SupportTicket" };

class SupportDesk {
  @Task({ name: "prepare_messages" })
  prepare(message: string): { role: "user"; content: string }[] {
    return [{ role: "user", content: `Extract the support ticket from this message: ${message}` }];
  }

  @Workflow({ name: "support_ticket_extraction" })
  async extractTicket(message: string): Promise<Ticket> {
    return client.create({
      model: "gpt-4o-mini",
      max_retries: 2,
      response_model,
      messages: this.prepare(message),
    });
  }

  @Workflow
  async extractStreamed(message: string): Promise<string> {
    let summary: string | undefined = "";
    const partials = client.createPartial({ model: "gpt-4o-mini", response_model, messages: this.prepare(message) });
    for await (const partial of partials) summary = partial.summary;
    return summary ?? "";
  }
}

async function main(): Promise<void> {
  const desk = new SupportDesk();
  const scope = {
    customerIdentifier: "customer_123",
    threadIdentifier: "ticket_thread_abc",
    metadata: { feature: "support-ticket-extraction" },
  };
  const text = "ACME cannot log in before a security audit and needs help today.";
  const ticket = await propagateAttributes(scope, () => desk.extractTicket(text));
  const priority: "low" | "medium" | "high" = ticket.priority;
  const streamed = await propagateAttributes(scope, () => desk.extractStreamed(text));
  await telemetry.shutdown();
  console.log(JSON.stringify({ customer: ticket.customer, priority, summary: ticket.summary, streamed }));
}

void main();
