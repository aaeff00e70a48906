import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import type { ReceivedSpan } from "../../harness/index.js";
import { World } from "../world.js";

const VARIABLE = "OTEL_SEMCONV_STABILITY_OPT_IN";

let world: World;
afterEach(async () => {
  Reflect.deleteProperty(process.env, VARIABLE);
  await world[Symbol.asyncDispose]();
});

/** The span of a call whose messages are these, whatever a provider would say to them. */
async function spanOf(messages: unknown): Promise<ReceivedSpan> {
  const client = createTracedInstructor({
    client: { chat: { completions: { create: () => Promise.resolve({ choices: [] }) } } },
    mode: "JSON",
  });
  await client.chat.completions.create({ model: "m", messages } as never);
  return world.span();
}

/** What is told of the messages one by one, under short names. */
async function promptOf(messages: unknown): Promise<object> {
  const { attributes } = await spanOf(messages);
  const names = Object.keys(attributes).filter((name) => name.startsWith("gen_ai.prompt."));
  return Object.fromEntries(names.map((name) => [name.replace("gen_ai.prompt.", ""), attributes[name]]));
}

async function inputOf(messages: unknown): Promise<unknown> {
  const { attributes } = await spanOf(messages);
  return JSON.parse(attributes["gen_ai.input.messages"] as string);
}

const refuse = (): never => {
  throw new Error("refused");
};
const call = { id: "call_1", type: "function", function: { name: "lookup", arguments: '{"id":1}' } };
const older = { name: "lookup", arguments: "{}" };

describe("a message told under its index", () => {
  beforeEach(async () => {
    world = await World.start();
  });

  it("says what of it cannot be read", async () => {
    const message = { role: "user", tool_calls: [call], tool_call_id: "call_1" };
    expect(await promptOf([Object.defineProperty(message, "content", { get: refuse })])).toEqual({
      "0.role": "user",
      "0.content": "[unreadable]",
      "0.tool_calls": JSON.stringify([call]),
      "0.tool_call_id": "call_1",
    });
  });

  it.each<[what: string, message: unknown, told: object]>([
    ["a role and a text", { role: "user", content: "Who?" }, { "0.role": "user", "0.content": "Who?" }],
    ["an empty text", { role: "user", content: "" }, { "0.role": "user", "0.content": "" }],
    ["null for content", { role: "assistant", content: null }, { "0.role": "assistant" }],
    ["no content", { role: "assistant" }, { "0.role": "assistant" }],
    ["content that is no text", { role: "user", content: { a: 1 } }, { "0.role": "user", "0.content": '{"a":1}' }],
    ["a role that is no text", { role: 7, content: "Who?" }, { "0.content": "Who?" }],
    [
      "tool calls",
      { role: "assistant", tool_calls: [call] },
      { "0.role": "assistant", "0.tool_calls": JSON.stringify([call]) },
    ],
    [
      "null for tool calls, and a function call of the older form",
      { role: "assistant", tool_calls: null, function_call: older },
      { "0.role": "assistant", "0.tool_calls": JSON.stringify([{ type: "function", function: older }]) },
    ],
    ["null for both", { role: "assistant", tool_calls: null, function_call: null }, { "0.role": "assistant" }],
    ["a function call that is none", { role: "assistant", function_call: "auto" }, { "0.role": "assistant" }],
    [
      "the id of a tool call",
      { role: "tool", tool_call_id: "call_1", content: "ACME" },
      { "0.role": "tool", "0.content": "ACME", "0.tool_call_id": "call_1" },
    ],
    ["an id that is no text", { role: "tool", tool_call_id: 7 }, { "0.role": "tool" }],
    ["a bare text", "Who?", { "0.content": "Who?" }],
    ["a bare number", 7, { "0.content": "7" }],
    ["null", null, {}],
    ["nothing", undefined, {}],
  ])("is told as far as it is one: %s", async (_, message, told) => {
    expect(await promptOf([message])).toEqual(told);
  });

  it("is none where the messages are not an array", async () => {
    expect(await promptOf("Who?")).toEqual({});
    const { attributes } = await world.span();
    expect(JSON.parse(attributes["traceloop.entity.input"] as string)).toEqual({
      messages: [],
      model: "m",
      mode: "JSON",
    });
  });
});

describe("a message told in parts", () => {
  beforeEach(async () => {
    process.env[VARIABLE] = "gen_ai_latest_experimental";
    world = await World.start();
  });

  const text = { type: "text", content: "Who?" };
  it.each<[what: string, message: unknown, told: unknown]>([
    ["a text", { role: "user", content: "Who?" }, { role: "user", parts: [text] }],
    ["null for content", { role: "user", content: null }, { role: "user", parts: [] }],
    [
      "content that is no text",
      { role: "user", content: { a: 1 } },
      { role: "user", parts: [{ type: "text", content: '{"a":1}' }] },
    ],
    [
      "parts of other kinds",
      {
        role: "user",
        content: [
          { type: "text", text: "Who?" },
          { type: "input_audio", input_audio: { format: "mp3" } },
          { type: "video", seconds: 3 },
          { type: "tool_call", of: "another form" },
          "bare",
          null,
        ],
      },
      {
        role: "user",
        parts: [
          text,
          { type: "input_audio" },
          { type: "video", seconds: 3 },
          { type: "unknown", part: { type: "tool_call", of: "another form" } },
          { type: "text", content: "bare" },
          { type: "text", content: "null" },
        ],
      },
    ],
    [
      "pictures",
      {
        role: "user",
        content: [
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          { type: "image_url", image_url: "https://example.com/b.png" },
          { type: "image_url" },
          { type: "image_url", image_url: "no address" },
        ],
      },
      {
        role: "user",
        parts: [
          { type: "uri", modality: "image", uri: "https://example.com/a.png" },
          { type: "uri", modality: "image", uri: "https://example.com/b.png" },
          { type: "image_url" },
          { type: "image_url" },
        ],
      },
    ],
    [
      "a text and tool calls",
      { role: "assistant", content: "Who?", tool_calls: [call, { function: older }, {}, null] },
      {
        role: "assistant",
        parts: [
          text,
          { type: "tool_call", id: "call_1", name: "lookup", arguments: '{"id":1}' },
          { type: "tool_call", name: "lookup", arguments: "{}" },
          { type: "tool_call", name: "unknown", arguments: null },
          { type: "tool_call", name: "unknown", arguments: null },
        ],
      },
    ],
    [
      "a function call of the older form",
      { role: "assistant", content: null, function_call: older },
      { role: "assistant", parts: [{ type: "tool_call", name: "lookup", arguments: "{}" }] },
    ],
    ["tool calls that are none", { role: "assistant", tool_calls: "auto" }, { role: "assistant", parts: [] }],
    [
      "the answer of a tool",
      { role: "tool", tool_call_id: "call_1", content: "ACME" },
      { role: "tool", parts: [{ type: "tool_call_response", id: "call_1", response: "ACME" }] },
    ],
    ["a bare text", "Who?", { role: "user", parts: [text] }],
    ["null", null, { role: "user", parts: [] }],
  ])("is told as far as it is one: %s", async (_, message, told) => {
    expect(await inputOf([message])).toEqual([told]);
  });
});
