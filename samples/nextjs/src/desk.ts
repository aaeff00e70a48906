import OpenAI from "openai";
import { createTracedInstructor, Workflow } from "respan-instructor";
import type { TracedInstructor } from "respan-instructor";
import { z } from "zod";

// Created at the first request, because `next build` loads this module too, without a key.
let made: TracedInstructor<OpenAI> | undefined;
const client = () => (made ??= createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" }));

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});
export type SupportTicket = z.infer<typeof SupportTicket>;

export class SupportDesk {
  @Workflow({ name: "support_ticket_extraction" })
  extractTicket(message: string): Promise<SupportTicket> {
    return client().create({
      model: "gpt-4o-mini",
      max_retries: 2,
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: `Extract the support ticket from this message: ${message}` }],
    });
  }
}
