import { z } from "zod";
import { readUsage, reportedUsage } from "../../../lib/instructor/call/usage.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { content, drop, Gate, httpError, toolCall } from "../../harness/index.js";
import type { ReceivedSpan } from "../../harness/index.js";
import type { World } from "../world.js";
import { attemptsOf, collect, muteConsole, eachWorld } from "../world.js";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
const ticket = { customer: "ACME", priority: "high" };
const wrong = { customer: "ACME", priority: "soon" };
const messages = [{ role: "user" as const, content: "ACME cannot log in" }];
const request = { model: "gpt-4o-mini", messages, response_model: { schema: Ticket, name: "Ticket" } };

muteConsole();
let world: World;
eachWorld((made) => (world = made));

const traced = () => createTracedInstructor({ client: world.openai(), mode: "TOOLS" });

/** The counts of a span, as short names. */
function countsOf({ attributes }: ReceivedSpan) {
  const [input, output, total, cached, reasoning] = [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "llm.usage.total_tokens",
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.reasoning.output_tokens",
  ].map((name) => attributes[name]);
  expect(attributes["gen_ai.usage.prompt_tokens"]).toBe(input);
  expect(attributes["gen_ai.usage.completion_tokens"]).toBe(output);
  expect(attributes["gen_ai.usage.cache_read_input_tokens"]).toBe(cached);
  expect(attributes["gen_ai.usage.reasoning_tokens"]).toBe(reasoning);
  return { input, output, total, cached, reasoning };
}

const first = { prompt: 50, completion: 20, cached: 4, reasoning: 6 };
const second = { prompt: 80, completion: 30, cached: 16, reasoning: 7 };
const sum = { input: 130, output: 50, total: 180, cached: 20, reasoning: 13 };

describe("the usage on a span", () => {
  it.each([
    ["a success", [toolCall({ arguments: wrong, usage: first }), toolCall({ arguments: ticket, usage: second })]],
    ["a final failure", [toolCall({ arguments: wrong, usage: first }), toolCall({ arguments: wrong, usage: second })]],
    [
      "an answer that is no JSON",
      [toolCall({ arguments: wrong, usage: first }), toolCall({ arguments: "{", usage: second })],
    ],
  ])("is the sum over all attempts, cached and reasoning tokens too, on %s", async (_, answers) => {
    world.server.reply(...answers);
    await traced()
      .create({ ...request, max_retries: 1 })
      .catch(() => undefined);
    const span = await world.span();
    expect(countsOf(span)).toEqual(sum);
    expect(
      attemptsOf(span).map((attempt) => [
        attempt["instructor.attempt.input_tokens"],
        attempt["instructor.attempt.output_tokens"],
      ]),
    ).toEqual([
      [50, 20],
      [80, 30],
    ]);
  });

  it("has the tokens that were written to the provider's cache, and the service's columns", async () => {
    const rawUsage = { prompt_tokens: 50, completion_tokens: 20, cache_creation_input_tokens: 8 };
    world.server.reply(toolCall({ arguments: wrong, rawUsage }), toolCall({ arguments: ticket, rawUsage }));
    await traced().create({ ...request, max_retries: 1, reasoning_effort: "low" });
    expect((await world.span()).attributes).toMatchObject({
      "gen_ai.usage.cache_write.input_tokens": 16,
      prompt_cache_creation_tokens: 16,
      "gen_ai.request.reasoning.level": "low",
      "llm.request.reasoning_effort": "low",
    });
  });

  it("is that of the attempts that were answered, where the provider failed in the end", async () => {
    world.server.reply(toolCall({ arguments: wrong, usage: first }), httpError(400));
    await expect(traced().create({ ...request, max_retries: 1 })).rejects.toMatchObject({ status: 400 });
    const span = await world.span();
    expect(countsOf(span)).toEqual({ input: 50, output: 20, total: 70, cached: 4, reasoning: 6 });
    expect(span.attributes).toMatchObject({ "instructor.attempts": 2, "http.response.status_code": 400 });
  });

  it("is that of the attempts that were answered, where the caller stopped a later one", async () => {
    const gate = new Gate();
    world.server.reply(toolCall({ arguments: wrong, usage: first }), toolCall({ arguments: ticket, gate }));
    const controller = new AbortController();
    const call = traced().create({ ...request, max_retries: 1 }, { signal: controller.signal });
    const failed = expect(call).rejects.toThrow("aborted");
    await gate.arrived;
    controller.abort();
    await failed;
    gate.release();
    const span = await world.span();
    expect(countsOf(span).total).toBe(70);
    expect(attemptsOf(span).map((attempt) => attempt["instructor.attempt.outcome"])).toEqual([
      "validation_error",
      "aborted",
    ]);
  });

  it("sums the counts of those attempts that reported them", async () => {
    world.server.reply(
      toolCall({ arguments: wrong, usage: null }),
      toolCall({ arguments: wrong, usage: first }),
      toolCall({ arguments: ticket, usage: { prompt: 1, completion: 2 } }),
    );
    await traced().create({ ...request, max_retries: 2 });
    expect(countsOf(await world.span())).toEqual({ input: 51, output: 22, total: 73, cached: 4, reasoning: 6 });
  });

  it.each([
    ["nothing", null, {}],
    ["a text", "78 tokens", {}],
    ["texts", { prompt_tokens: "57", completion_tokens: "21", total_tokens: "78" }, {}],
    ["negative numbers", { prompt_tokens: -1, completion_tokens: -2, total_tokens: -3 }, {}],
    ["parts of tokens", { prompt_tokens: 1.5, completion_tokens: 2, total_tokens: 3.5 }, { output: 2 }],
    ["null for counts", { prompt_tokens: 7, completion_tokens: null, total_tokens: null }, { input: 7 }],
    ["no total", { prompt_tokens: 7, completion_tokens: 3 }, { input: 7, output: 3, total: 10 }],
    [
      "not all by its parts",
      { prompt_tokens: 7, completion_tokens: 3, total_tokens: 12 },
      { input: 7, output: 3, total: 12 },
    ],
    ["zeros", { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, { input: 0, output: 0, total: 0 }],
    [
      "null for details",
      { prompt_tokens: 7, prompt_tokens_details: null, completion_tokens_details: null },
      { input: 7 },
    ],
    ["too much to count", { prompt_tokens: 1e300, completion_tokens: 3 }, { output: 3 }],
  ])("leaves out what a provider did not count: %s", async (_, rawUsage, expected) => {
    world.server.reply(toolCall({ arguments: ticket, rawUsage }), content("Hello", { rawUsage, forceUsage: true }));
    const client = traced();
    await client.create(request);
    await collect(await client.chat.completions.create({ model: "gpt-4o-mini", messages, stream: true }));
    for (const span of await world.spans()) {
      const all = { input: undefined, output: undefined, total: undefined, cached: undefined, reasoning: undefined };
      expect(countsOf(span)).toEqual({ ...all, ...expected });
    }
  });

  it("of a stream that breaks is what had come by then", async () => {
    const usage = { prompt_tokens: 57, completion_tokens: 3, total_tokens: 60 };
    const chunk = (text: string, more: object = {}) => ({
      id: "1",
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta: { content: text }, finish_reason: null }],
      ...more,
    });
    const answer = { ...content(""), events: [chunk("He", { usage }), chunk("llo")] };
    world.server.reply(drop({ of: answer, after: { writes: 1 } }));
    const stream = await traced().chat.completions.create({ model: "gpt-4o-mini", messages, stream: true });
    await expect(collect(stream)).rejects.toThrow("terminated");
    const span = await world.span();
    expect(span.status.code).toBe(2);
    expect(countsOf(span).total).toBe(60);
  });

  it("and everything else tells a stream's first chunk, and no other call's", async () => {
    const gate = new Gate();
    world.server.reply(content("Hello", { gate, gateBeforeWrite: 0 }), toolCall({ arguments: ticket }));
    const client = traced();
    const stream = await client.chat.completions.create({ model: "gpt-4o-mini", messages, stream: true });
    gate.release();
    await collect(stream);
    await client.create(request);
    const [streamed, whole] = await world.spans();
    expect(streamed?.attributes["gen_ai.response.time_to_first_chunk"]).toBeGreaterThan(0);
    expect(whole?.attributes).not.toHaveProperty(["gen_ai.response.time_to_first_chunk"]);
  });
});

describe("the usage of a provider that reports it in its own way", () => {
  const counts = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };
  const read = { input: 5, output: 3, total: 8, cached: undefined, reasoning: undefined };

  it.each<[what: string, completion: unknown, expected: object]>([
    ["beside the choices", { usage: counts }, read],
    ["in Groq's own field", { x_groq: { usage: counts } }, read],
    ["within the choice", { choices: [{ usage: counts }] }, read],
    ["within the last of the choices that have one", { choices: [{ usage: {} }, null, { usage: counts }, {}] }, read],
    ["by OpenAI's newer names", { usage: { input_tokens: 5, output_tokens: 3 } }, read],
    [
      "with details by the newer names",
      {
        usage: {
          input_tokens: 5,
          output_tokens: 3,
          input_tokens_details: { cached_tokens: 2 },
          output_tokens_details: { reasoning_tokens: 1 },
        },
      },
      { ...read, cached: 2, reasoning: 1 },
    ],
    ["with DeepSeek's cached tokens", { usage: { ...counts, prompt_cache_hit_tokens: 4 } }, { ...read, cached: 4 }],
    ["with Anthropic's cached tokens", { usage: { ...counts, cache_read_input_tokens: 4 } }, { ...read, cached: 4 }],
    ["with Moonshot's cached tokens", { usage: { ...counts, cached_tokens: 4 } }, { ...read, cached: 4 }],
    ["with Perplexity's reasoning tokens", { usage: { ...counts, reasoning_tokens: 2 } }, { ...read, reasoning: 2 }],
    ["as Mistral's client spells it", { usage: { promptTokens: 5, completionTokens: 3, totalTokens: 8 } }, read],
    ["as Bedrock's client spells it", { usage: { inputTokens: 5, outputTokens: 3 } }, read],
    ["as Cohere nests it", { usage: { tokens: { input_tokens: 5, output_tokens: 3 } } }, read],
    ["nowhere", { usage: null, choices: null }, { ...read, input: undefined, output: undefined, total: undefined }],
  ])("is read: %s", (_, completion, expected) => {
    expect(readUsage(reportedUsage(completion))).toEqual(expected);
  });
});
