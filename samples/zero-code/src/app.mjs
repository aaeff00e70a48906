// Contains no tracing.
import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";

const client = Instructor({ client: new OpenAI(), mode: "TOOLS" });
const SupportTicket = z.object({ customer: z.string(), priority: z.string(), summary: z.string() });

const ticket = await client.chat.completions.create({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "ACME cannot log in." }],
  response_model: { schema: SupportTicket, name: "SupportTicket" },
});
console.log(JSON.stringify({ customer: ticket.customer }));
