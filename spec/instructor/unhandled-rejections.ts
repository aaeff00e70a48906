// A process of its own: reads a stream that breaks midway, and reports what rejections nobody handled.
import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { collect } from "./world.js";
import { drop, OpenAIServer, toolCall } from "../harness/index.js";

const rejections: string[] = [];
process.on("unhandledRejection", (reason) => rejections.push((reason as Error).message));

async function main(): Promise<void> {
  const server = await OpenAIServer.start();
  server.reply(
    drop({ of: toolCall({ arguments: { customer: "ACME", summary: "Login failure" } }), after: { writes: 3 } }),
  );
  // Instructor splits the streams of OpenAI itself in another way than those of others.
  const isOpenAI = process.argv[3] === "openai";
  const openai = new OpenAI({
    apiKey: "sk-local",
    baseURL: isOpenAI ? "https://api.openai.com/v1" : server.url,
    fetch: (_, init) => fetch(`${server.url}/chat/completions`, init),
    maxRetries: 0,
  });
  const config = { client: openai, mode: "TOOLS" as const };
  const client = process.argv[2] === "traced" ? createTracedInstructor(config) : Instructor(config);
  const { create } = client.chat.completions as ReturnType<
    typeof createTracedInstructor<OpenAI>
  >["chat"]["completions"];
  const stream = await create({
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: "ACME cannot log in" }],
    response_model: { schema: z.object({ customer: z.string(), summary: z.string() }), name: "Ticket" },
    stream: true,
    ...(isOpenAI && { stream_options: { include_usage: true } }),
  });
  const read = collect(stream).catch(() => undefined);
  // Untraced, the consumer waits for ever: nobody tells it that the stream broke.
  await Promise.race([read, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (process.send) process.send(rejections);
  process.disconnect();
  process.exit();
}

void main();
