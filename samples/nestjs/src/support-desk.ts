import { Injectable } from "@nestjs/common";
import OpenAI from "openai";
import { createTracedInstructor, Task, Workflow } from "respan-instructor";
import { z } from "zod";

const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});
export type SupportTicket = z.infer<typeof SupportTicket>;

/** A provider with decorated methods. */
@Injectable()
export class SupportDesk {
  @Workflow({ name: "support_ticket_extraction" })
  async extractTicket(message: string): Promise<SupportTicket> {
    return client.create({
      model: "gpt-4o-mini",
      max_retries: 2,
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: this.prompt(message) }],
    });
  }

  @Task
  prompt(message: string): string {
    return `Extract the support ticket from this message: ${message}`;
  }
}
