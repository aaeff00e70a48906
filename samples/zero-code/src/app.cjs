// Knows nothing of tracing.
const { default: Instructor } = require("@instructor-ai/instructor");
const OpenAI = require("openai");
const { z } = require("zod");

const client = Instructor({ client: new OpenAI(), mode: "TOOLS" });
const SupportTicket = z.object({ customer: z.string(), priority: z.string(), summary: z.string() });

async function main() {
  const ticket = await client.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "ACME cannot log in." }],
    response_model: { schema: SupportTicket, name: "SupportTicket" },
  });
  console.log(JSON.stringify({ customer: ticket.customer }));
}

void main();
