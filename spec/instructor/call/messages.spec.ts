import type OpenAI from "openai";
import { z } from "zod";
import { MODES } from "../../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { auto, content } from "../../harness/index.js";
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

  it("in the form of Anthropic's own is described as well", async () => {
    const source = { type: "base64", media_type: "image/jpeg", data: base64 };
    await ask([{ role: "user", content: [{ type: "image", source }] }]);
    expect(json(await world.span(), "gen_ai.prompt.0.content")).toEqual([
      { type: "image", source: { ...source, data: described("image/jpeg") } },
    ]);
  });

  it("keeps short words that stand where data would", async () => {
    const parts = [
      { type: "image_url", image_url: { url: "data:,hello" } },
      { type: "input_audio", input_audio: { data: "see above", format: "mp3" } },
    ];
    await ask([{ role: "user", content: parts }]);
    expect(json(await world.span(), "gen_ai.prompt.0.content")).toEqual(parts);
  });

  it("with a data URL that says no type, or more than its type, is described", async () => {
    const urls = [`data:;base64,${base64}`, `DATA:image/svg+xml;charset=utf-8;base64,${base64}`];
    await ask([{ role: "user", content: urls.map((url) => ({ type: "image_url", image_url: { url } })) }]);
    expect(json(await world.span(), "gen_ai.prompt.0.content")).toEqual([
      { type: "image_url", image_url: { url: described("text/plain") } },
      { type: "image_url", image_url: { url: described("image/svg+xml") } },
    ]);
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

  it("are told one by one, tool calls of the history with their ids", async () => {
    await ask(history);
    const span = await world.span();
    expect(span.attributes).toMatchObject({
      "gen_ai.prompt.0.role": "developer",
      "gen_ai.prompt.0.content": "Be brief.",
      "gen_ai.prompt.2.role": "assistant",
      "gen_ai.prompt.3.role": "tool",
      "gen_ai.prompt.3.tool_call_id": "call_1",
      "gen_ai.prompt.3.content": '{"customer":"ACME"}',
      "gen_ai.prompt.5.content": "Sure?",
    });
    expect(json(span, "gen_ai.prompt.2.tool_calls")).toEqual([call]);
    expect(span.attributes).not.toHaveProperty(["gen_ai.prompt.2.content"]);
    expect(span.attributes).not.toHaveProperty(["gen_ai.prompt.6.role"]);
    // The answer's own, not the history's.
    expect(json(span, "gen_ai.completion.0.tool_calls")).toMatchObject([{ id: "call_golden" }]);
  });

  it("may hold a function call of the older form", async () => {
    await ask([
      { role: "assistant", content: null, function_call: { name: "lookup", arguments: "{}" } },
      { role: "function", name: "lookup", content: "ACME" },
    ]);
    expect(json(await world.span(), "gen_ai.prompt.0.tool_calls")).toEqual([
      { type: "function", function: { name: "lookup", arguments: "{}" } },
    ]);
  });

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

  it("are left out where they are not, or are no numbers", async () => {
    const odd = { temperature: null, top_p: "0.5", seed: Number.NaN, stop: "END", max_completion_tokens: 9 };
    await traced().create({ model: "m", response_model, messages: [], ...(odd as object) });
    const { attributes } = await world.span();
    const given = Object.keys(attributes).filter((name) => name.startsWith("gen_ai.request."));
    expect(given.sort()).toEqual([
      "gen_ai.request.max_tokens",
      "gen_ai.request.model",
      "gen_ai.request.stop_sequences",
      "gen_ai.request.stream",
    ]);
    expect(attributes["gen_ai.request.stop_sequences"]).toEqual(["END"]);
  });
});

describe("in the current OpenTelemetry GenAI form", () => {
  const variable = "OTEL_SEMCONV_STABILITY_OPT_IN";
  let latest: World;
  beforeEach(async () => {
    process.env[variable] = "http,gen_ai_latest_experimental";
    await world.telemetry.shutdown();
    latest = await World.start();
    latest.server.answerWith(auto({ Ticket: { customer: "ACME" } }));
  });
  afterEach(async () => {
    Reflect.deleteProperty(process.env, variable);
    await latest[Symbol.asyncDispose]();
  });

  const history: Messages = [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is in this?" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${base64}` } },
        { type: "image_url", image_url: { url: "https://example.com/a.png" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "call_1", type: "function", function: { name: "lookup", arguments: '{"id":1}' } }],
    },
    { role: "tool", tool_call_id: "call_1", content: "ACME" },
  ];

  it("a call is told in messages of parts, and named chat and the model", async () => {
    const client = createTracedInstructor({ client: latest.openai(), mode: "TOOLS" });
    await client.create({ model: "gpt-4o-mini", response_model, messages: history });
    const span = await latest.span();
    expect(span.name).toBe("chat gpt-4o-mini");
    expect(json(span, "gen_ai.input.messages")).toEqual([
      { role: "system", parts: [{ type: "text", content: "Be brief." }] },
      {
        role: "user",
        parts: [
          { type: "text", content: "What is in this?" },
          { type: "blob", modality: "image", mime_type: "image/png", size: 30000, content: "" },
          { type: "uri", modality: "image", uri: "https://example.com/a.png" },
        ],
      },
      { role: "assistant", parts: [{ type: "tool_call", id: "call_1", name: "lookup", arguments: '{"id":1}' }] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "call_1", response: "ACME" }] },
    ]);
    expect(json(span, "gen_ai.output.messages")).toEqual([
      {
        role: "assistant",
        parts: [{ type: "tool_call", id: "call_golden", name: "Ticket", arguments: '{"customer":"ACME"}' }],
      },
    ]);
    const [tool] = json(span, "llm.request.functions") as { function: object }[];
    expect(json(span, "gen_ai.tool.definitions")).toEqual([{ type: "function", ...tool?.function }]);
    expect(span.attributes).toMatchObject({
      "gen_ai.output.type": "json",
      "traceloop.entity.name": "instructor.create",
      "respan.metadata.instructor_api": "instructor.create",
    });
    expect(Object.keys(span.attributes).filter((name) => /^gen_ai\.(prompt|completion)\./.test(name))).toEqual([]);
  });

  it("a plain call is told too", async () => {
    latest.server.answerWith(() => content("Hello"));
    const client = createTracedInstructor({ client: latest.openai(), mode: "TOOLS" });
    await client.chat.completions.create({ model: "gpt-4o-mini", messages: history });
    const span = await latest.span();
    expect(span.name).toBe("chat gpt-4o-mini");
    expect(json(span, "gen_ai.output.messages")).toEqual([
      { role: "assistant", parts: [{ type: "text", content: "Hello" }] },
    ]);
    expect(span.attributes).not.toHaveProperty(["gen_ai.output.type"]);
  });

  it("a stream is told too", async () => {
    const client = createTracedInstructor({ client: latest.openai(), mode: "JSON" });
    await collect(client.createPartial({ model: "gpt-4o-mini", response_model, messages: history }));
    const span = await latest.span();
    expect(json(span, "gen_ai.output.messages")).toEqual([
      { role: "assistant", parts: [{ type: "text", content: '{"customer":"ACME"}' }] },
    ]);
  });
});
