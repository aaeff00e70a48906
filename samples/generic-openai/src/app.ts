import OpenAI from "openai";
import { createTracedInstructor } from "respan-instructor";
import { z } from "zod";
import { shutdown } from "./instrumentation";

const openai = new OpenAI();
const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
const SupportTicket = z.object({ customer: z.string(), priority: z.string(), summary: z.string() });

async function main(): Promise<void> {
  const ticket = await client.create({
    model: "gpt-4o-mini",
    response_model: { schema: SupportTicket, name: "SupportTicket" },
    messages: [{ role: "user", content: "ACME cannot log in." }],
  });
  // A plain call, which only the generic instrumentation traces.
  await openai.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] });
  await shutdown();
  console.log(JSON.stringify({ customer: ticket.customer }));
}

void main();
