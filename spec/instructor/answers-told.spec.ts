import { z } from "zod";
import { createTracedInstructor } from "../../lib/instructor/traced-instructor.js";
import { attemptsOf, muteConsole, World } from "./world.js";

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
    ["content that is no text", choice({ content: { text: "Ada" } }), { role: "assistant" }],
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
      { "response.model": "m", "response.id": "1", role: "assistant" },
    ],
    ["a model and an id that are no texts", { model: 7, id: {}, choices: [] }, { role: "assistant" }],
    ["no message", { choices: [{}] }, { role: "assistant" }],
    ["null for a message", choice(null), { role: "assistant" }],
    ["null for choices", { choices: null }, { role: "assistant" }],
    ["a text", "Ada", { role: "assistant" }],
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
