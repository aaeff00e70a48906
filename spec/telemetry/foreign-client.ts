import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";
import type { OpenAIServer } from "../harness/index.js";

const Ticket = z.object({ customer: z.string() });

/** A client that knows nothing of us: each call of what is returned extracts a ticket. */
export function foreignClient(server: OpenAIServer): () => Promise<unknown> {
  const client = Instructor({ client: new OpenAI({ apiKey: "sk-local", baseURL: server.url }), mode: "TOOLS" });
  return () =>
    client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "ACME cannot log in" }],
      response_model: { schema: Ticket, name: "Ticket" },
    });
}
