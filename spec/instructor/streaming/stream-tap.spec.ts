import Instructor from "@instructor-ai/instructor";
import type OpenAI from "openai";
import { z } from "zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { content, httpError, toolCall } from "../../harness/index.js";
import type { World } from "../world.js";
import { attemptsOf, collect, eachWorld, muteConsole } from "../world.js";

const messages = [{ role: "user" as const, content: "ACME cannot log in" }];
const plain = { model: "gpt-4o-mini", messages, stream: true as const };
const Ticket = z.object({ customer: z.string() });
const structured = { ...plain, response_model: { schema: Ticket, name: "Ticket" } };
const answer = content("Hello there");

muteConsole();
let world: World;
eachWorld((made) => (world = made));

const traced = (streamUsage: boolean | undefined = true, client: OpenAI = world.openai()) =>
  createTracedInstructor({ client, mode: "TOOLS", streamUsage });
const bodies = () => world.server.requests.map(({ body }) => body as Record<string, unknown>);
const optionsSent = () => bodies().map((body) => body.stream_options);

/** The chunks of a stream by what the caller reads of them. */
const read = async (stream: unknown): Promise<object[]> =>
  (await collect(stream as AsyncIterable<object>)).map((chunk) => ({ ...chunk, id: undefined, created: undefined }));

/** What an untraced client gives for the same answer, and sends. */
async function untraced(params: object): Promise<{ chunks: object[]; sent: object[] }> {
  const client = Instructor({ client: world.openai(), mode: "TOOLS" });
  const chunks = await read(await client.chat.completions.create(params as never));
  const sent = bodies();
  world.server.clear();
  return { chunks, sent };
}

describe("the usage of a stream", () => {
  it("is requested, and the caller sees the stream of the untraced client", async () => {
    world.server.reply(answer);
    const twin = await untraced(plain);
    world.server.reply(answer);
    expect(await read(await traced().chat.completions.create(plain))).toEqual(twin.chunks);
    expect(optionsSent()).toEqual([{ include_usage: true }]);
    expect((await world.span()).attributes["llm.usage.total_tokens"]).toBe(78);
  });

  it.each([
    ["the option says no", { streamUsage: false }, {}],
    ["the caller chose not to have it", {}, { stream_options: { include_usage: false } }],
    ["the caller's own data rule it out", {}, { data_sources: [{ type: "azure_search" }] }],
  ])("is not requested when %s", async (_, options, params) => {
    world.server.reply(answer);
    const twin = await untraced({ ...plain, ...params });
    world.server.reply(answer);
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true, ...options });
    expect(await read(await client.chat.completions.create({ ...plain, ...params }))).toEqual(twin.chunks);
    expect(bodies()).toEqual(twin.sent);
  });

  describe("when the provider refuses the parameter", () => {
    const refusals = [
      ["by its message", httpError(400, "Unrecognized request argument supplied: stream_options")],
      [
        "by the name of a parameter",
        httpError(422, { message: "unknown field", param: "stream_options.include_usage" }),
      ],
    ] as const;

    it.each(refusals)("is requested once for each client: %s", async (_, refusal) => {
      world.server.reply(answer);
      const twin = await untraced(plain);
      world.server.reply(refusal, answer, answer);
      const client = traced();
      expect(await read(await client.chat.completions.create(plain))).toEqual(twin.chunks);
      expect(await read(await client.chat.completions.create(plain))).toEqual(twin.chunks);
      expect(optionsSent()).toEqual([{ include_usage: true }, undefined, undefined]);
      const spans = await world.spans();
      expect(spans.map(({ status, events }) => [status.code, events.length])).toEqual([
        [1, 1],
        [1, 1],
      ]);
    });

    it("is left out of a stream of objects too", async () => {
      world.server.reply(refusals[0][1], toolCall({ arguments: { customer: "ACME" } }));
      const objects = await collect(await traced().chat.completions.create(structured));
      expect(objects.at(-1)).toMatchObject({ customer: "ACME" });
      expect(optionsSent()).toEqual([{ include_usage: true }, undefined]);
    });

    it("leaves the caller's other stream options as they are", async () => {
      world.server.reply(refusals[0][1], answer);
      const stream_options = { include_obfuscation: false };
      await read(await traced().chat.completions.create({ ...plain, stream_options }));
      expect(optionsSent()).toEqual([{ ...stream_options, include_usage: true }, stream_options]);
    });

    it("keeps asResponse() and withResponse() working", async () => {
      world.server.reply(refusals[0][1], answer);
      const response = await (
        traced().chat.completions.create(plain) as never as { asResponse(): Promise<Response> }
      ).asResponse();
      expect(await response.text()).not.toContain("78");
      world.server.reply(refusals[0][1], answer);
      const both = await (
        traced().chat.completions.create(plain) as never as {
          withResponse(): Promise<{ data: AsyncIterable<object>; response: Response }>;
        }
      ).withResponse();
      expect(both.response.status).toBe(200);
      expect(await collect(both.data)).not.toHaveLength(0);
      expect(optionsSent()).toEqual([{ include_usage: true }, undefined, { include_usage: true }, undefined]);
    });

    it("is an error when the caller requested it", async () => {
      world.server.reply(refusals[0][1]);
      const asked = traced().chat.completions.create({ ...plain, stream_options: { include_usage: true } });
      await expect(asked).rejects.toThrow("stream_options");
      expect(bodies()).toHaveLength(1);
    });

    it("is not left out after any other error", async () => {
      world.server.reply(httpError(400, "no such model"));
      await expect(traced().chat.completions.create(plain)).rejects.toThrow("no such model");
      expect(bodies()).toHaveLength(1);
    });
  });
});

describe("a stream that ends early", () => {
  const chunk = (text: string, finish_reason: string | null = null) => ({
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    model: "gpt-4o-mini",
    choices: [{ index: 0, delta: { content: text }, finish_reason }],
  });
  const tool = (text: string) => ({
    ...chunk(""),
    choices: [
      { index: 0, delta: { tool_calls: [{ index: 0, id: "call_1", function: { name: "Ticket", arguments: text } }] } },
    ],
  });

  it.each([
    ["gives no finish reason", "stream_truncated", [chunk("Hel"), chunk("lo")]],
    ["gives an empty finish reason", "stream_truncated", [chunk("Hel"), chunk("lo", "")]],
    ["gives the finish reason error", "finish_reason_error", [chunk("Hel"), chunk("lo", "error")]],
  ])("fails its span, and the caller reads the untraced stream, when it %s", async (_, type, events) => {
    const cut = content("", { events, withoutDone: true });
    world.server.reply(cut);
    const twin = await untraced(plain);
    world.server.reply(cut);
    expect(await read(await traced(false).chat.completions.create(plain))).toEqual(twin.chunks);
    const { status, attributes } = await world.span();
    expect([status.code, attributes["error.type"]]).toEqual([2, type]);
    expect(attributes["gen_ai.completion.0.content"]).toBe("Hello");
  });

  it("is no failure when its consumer stopped reading", async () => {
    world.server.reply(content("", { events: [chunk("Hel"), chunk("lo"), chunk("!")], withoutDone: true }));
    const stream = (await traced(false).chat.completions.create(plain)) as AsyncIterable<unknown>;
    const steps = stream[Symbol.asyncIterator]();
    await steps.next();
    await steps.return?.();
    const { status, attributes } = await world.span();
    expect([status.code, attributes["error.type"]]).toEqual([1, undefined]);
  });

  it("is no failure when the object is complete", async () => {
    world.server.reply(content("", { events: [tool('{"customer":'), tool('"ACME"}')], withoutDone: true }));
    const objects = await collect(await traced(false).chat.completions.create(structured));
    expect(objects.at(-1)).toMatchObject({ customer: "ACME" });
    const span = await world.span();
    expect([span.status.code, attemptsOf(span).map((one) => one["instructor.attempt.outcome"])]).toEqual([
      1,
      ["success"],
    ]);
  });

  it("is a failure when the object is incomplete", async () => {
    world.server.reply(content("", { events: [tool('{"customer":"AC')], withoutDone: true }));
    await collect(await traced(false).chat.completions.create(structured));
    expect((await world.span()).attributes["error.type"]).toBe("stream_truncated");
  });
});
