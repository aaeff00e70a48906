import OpenAI from "openai";
import { createTracedInstructor, getCurrentTraceId, HookName, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// Hooks run inside the chat span, so that a log line can carry its trace id.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

export async function run() {
  const seen: unknown[] = [];
  const onKwargs = (params: { model?: unknown; tools?: unknown }) => {
    const tools = Array.isArray(params.tools) ? params.tools.length : 0;
    seen.push({ model: params.model, tools, isTraced: getCurrentTraceId() !== undefined });
  };
  client.on(HookName.COMPLETION_KWARGS, onKwargs);
  try {
    await client.create({
      model: "gpt-4o-mini",
      max_retries: 2,
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: "ACME needs urgent login help." }],
    });
  } finally {
    client.off(HookName.COMPLETION_KWARGS, onKwargs);
  }
  return seen;
}
