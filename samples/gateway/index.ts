import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// Only the OpenAI client's base URL changes. Without `GATEWAY_URL` this sample calls the model directly.
const GATEWAY_URL = process.env.GATEWAY_URL ?? process.env.OPENAI_BASE_URL ?? null;

export const telemetry = new RespanTelemetry({ appName: "instructor-gateway" });
const client = createTracedInstructor({
  client: new OpenAI({ baseURL: GATEWAY_URL }), // for example http://127.0.0.1:8080/v1
  mode: "TOOLS",
});

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

export function run() {
  return client.create({
    model: "gpt-4o-mini",
    response_model: { schema: SupportTicket, name: "SupportTicket" },
    messages: [{ role: "user", content: "ACME needs urgent login help." }],
  });
}
