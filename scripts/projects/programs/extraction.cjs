// The program that a plain JavaScript project runs, as a CommonJS module.
const OpenAI = require("openai");
const {
  RespanTelemetry,
  createTracedInstructor,
  propagateAttributes,
  withTask,
  withWorkflow,
} = require("respan-instructor");
const { z } = require("zod");

const telemetry = new RespanTelemetry();
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});
const response_model = { schema: SupportTicket, name: "SupportTicket" };

const prepare = (message) =>
  withTask({ name: "prepare_messages" }, () => [
    { role: "user", content: `Extract the support ticket from this message: ${message}` },
  ]);

const extractTicket = (message) =>
  withWorkflow({ name: "support_ticket_extraction" }, async () =>
    client.create({ model: "gpt-4o-mini", max_retries: 2, response_model, messages: prepare(message) }),
  );

const extractStreamed = (message) =>
  withWorkflow({ name: "extractStreamed" }, async () => {
    let summary = "";
    const partials = client.createPartial({ model: "gpt-4o-mini", response_model, messages: prepare(message) });
    for await (const partial of partials) summary = partial.summary;
    return summary;
  });

const scope = {
  customerIdentifier: "customer_123",
  threadIdentifier: "ticket_thread_abc",
  metadata: { feature: "support-ticket-extraction" },
};
const text = "ACME cannot log in before a security audit and needs help today.";

async function main() {
  const { customer, priority, summary } = await propagateAttributes(scope, () => extractTicket(text));
  const streamed = await propagateAttributes(scope, () => extractStreamed(text));
  await telemetry.shutdown();
  console.log(JSON.stringify({ customer, priority, summary, streamed }));
}

void main();
