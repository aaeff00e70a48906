import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { createTracedInstructor, RespanTelemetry, withWorkflow } from "respan-instructor";
import { z } from "zod";

// Each partial ticket is a line of JSON that a page can show at once. Leaving the page stops the request to the model.
export const telemetry = new RespanTelemetry({ appName: "instructor-support-api" });
const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });

const SupportTicket = z.object({
  customer: z.string(),
  priority: z.enum(["low", "medium", "high"]),
  summary: z.string(),
});

const partialTickets = (message: string) =>
  withWorkflow({ name: "stream_ticket" }, () =>
    client.createPartial({
      model: "gpt-4o-mini",
      response_model: { schema: SupportTicket, name: "SupportTicket" },
      messages: [{ role: "user", content: message }],
    }),
  );

const server = createServer((_request, response) => void stream(response));

async function stream(response: ServerResponse): Promise<void> {
  response.setHeader("content-type", "application/x-ndjson");
  for await (const ticket of partialTickets("ACME cannot log in before a security audit and needs help today.")) {
    if (response.closed) break;
    response.write(`${JSON.stringify(ticket)}\n`);
  }
  response.end();
}

/** Reads the lines as they arrive, as a page would. */
export async function run() {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/`);
  const lines = (await response.text()).trimEnd().split("\n");
  server.close();
  return { lines: lines.length > 1 ? "several" : "one", last: JSON.parse(lines.at(-1) ?? "{}") as object };
}
