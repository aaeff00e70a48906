// A process of its own: reads a stream that breaks midway, and reports what rejections no one handled.
import OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { collect } from "../world.js";
import { drop, OpenAIServer, toolCall } from "../../harness/index.js";

const rejections: string[] = [];
process.on("unhandledRejection", (reason) => rejections.push((reason as Error).message));

async function main(): Promise<void> {
  const server = await OpenAIServer.start();
  server.reply(
    drop({ of: toolCall({ arguments: { customer: "ACME", summary: "Login failure" } }), after: { writes: 3 } }),
  );
  const isOpenAI = process.argv[2] === "openai";
  const openai = new OpenAI({
    apiKey: "sk-local",
    baseURL: isOpenAI ? "https://api.openai.com/v1" : server.url,
    fetch: (_, init) => fetch(`${server.url}/chat/completions`, init),
    maxRetries: 0,
  });
  const client = createTracedInstructor({ client: openai, mode: "TOOLS" });
  const stream = await client.chat.completions.create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "ACME cannot log in" }],
    response_model: { schema: z.object({ customer: z.string(), summary: z.string() }), name: "Ticket" },
    stream: true,
    ...(isOpenAI && { stream_options: { include_usage: true } }),
  });
  await collect(stream).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (process.send) process.send(rejections);
  process.disconnect();
  process.exit();
}

void main();
