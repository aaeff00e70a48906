import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { InstructorInstrumentor, RespanTelemetry, withWorkflow } from "respan-instructor";
import { z } from "zod";

// OpenAI's own structured outputs, without Instructor: each call is one chat span under the workflow.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api", isAutoInstrument: false });
const openai = new InstructorInstrumentor().instrument(new OpenAI());

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

const request = {
  model: "gpt-4o-mini",
  response_format: zodResponseFormat(SupportTicket, "SupportTicket"),
  messages: [{ role: "user" as const, content: "ACME cannot log in before a security audit and needs help today." }],
};

export function run() {
  return withWorkflow({ name: "support_ticket_helpers" }, async () => {
    const parsed = await openai.chat.completions.parse(request);
    const streamed = await openai.chat.completions.stream(request).finalChatCompletion();
    const customers = [parsed, streamed].map(({ choices }) => choices[0]?.message.parsed?.customer);
    return { customers };
  });
}
