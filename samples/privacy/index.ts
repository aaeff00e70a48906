import OpenAI from "openai";
import { createTracedInstructor, propagateAttributes, RespanTelemetry, Workflow } from "respan-instructor";
import { z } from "zod";

// Who has agreed that the content of their requests is recorded.
const consents = new Set(["customer_123"]);

const recorded: string[] = [];
export const telemetry = new RespanTelemetry({
  appName: "instructor-privacy",
  redact: {
    keys: ["national_id"],
    patterns: [/\bDE\d{9}\b/],
    rules: [{ id: "staff-badge", keywords: ["badge-"], pattern: /(?<kept>badge-)\d{6,8}/ }],
  },
  // Sees each span as it is sent: this sample prints it.
  spanPostprocess: ({ name, attributes }) => {
    const input = attributes["traceloop.entity.input"];
    if (name.endsWith(".workflow")) recorded.push(`${name}: ${String(input ?? "no content")}`);
  },
});
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

const extract = (message: string) =>
  client.create({
    model: "gpt-4o-mini",
    response_model: { schema: SupportTicket, name: "SupportTicket" },
    messages: [{ role: "user", content: message }],
  });

class SupportDesk {
  @Workflow({ name: "masked" })
  extractTicket(message: string, details: Record<string, string> = {}) {
    return extract(`${message} ${JSON.stringify(details)}`);
  }

  @Workflow({ name: "method_without_content", traceContent: false })
  extractComplaint(message: string) {
    return extract(message);
  }
}

/** Content is recorded only for customers who agreed. */
function forCustomer<T>(customer: string, work: () => Promise<T>): Promise<T> {
  return propagateAttributes({ customerIdentifier: customer, traceContent: consents.has(customer) }, work);
}

export async function run() {
  const desk = new SupportDesk();
  await forCustomer("customer_123", () =>
    desk.extractTicket("My password is Tr0ub4dor&3, my badge is badge-1234567, my VAT id is DE123456789.", {
      national_id: "850101-1234",
    }),
  );
  await forCustomer("customer_456", () => desk.extractTicket("ACME cannot log in."));
  await desk.extractComplaint("ACME cannot log in.");
  await telemetry.flush();
  return recorded;
}
