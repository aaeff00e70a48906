import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";
import { OpenAIServer, toolCall } from "./index.js";

const Ticket = z.object({ customer: z.string() });

describe("OpenAIServer", () => {
  let server: OpenAIServer;
  let openai: OpenAI;

  beforeEach(async () => {
    server = await OpenAIServer.start({ objects: { Ticket: { customer: "Müller & Söhne 🎫" } } });
    openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 });
  });

  afterEach(() => server.close());

  it.each(["FUNCTIONS", "TOOLS", "JSON", "MD_JSON", "JSON_SCHEMA", "THINKING_MD_JSON"] as const)(
    "answers Instructor's %s mode from the given objects, whole and streamed",
    async (mode) => {
      const client = Instructor({ client: openai, mode });
      const params = {
        model: "gpt-4o-mini",
        messages: [{ role: "user" as const, content: "Who?" }],
        response_model: { schema: Ticket, name: "Ticket" },
      };
      const whole = await client.chat.completions.create(params);
      expect(whole.customer).toBe("Müller & Söhne 🎫");
      let last: { customer?: string | undefined } | undefined;
      for await (const partial of await client.chat.completions.create({ ...params, stream: true })) last = partial;
      expect(last?.customer).toBe("Müller & Söhne 🎫");
    },
  );

  it("answers a scripted tool call before anything else", async () => {
    server.reply(toolCall({ arguments: { customer: "ACME" } }));
    const client = Instructor({ client: openai, mode: "TOOLS" });
    const ticket = await client.chat.completions.create({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Who?" }],
      response_model: { schema: Ticket, name: "Ticket" },
    });
    expect(ticket.customer).toBe("ACME");
  });
});
