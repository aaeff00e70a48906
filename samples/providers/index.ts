import OpenAI, { AzureOpenAI } from "openai";
import { createTracedInstructor, RespanTelemetry, Workflow } from "respan-instructor";
import { z } from "zod";

export const telemetry = new RespanTelemetry({ appName: "instructor-providers" });

// Without these variables every client calls OpenAI, or the embedded server of `npm run sample providers`.
const { OPENAI_BASE_URL, LOCAL_BASE_URL = OPENAI_BASE_URL, AZURE_BASE_URL = OPENAI_BASE_URL } = process.env;

const local = new OpenAI({ baseURL: LOCAL_BASE_URL ?? null, apiKey: process.env.LOCAL_API_KEY ?? "none" });
const azure = new AzureOpenAI({
  baseURL: AZURE_BASE_URL ?? null,
  apiKey: process.env.AZURE_OPENAI_API_KEY ?? "none",
  apiVersion: "2024-10-21",
});

// One traced client for each provider, the cheapest first.
const providers = [
  { client: createTracedInstructor({ client: local, mode: "JSON", streamUsage: true }), model: "llama-3.2-3b" },
  { client: createTracedInstructor({ client: azure, mode: "TOOLS" }), model: "gpt-4o-mini" },
  { client: createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" }), model: "gpt-4o" },
];

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

class SupportDesk {
  /** Asks the next provider when one fails, or answers what does not fit the schema. */
  @Workflow({ name: "support_ticket_extraction" })
  async extractTicket(message: string) {
    const errors: unknown[] = [];
    for (const { client, model } of providers) {
      try {
        return await client.create({
          model,
          response_model: { schema: SupportTicket, name: "SupportTicket" },
          messages: [{ role: "user", content: message }],
        });
      } catch (error) {
        errors.push(error);
      }
    }
    throw new AggregateError(errors, "no provider could extract the ticket");
  }
}

// The embedded server: the local model does not keep to the schema.
export const objects = {
  SupportTicket: ({ model }: { model?: unknown }) => ({
    customer: "ACME",
    priority: model === "llama-3.2-3b" ? "urgent" : "high",
    summary: "Login failure before a security audit",
  }),
};

export function run() {
  return new SupportDesk().extractTicket("ACME cannot log in before a security audit and needs help today.");
}
