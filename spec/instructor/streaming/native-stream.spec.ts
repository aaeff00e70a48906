import { setTimeout as sleep } from "node:timers/promises";
import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { Stream } from "openai/streaming";
import { z } from "zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { unhandledDuring } from "../../decorators/unhandled.js";
import { content, drop, toolCall, toolCalls } from "../../harness/index.js";
import type { World } from "../world.js";
import { attemptsOf, collect, muteConsole, eachWorld } from "../world.js";

const Ticket = z.object({ customer: z.string(), summary: z.string() });
const ticket = { customer: "ACME", summary: "Login failure before a security audit" };
const messages = [{ role: "user" as const, content: "ACME cannot log in" }];
const plain = { model: "gpt-4o-mini", messages, stream: true as const };
const request = { ...plain, response_model: { schema: Ticket, name: "Ticket" } };

muteConsole();
let world: World;
eachWorld((made) => (world = made));

const traced = () => createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
const outcomes = async () => attemptsOf(await world.span()).map((attempt) => attempt["instructor.attempt.outcome"]);

describe("a native stream without a response model", () => {
  it("is sent at once", async () => {
    world.server.reply(content("Hello there"));
    void traced().chat.completions.create(plain);
    await world.server.waitForRequests(1);
  });

  it("has its tool calls on the span, whole, with the provider's ids", async () => {
    world.server.reply(
      toolCalls(
        [
          { id: "call_1", name: "Ticket", arguments: ticket },
          { id: "call_2", arguments: {} },
        ],
        { pieces: 2 },
      ),
    );
    await collect(await traced().chat.completions.create(plain));
    const said = (await world.span()).attributes["gen_ai.completion.0.tool_calls"];
    expect(JSON.parse(said as string)).toMatchObject([
      { id: "call_1", type: "function", function: { name: "Ticket", arguments: JSON.stringify(ticket) } },
      { id: "call_2", function: { arguments: "{}" } },
    ]);
  });

  it("can be split, turned into a byte stream, and had with its response", async () => {
    world.server.answerWith(() => content("Hello there"));
    const client = traced();
    const text = (chunks: OpenAI.ChatCompletionChunk[]) => chunks.map((one) => one.choices[0]?.delta.content).join("");
    const [left, right] = (await client.chat.completions.create(plain)).tee();
    expect(text(await collect(left))).toBe("Hello there");
    expect(text(await collect(right))).toBe("Hello there");
    const { data, response } = await client.chat.completions.create(plain).withResponse();
    expect(response.status).toBe(200);
    const copy = Stream.fromReadableStream<OpenAI.ChatCompletionChunk>(data.toReadableStream(), new AbortController());
    expect(text(await collect(copy))).toBe("Hello there");
    const spans = await world.spans();
    expect(spans.map(({ attributes }) => attributes["gen_ai.completion.0.content"])).toEqual([
      "Hello there",
      "Hello there",
    ]);
  });

  it("gives its bare response without the event that only the span asked for", async () => {
    world.server.answerWith(() => content("Hello there", { cuts: 7 }));
    const response = await traced().chat.completions.create(plain).asResponse();
    expect(response).toBeInstanceOf(Response);
    expect(response.url).toBe(`${world.server.url}/chat/completions`);
    const events = (await response.text()).split("\n\n");
    expect(events.at(-2)).toBe("data: [DONE]");
    expect(events.filter((event) => event.includes('"choices":[]'))).toEqual([]);
    expect(events.join("")).toContain('"finish_reason":"stop"');
    expect((await world.span()).status.code).toBe(1);
  });

  it("has one consumer; a second one gets OpenAI's own error and the span is the first one's", async () => {
    world.server.reply(content("Hello there"));
    const stream = await traced().chat.completions.create(plain);
    const first = stream[Symbol.asyncIterator]();
    await first.next();
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow("consumed");
    while ((await first.next()).done !== true);
    const span = await world.span();
    expect(span.status.code).toBe(1);
    expect(span.attributes["gen_ai.completion.0.content"]).toBe("Hello there");
  });

  it("stops the request when the consumer breaks", async () => {
    world.server.reply(content("Hello there", { pieces: 1, writeDelay: 5 }));
    for await (const chunk of await traced().chat.completions.create(plain)) {
      if (chunk.choices[0]?.delta.content) break;
    }
    await world.server.lastRequest.closed;
    expect(world.server.lastRequest.clientClosedEarly).toBe(true);
    expect(await outcomes()).toEqual(["aborted"]);
    expect((await world.span()).attributes["gen_ai.completion.0.content"]).toBe("H");
  });

  it("that is never consumed has its span ended at shutdown", async () => {
    world.server.reply(content("Hello there"));
    const stream = await traced().chat.completions.create(plain);
    await world.telemetry.shutdown();
    expect(world.receiver.only("instructor.create").attributes).not.toHaveProperty(["gen_ai.completion.0.content"]);
    expect(await collect(stream)).not.toHaveLength(0);
  });
});

// Instructor splits the streams of OpenAI itself in another way than those of others.
describe.each([
  ["openai", "https://api.openai.com/v1", { stream_options: { include_usage: true } }],
  ["another", undefined, {}],
])("Instructor's own stream that breaks midway, at %s", (_, baseURL, params) => {
  const rejections = (make: (config: { client: OpenAI; mode: "TOOLS" }) => unknown): Promise<unknown[]> => {
    world.server.reply(drop({ of: toolCall({ arguments: ticket }), after: { writes: 3 } }));
    const { url } = world.server;
    const client = new OpenAI({
      apiKey: "sk-local",
      baseURL: baseURL ?? url,
      fetch: (_url, init) => fetch(`${url}/chat/completions`, init),
      maxRetries: 0,
    });
    const instructor = make({ client, mode: "TOOLS" }) as ReturnType<typeof traced>;
    return unhandledDuring(async () => {
      const reading = collect(await instructor.chat.completions.create({ ...request, ...params }));
      // Untraced, it may never come to an end.
      await Promise.race([reading.catch(() => undefined), sleep(200)]);
      await sleep(50);
    });
  };

  it("fails in a rejection that nothing handles (control: untraced)", async () => {
    expect((await rejections(Instructor)).map(String)).toEqual(["TypeError: terminated"]);
  });

  it("lets no rejection go unhandled where it is traced", async () => {
    expect(await rejections(createTracedInstructor)).toEqual([]);
    expect((await world.span()).status).toEqual({ code: 2, message: "terminated" });
  });
});
