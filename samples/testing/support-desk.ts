import type OpenAI from "openai";
import { createTracedInstructor, Task, Workflow } from "respan-instructor";
import { z } from "zod";

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

/** The client is a parameter, so that a test can pass one of its own. */
export class SupportDesk {
  readonly #client;

  constructor(openai: OpenAI) {
    this.#client = createTracedInstructor({ client: openai, mode: "TOOLS" });
  }

  @Workflow({ name: "support_ticket_extraction" })
  async extractTicket(message: string) {
    const text = this.clean(message);
    return this.#client.create({
      model: "gpt-4o-mini",
      max_retries: 2,
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: text }],
    });
  }

  @Task({ name: "clean" })
  clean(message: string) {
    return message.trim();
  }
}
