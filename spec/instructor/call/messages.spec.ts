import type OpenAI from "openai";
import { z } from "zod";
import { MODES } from "../../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { auto } from "../../harness/index.js";
import type { ReceivedSpan } from "../../harness/index.js";
import { attemptsOf, collect, muteConsole, textOf, World } from "../world.js";

type Messages = OpenAI.ChatCompletionMessageParam[];

const response_model = { schema: z.object({ customer: z.string() }), name: "Ticket" };
const SIZE = 30_000;
/** Data that no text on a span may hold any part of. */
const base64 = Buffer.from("picture!".repeat(SIZE / 8)).toString("base64");
const part = base64.slice(1_000, 1_040);
const described = (mediaType: string) => `[${mediaType}, ${SIZE} bytes]`;

muteConsole();
let world: World;
beforeEach(async () => {
  world = await World.start();
  world.server.answerWith(auto({ Ticket: { customer: "ACME" } }));
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const traced = () => createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
const ask = (messages: unknown) =>
  traced().create({ model: "gpt-4o-mini", response_model, messages: messages as Messages });
const json = ({ attributes }: ReceivedSpan, name: string) => JSON.parse(attributes[name] as string) as unknown;

describe("a multimodal message", () => {
  const messages: Messages = [
    {
      role: "user",
      content: [
        { type: "text", text: "What is in these?" },
        { type: "image_url", image_url: { url: "https://example.com/invoice.png", detail: "low" } },
        { type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } },
        { type: "input_audio", input_audio: { data: base64, format: "mp3" } },
        { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${base64}` } },
        { type: "file", file: { filename: "b.bin", file_data: base64 } },
      ],
    },
  ];
  const recorded = [
    { type: "text", text: "What is in these?" },
    { type: "image_url", image_url: { url: "https://example.com/invoice.png", detail: "low" } },
    { type: "image_url", image_url: { url: described("image/png") } },
    { type: "input_audio", input_audio: { data: described("mp3"), format: "mp3" } },
    { type: "file", file: { filename: "a.pdf", file_data: described("application/pdf") } },
    { type: "file", file: { filename: "b.bin", file_data: described("application/octet-stream") } },
  ];

  it("keeps its text and its image's URL; data becomes its media type and size", async () => {
    const before = structuredClone(messages);
    await ask(messages);
    const span = await world.span();
    expect(json(span, "gen_ai.prompt.0.content")).toEqual(recorded);
    expect(json(span, "traceloop.entity.input")).toMatchObject({ messages: [{ role: "user", content: recorded }] });
    expect(textOf(span)).not.toContain(part);
    expect(messages).toEqual(before);
    expect(world.server.lastRequest.body.messages).toEqual(before);
  });

  it.each(MODES)("leaves no data anywhere on the span, retries and streams included, in %s", async (mode) => {
    let count = 0;
    world.server.answerWith(auto({ Ticket: () => (count++ === 0 ? { customer: 7 } : { customer: "ACME" }) }));
    const client = createTracedInstructor({ client: world.openai(), mode });
    const request = { model: "gpt-4o-mini", response_model, messages };
    await client.create({ ...request, max_retries: 1 });
    await collect(client.createPartial(request));
    const spans = await world.spans();
    expect(attemptsOf(spans[0]!)).toHaveLength(2);
    for (const span of spans) {
      expect(textOf(span)).not.toContain(part);
      expect(textOf(span)).toContain("What is in these?");
    }
  });
});

describe("the caller's messages", () => {
  const call = { id: "call_1", type: "function" as const, function: { name: "lookup", arguments: '{"id":1}' } };
  const history: Messages = [
    { role: "developer", content: "Be brief." },
    { role: "user", content: "Who?" },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: '{"customer":"ACME"}' },
    { role: "assistant", content: "ACME" },
    { role: "user", content: "Sure?" },
  ];

  it.each(MODES)("are not mixed with what Instructor adds, which is on the attempt, in %s", async (mode) => {
    let count = 0;
    world.server.answerWith(auto({ Ticket: () => (count++ === 0 ? { customer: 7 } : { customer: "ACME" }) }));
    const client = createTracedInstructor({ client: world.openai(), mode });
    await client.create({ model: "gpt-4o-mini", response_model, messages: history, max_retries: 1 });
    const span = await world.span();
    const prompts = Object.keys(span.attributes).filter((name) => /^gen_ai\.prompt\.\d+\.role$/.test(name));
    expect(prompts).toHaveLength(history.length);
    const requests = world.server.requests.map(({ body }) => body.messages);
    const texts = history.map((message) => JSON.stringify(message));
    const others = requests.map((sent) => (sent ?? []).filter((message) => !texts.includes(JSON.stringify(message))));
    const told = attemptsOf(span).map((attempt) => {
      const added = attempt["instructor.attempt.added_messages"];
      return added === undefined ? [] : (JSON.parse(added as string) as unknown[]);
    });
    expect(told).toEqual(others);
    expect(told[1]?.length).toBe((told[0]?.length ?? 0) + 2);
  });

  it("are told where they are a thousand, and cut where one is long", async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => ({ role: "user" as const, content: `message ${index}` }));
    many[7] = { role: "user", content: "long ".repeat(20_000) };
    await ask(many);
    const { attributes } = await world.span();
    expect(attributes["gen_ai.prompt.999.content"]).toBe("message 999");
    const cut = attributes["gen_ai.prompt.7.content"] as string;
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(65_536);
    expect(cut.endsWith("...[cut]")).toBe(true);
    expect(attributes["llm.usage.total_tokens"]).toBe(78);
  });
});

describe("the request's parameters", () => {
  it("are told where they are given", async () => {
    // Providers other than OpenAI know them by these names.
    const older: object = { max_tokens: 100, seed: 7 };
    await traced().create({
      model: "gpt-4o-mini",
      response_model,
      messages: [],
      temperature: 0,
      top_p: 0.5,
      frequency_penalty: 0.25,
      presence_penalty: -1,
      stop: ["END", "STOP"],
      ...older,
    });
    expect((await world.span()).attributes).toMatchObject({
      "gen_ai.request.temperature": 0,
      "gen_ai.request.top_p": 0.5,
      "gen_ai.request.max_tokens": 100,
      "gen_ai.request.frequency_penalty": 0.25,
      "gen_ai.request.presence_penalty": -1,
      "gen_ai.request.seed": 7,
      "gen_ai.request.stop_sequences": ["END", "STOP"],
    });
  });
});
