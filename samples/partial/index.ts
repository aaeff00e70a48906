import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// A ticket that grows while the model writes it: any field may still be missing.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

export async function run() {
  let steps = 0;
  let last: { summary?: string | null | undefined } = {};
  for await (const ticket of client.createPartial({
    model: "gpt-4o-mini",
    response_model: { schema: SupportTicket, name: "SupportTicket" },
    messages: [{ role: "user", content: "ACME cannot log in before a security audit and needs help today." }],
  })) {
    steps += 1;
    last = ticket;
  }
  return { hasGrown: steps > 1, summary: last.summary };
}
