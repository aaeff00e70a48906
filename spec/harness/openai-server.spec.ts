import Instructor from "@instructor-ai/instructor";
import OpenAI, { APIConnectionError } from "openai";
import type { ChatCompletionChunk, ChatCompletionCreateParamsNonStreaming } from "openai/resources";
import { z } from "zod";
import {
  content,
  drop,
  fenced,
  functionCall,
  httpError,
  OpenAIServer,
  thinking,
  toolCall,
  toolCalls,
} from "./index.js";
import type { Answer } from "./index.js";

const TICKET = { customer: "Müller & Söhne 🎫", priority: "high" };
const TOOLS: ChatCompletionCreateParamsNonStreaming = {
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Who?" }],
  tools: [{ type: "function", function: { name: "Ticket", parameters: { type: "object" } } }],
  tool_choice: { type: "function", function: { name: "Ticket" } },
};

describe("OpenAIServer", () => {
  let server: OpenAIServer;
  let openai: OpenAI;

  beforeEach(async () => {
    server = await OpenAIServer.start();
    openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 });
  });

  afterEach(() => server.close());

  async function whole(answer: Answer) {
    server.reply(answer);
    return openai.chat.completions.create(TOOLS);
  }

  async function streamed(answer: Answer, options: object = {}): Promise<ChatCompletionChunk[]> {
    server.reply(answer);
    const chunks: ChatCompletionChunk[] = [];
    for await (const chunk of await openai.chat.completions.create({ ...TOOLS, ...options, stream: true })) {
      chunks.push(chunk);
    }
    return chunks;
  }

  const argumentsOf = (chunks: ChatCompletionChunk[]) =>
    chunks.map((chunk) => chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? "").join("");

  describe("a whole completion", () => {
    it("is by default the one of the golden spans", async () => {
      const completion = await whole(toolCall({ arguments: TICKET }));
      expect(completion).toMatchObject({
        id: "chatcmpl-1",
        object: "chat.completion",
        model: "gpt-4o-mini-2024-07-18",
        usage: { prompt_tokens: 57, completion_tokens: 21, total_tokens: 78 },
      });
      expect(completion.choices[0]).toMatchObject({
        finish_reason: "tool_calls",
        message: {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "call_golden", type: "function", function: { name: "Ticket", arguments: JSON.stringify(TICKET) } },
          ],
        },
      });
    });

    it("comes as several tool calls, a function call, content, a fence, a thought, a refusal", async () => {
      const several = await whole(toolCalls([{ arguments: { a: 1 } }, { arguments: { a: 2 } }]));
      expect(several.choices[0]?.message.tool_calls?.map(({ id }) => id)).toEqual(["call_golden", "call_golden_1"]);
      const called = await whole(functionCall({ name: "Ticket", arguments: TICKET }));
      expect(called.choices[0]).toMatchObject({
        finish_reason: "function_call",
        message: { function_call: { name: "Ticket", arguments: JSON.stringify(TICKET) } },
      });
      const text = async (answer: Answer) => (await whole(answer)).choices[0]?.message.content;
      expect(await text(content("plain"))).toBe("plain");
      expect(await text(content({ a: 1 }))).toBe('{"a":1}');
      expect(await text(fenced({ a: 1 }))).toBe('```json\n{"a":1}\n```');
      expect(await text(thinking({ a: 1 }, { thought: "Hm." }))).toBe(
        '<think>\nHm.\n</think>\n\n```json\n{"a":1}\n```',
      );
      const refused = await whole({ kind: "completion", refusal: "No." });
      expect(refused.choices[0]?.message).toMatchObject({ content: null, refusal: "No." });
    });
  });

  describe("a stream", () => {
    it("carries the arguments in pieces, the finish reason, and no usage by default", async () => {
      const chunks = await streamed(toolCall({ arguments: TICKET }));
      expect(JSON.parse(argumentsOf(chunks))).toEqual(TICKET);
      expect(chunks[0]?.choices[0]?.delta.tool_calls?.[0]).toMatchObject({
        id: "call_golden",
        function: { name: "Ticket", arguments: "" },
      });
      expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
      expect(chunks.every((chunk) => !("usage" in chunk))).toBe(true);
    });

    it("ends with the usage if it is requested or forced", async () => {
      for (const chunks of [
        await streamed(content("x"), { stream_options: { include_usage: true } }),
        await streamed(content("x", { forceUsage: true })),
      ]) {
        expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: 78 } });
        expect(chunks[0]?.usage).toBeNull();
      }
      const without = await streamed(content("x", { usage: null }), { stream_options: { include_usage: true } });
      expect(without.at(-1)?.choices).toHaveLength(1);
    });

    it("is split as the script says: by size, at positions, into given pieces", async () => {
      const pieces = async (given: number | number[] | string[]) =>
        (await streamed(content("äöü🎫b", { pieces: given })))
          .map((chunk) => chunk.choices[0]?.delta.content)
          .filter((piece) => piece);
      expect(await pieces(2)).toEqual(["äö", "ü🎫", "b"]);
      expect(await pieces([1, 4])).toEqual(["ä", "öü🎫", "b"]);
      expect(await pieces(["one", "two"])).toEqual(["one", "two"]);
    });

    it("arrives whole when its bytes are cut anywhere, within a character too", async () => {
      for (const cuts of [1, 7, [3, 4, 5, 400]]) {
        expect(JSON.parse(argumentsOf(await streamed(toolCall({ arguments: TICKET, pieces: 3, cuts }))))).toEqual(
          TICKET,
        );
      }
    });
  });

  describe("faults", () => {
    it("are HTTP errors with OpenAI's body and the headers of the script", async () => {
      const error: unknown = await whole(httpError(429, "slow down", { headers: { "retry-after": "3" } })).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(OpenAI.RateLimitError);
      expect(error).toMatchObject({ status: 429, type: "scripted_error", message: "429 slow down" });
      expect((error as InstanceType<typeof OpenAI.RateLimitError>).headers.get("retry-after")).toBe("3");
    });

    it("lose the connection before the headers, within a body and within a stream", async () => {
      await expect(whole(drop())).rejects.toBeInstanceOf(APIConnectionError);
      await expect(whole(drop({ reset: true }))).rejects.toBeInstanceOf(APIConnectionError);
      await expect(whole(drop({ of: content("x"), after: { bytes: 20 } }))).rejects.toThrow();
      expect(server.requests.map(({ clientClosedEarly }) => clientClosedEarly)).toEqual([false, false, false]);

      server.reply(drop({ of: content("one two three", { pieces: ["one", "two", "three"] }), after: { writes: 3 } }));
      const seen: string[] = [];
      const reading = (async () => {
        for await (const chunk of await openai.chat.completions.create({ ...TOOLS, stream: true })) {
          seen.push(chunk.choices[0]?.delta.content ?? "");
        }
      })();
      await expect(reading).rejects.toThrow();
      expect(seen).toEqual(["", "one", "two"]);
    });
  });

  describe("requests", () => {
    it("are kept as they came", async () => {
      await whole(content("x"));
      expect(server.lastRequest).toMatchObject({
        method: "POST",
        path: "/v1/chat/completions",
        body: TOOLS,
        raw: JSON.stringify(TOOLS),
        clientClosedEarly: false,
      });
      expect(server.lastRequest.headers.authorization).toBe("Bearer sk-local");
      server.clear();
      expect(server.requests).toEqual([]);
    });

    it("fail at once, without a retry, when nothing answers them", async () => {
      const retrying = openai.withOptions({ maxRetries: 2 });
      await expect(retrying.chat.completions.create(TOOLS)).rejects.toThrow("no answer is scripted");
      server.answerWith(() => {
        throw new Error("mistaken");
      });
      await expect(retrying.chat.completions.create(TOOLS)).rejects.toThrow("the answerer threw: Error: mistaken");
      expect(server.requests).toHaveLength(2);
    });
  });

  describe("given objects by schema name", () => {
    const Ticket = z.object({ customer: z.string(), priority: z.string() });
    const params = {
      model: "gpt-4o-mini",
      messages: [{ role: "user" as const, content: "Who?" }],
      response_model: { schema: Ticket, name: "Ticket" },
    };

    beforeEach(async () => {
      await server.close();
      server = await OpenAIServer.start({ objects: { Other: { vendor: "x" }, Ticket: () => TICKET } });
      openai = new OpenAI({ apiKey: "sk-local", baseURL: server.url, maxRetries: 0 });
      jest.spyOn(console, "warn").mockReturnValue();
    });

    afterEach(() => jest.restoreAllMocks());

    it.each(["FUNCTIONS", "TOOLS", "JSON", "MD_JSON", "JSON_SCHEMA", "THINKING_MD_JSON"] as const)(
      "answers Instructor's %s mode, whole and streamed",
      async (mode) => {
        const client = Instructor({ client: openai, mode });
        expect(await client.chat.completions.create(params)).toMatchObject(TICKET);
        let last: unknown;
        for await (const partial of await client.chat.completions.create({ ...params, stream: true })) last = partial;
        expect(last).toMatchObject(TICKET);
      },
    );
  });
});
