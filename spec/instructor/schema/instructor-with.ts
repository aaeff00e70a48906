import Instructor from "@instructor-ai/instructor";
import type { Mode } from "@instructor-ai/instructor";
import OpenAI from "openai";
import type { Facade } from "../../../lib/instructor/schema/facade.js";
import type { OpenAIServer } from "../../harness/index.js";

interface Call {
  readonly retries?: number;
  readonly description?: string;
  readonly name?: string;
}

/** A real Instructor that is handed a facade, on a client that puts the facade's schema into each request. */
export function instructorWith(server: OpenAIServer, mode: Mode, facade: Facade) {
  const openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 });
  const create = (params: OpenAI.ChatCompletionCreateParams) => openai.chat.completions.create(facade.fillIn(params));
  const client = { baseURL: openai.baseURL, chat: { completions: { create } } };
  // As the traced client has it while a facade's error travels, which is of no class that Instructor asks for.
  const instructor = Instructor({ client: client as never, mode, retryAllErrors: true });
  const params = ({ retries = 0, description, name = "Ticket" }: Call) => ({
    model: "gpt-4o-mini",
    messages: [{ role: "user" as const, content: "Who?" }],
    max_retries: retries,
    response_model: { schema: facade.schema, name, ...(description !== undefined && { description }) },
  });
  return {
    extract: async (call: Call = {}): Promise<unknown> => {
      const result: object = await instructor.chat.completions.create(params(call) as never);
      return Object.fromEntries(Object.entries(result).filter(([key]) => key !== "_meta"));
    },
    stream: async (): Promise<Record<string, unknown>[]> => {
      const partials: Record<string, unknown>[] = [];
      const stream = await instructor.chat.completions.create({
        ...params({}),
        max_retries: undefined,
        stream: true,
      } as never);
      for await (const partial of stream as AsyncIterable<Record<string, unknown>>) partials.push(partial);
      return partials;
    },
  };
}

/** What the model is told when its answer is to be mended. */
export function correction({ requests }: OpenAIServer): string {
  const messages = requests.at(-1)?.body.messages as { role: string; content: string }[];
  return messages.at(-1)?.content ?? "";
}
