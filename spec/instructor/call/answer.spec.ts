import { z } from "zod";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import type { Warnings } from "../../scope/warnings.js";
import { eachWarnings } from "../../scope/warnings.js";
import { attemptsOf, muteConsole, World } from "../world.js";

const plain = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Who?" }] };
const structured = { ...plain, response_model: { schema: z.object({ customer: z.string() }), name: "Ticket" } };

muteConsole();
let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});
let warnings: Warnings;
eachWarnings((made) => (warnings = made));
// Whatever an answer is, there is nothing to be said of it.
afterEach(() => expect(warnings.said).toEqual([]));

/** A client of some provider's, which answers whatever it is told to. */
const answering = (create: () => unknown) =>
  createTracedInstructor({ client: { chat: { completions: { create } } }, mode: "JSON" });
const ask = (create: () => unknown, params: object) => answering(create).chat.completions.create(params as never);

const choice = (message: unknown, more: object = {}) => ({ choices: [{ message, ...more }] });

/** What a span tells of the answer, under short names. */
async function told(): Promise<object> {
  const { attributes } = await world.span();
  const names = Object.keys(attributes).filter((name) => /^gen_ai\.(completion\.0|response)\./.test(name));
  return Object.fromEntries(names.map((name) => [name.replace(/^gen_ai\.(completion\.0\.)?/, ""), attributes[name]]));
}

describe("the answer to a call without a response model", () => {
  it.each<[what: string, answer: unknown, expected: object]>([
    ["content", choice({ role: "model", content: "Ada" }), { role: "model", content: "Ada" }],
    ["no role", choice({ content: "Ada" }), { role: "assistant", content: "Ada" }],
    ["a refusal", choice({ content: null, refusal: "No." }), { role: "assistant", content: "No." }],
    ["content that is no text", choice({ content: { text: "Ada" } }), { role: "assistant", content: '{"text":"Ada"}' }],
    ["null for tool calls", choice({ content: "Ada", tool_calls: null }), { role: "assistant", content: "Ada" }],
    [
      "a function call of the older form",
      choice({ function_call: { name: "f" } }),
      { role: "assistant", tool_calls: '[{"type":"function","function":{"name":"f"}}]' },
    ],
    [
      "the reasons why its choices ended",
      {
        choices: [
          { message: { content: "a" }, finish_reason: "length" },
          { finish_reason: 7 },
          { finish_reason: "stop" },
        ],
      },
      {
        role: "assistant",
        content: "a",
        finish_reason: "length",
        "response.finish_reason": "length",
        "response.finish_reasons": ["length", "stop"],
      },
    ],
    [
      "a model and an id",
      { model: "m", id: "1", choices: [] },
      { "response.model": "m", "response.id": "1", role: "assistant", content: '{"model":"m","id":"1","choices":[]}' },
    ],
    [
      "a model and an id that are no texts",
      { model: 7, id: {}, choices: [] },
      { role: "assistant", content: '{"model":7,"id":{},"choices":[]}' },
    ],
    [
      "an empty model, id and reason",
      { model: "", id: "", ...choice({ content: "a" }, { finish_reason: "" }) },
      { role: "assistant", content: "a" },
    ],
    ["no message", { choices: [{}] }, { role: "assistant", content: '{"choices":[{}]}' }],
    ["null for a message", choice(null), { role: "assistant", content: '{"choices":[{"message":null}]}' }],
    ["null for choices", { choices: null }, { role: "assistant", content: '{"choices":null}' }],
    [
      "an error",
      { error: { message: "overloaded" } },
      { role: "assistant", content: '{"error":{"message":"overloaded"}}' },
    ],
    ["a page of HTML", "<html>Sign in</html>", { role: "assistant", content: "<html>Sign in</html>" }],
    ["null", null, { role: "assistant", content: "null" }],
    ["a refusal beside empty content", choice({ content: "", refusal: "No." }), { role: "assistant", content: "No." }],
    [
      "content in parts",
      choice({
        content: [
          { type: "thinking", thinking: [] },
          { type: "text", text: "forty-" },
          { type: "text", text: "two" },
        ],
      }),
      { role: "assistant", content: "forty-two" },
    ],
    [
      "content in parts without text",
      choice({ content: [{ type: "image", b64_json: "A".repeat(80) }] }),
      { role: "assistant", content: '[{"type":"image","b64_json":"[application/octet-stream, 60 bytes]"}]' },
    ],
    [
      "a spoken answer",
      choice({ content: null, audio: { id: "a", data: "AAAA", transcript: "hello" } }),
      { role: "assistant", content: "hello" },
    ],
    [
      "a picture",
      choice({ content: "", images: [{ image_url: { url: `data:image/png;base64,${"A".repeat(80)}` } }] }),
      { role: "assistant", content: '[{"image_url":{"url":"[image/png, 60 bytes]"}}]' },
    ],
    [
      "reasoning alone",
      choice({ content: "", reasoning: "two and two" }),
      { role: "assistant", content: "two and two" },
    ],
    [
      "reasoning alone, by its other name",
      choice({ content: null, reasoning_content: "two and two" }),
      { role: "assistant", content: "two and two" },
    ],
    ["nothing", undefined, { role: "assistant" }],
    [
      "what cannot be read",
      {
        get choices(): never {
          throw new Error("no");
        },
      },
      { role: "assistant" },
    ],
  ])("is told as far as it is one: %s", async (_, answer, expected) => {
    expect(await ask(() => Promise.resolve(answer), plain)).toBe(answer);
    expect(await told()).toEqual(expected);
    expect(attemptsOf(await world.span())).toMatchObject([{ "instructor.attempt.outcome": "success" }]);
  });
});

it.each([
  ["a response model", structured],
  ["no response model", plain],
])("a client that throws at once fails the call as one that rejects, with %s", async (_, params) => {
  const own = new Error("mine");
  const thrown: unknown = await Promise.resolve()
    .then(() =>
      ask(() => {
        throw own;
      }, params),
    )
    .catch((error: unknown) => error);
  expect(thrown).toBe(own);
  const span = await world.span();
  expect(span.status).toEqual({ code: 2, message: "mine" });
  expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.outcome": "provider_error" }]);
});

const call = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };

it.each<[what: string, answer: unknown, output: object]>([
  ["a text", choice({ role: "model", content: "Ada" }), { role: "model", content: "Ada" }],
  ["a refusal", choice({ content: null, refusal: "No." }), { content: "No." }],
  ["a tool call", choice({ role: "assistant", tool_calls: [call] }), { role: "assistant", tool_calls: [call] }],
  ["content of parts", choice({ content: [{ text: "Ada" }] }), { content: "Ada" }],
  ["nothing", undefined, {}],
])("the result of a call without a response model is the answer's message: %s", async (_, answer, output) => {
  await ask(() => Promise.resolve(answer), plain);
  const { attributes } = await world.span();
  expect(JSON.parse(attributes["traceloop.entity.output"] as string)).toEqual(output);
});

/** The answer is one to Instructor, which asks for no id. */
const withoutId = (content: string) => ({
  get id(): never {
    throw new Error("no");
  },
  ...choice({ content }),
});
const json = '{"customer":"Ada"}';

/** The span of a stream that had begun when telemetry was shut down. */
async function cutOff() {
  async function* chunks() {
    yield await Promise.resolve({ choices: [{ delta: { role: "model", content: '{"customer":"A' } }] });
    yield { choices: [{ delta: { content: 'da"}' } }] };
  }
  const partials = answering(() => Promise.resolve(chunks())).createPartial(structured);
  await expect(partials.next()).resolves.toMatchObject({ value: { customer: "A" } });
  await world.telemetry.shutdown();
  await partials.return(undefined);
  return world.receiver.spans[0]!;
}

describe("the answer to a call with a response model", () => {
  it("is told by what came of it", async () => {
    await ask(() => Promise.resolve(choice({ content: `  ${json}`, role: "model" })), structured);
    expect(await told()).toEqual({ role: "model", content: json });
    expect((await world.span()).attributes["traceloop.entity.output"]).toBe(json);
  });

  it("is told as it came where nothing came of it", async () => {
    const answer = choice({ content: '{"customer":7}', role: "model" }, { finish_reason: "stop" });
    await ask(() => Promise.resolve(answer), structured).catch(() => undefined);
    expect(await told()).toMatchObject({ role: "model", content: '{"customer":7}', finish_reason: "stop" });
    expect((await world.span()).attributes).not.toHaveProperty(["traceloop.entity.output"]);
  });

  it("is not told where there was none", async () => {
    await ask(() => Promise.reject(new Error("no")), structured).catch(() => undefined);
    await ask(() => Promise.reject(new Error("no")), plain).catch(() => undefined);
    for (const { attributes } of await world.spans()) {
      const names = Object.keys(attributes).filter((name) => /^gen_ai\.(completion|response)|output$/.test(name));
      expect(names).toEqual([]);
    }
  });

  it("is told by what came of it so far where it is cut off by the end of telemetry", async () => {
    expect((await cutOff()).attributes).toMatchObject({
      "gen_ai.completion.0.role": "assistant",
      "gen_ai.completion.0.content": '{"customer":"A"}',
      "traceloop.entity.output": '{"customer":"A"}',
    });
  });

  it("is told by its result where it cannot be read", async () => {
    await ask(() => Promise.resolve(withoutId(json)), structured);
    expect(await told()).toEqual({ role: "assistant", content: json });
  });
});

describe("in the current OpenTelemetry GenAI form, the answer", () => {
  const variable = "OTEL_SEMCONV_STABILITY_OPT_IN";
  beforeEach(async () => {
    await world[Symbol.asyncDispose]();
    process.env[variable] = "gen_ai_latest_experimental";
    world = await World.start();
  });
  afterEach(() => {
    Reflect.deleteProperty(process.env, variable);
  });
  const message = async () => {
    const told: unknown = (await world.span()).attributes["gen_ai.output.messages"];
    return told === undefined ? undefined : (JSON.parse(told as string) as unknown);
  };
  const of = (parts: object[], more: object = {}) => [{ role: "assistant", parts, ...more }];
  const text = (content: string) => ({ type: "text", content });
  const toolCall = { type: "tool_call", id: "call_1", name: "f", arguments: "{}" };

  it.each<[what: string, answer: unknown, expected: object[]]>([
    ["a text", choice({ role: "model", content: "Ada" }), of([text("Ada")], { role: "model" })],
    ["a refusal", choice({ content: null, refusal: "No." }), of([text("No.")])],
    ["a text and a tool call", choice({ content: "A", tool_calls: [call] }), of([text("A"), toolCall])],
    [
      "a function call",
      choice({ function_call: { name: "f" } }),
      of([{ type: "tool_call", name: "f", arguments: null }]),
    ],
    [
      "content that is no text",
      choice({ content: { text: "Ada" } }),
      of([{ type: "text", content: '{"text":"Ada"}' }]),
    ],
    ["tool calls that are none", choice({ tool_calls: "auto" }), of([])],
    ["nothing", undefined, of([])],
  ])("to a call without a response model is told as far as it is one: %s", async (_, answer, expected) => {
    await ask(() => Promise.resolve(answer), plain);
    expect(await message()).toEqual(expected);
  });
});
