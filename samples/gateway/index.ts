import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry } from "respan-instructor";
import { z } from "zod";

// Instructor through the Respan gateway: only the OpenAI client's base URL changes. `RESPAN_GATEWAY_URL` is the
// gateway's address; without it this sample calls the model directly.
export const telemetry = new RespanTelemetry({ appName: "instructor-gateway" });
const gateway = process.env.RESPAN_GATEWAY_URL;
const client = createTracedInstructor({
  client: new OpenAI(gateway === undefined ? {} : { baseURL: gateway }),
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
