import { Stream } from "openai/streaming";
import { z } from "zod";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { content, fenced, thinking, toolCall } from "../harness/index.js";
import type { World } from "./world.js";
import { attemptsOf, collect, muteConsole, eachWorld } from "./world.js";

const Item = z.object({ owner: z.string(), status: z.enum(["new", "blocked"]) });
const items = [
  { owner: "Maya", status: "new" },
  { owner: "Noah", status: "blocked" },
];
const messages = [{ role: "user" as const, content: "Maya will send it. Noah is blocked." }];
const request = { model: "gpt-4o-mini", response_model: { schema: Item, name: "ActionItem" }, messages };

muteConsole();
let world: World;
eachWorld((made) => (world = made));

describe("createIterable", () => {
  it("gives the items and one span with usage, tool calls and what was consumed", async () => {
    world.server.reply(toolCall({ arguments: { items } }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });

    await expect(collect(client.createIterable(request))).resolves.toEqual(items);

    const span = await world.span();
    expect(span.name).toBe("instructor.create_iterable");
    expect(span.status.code).toBe(1);
    expect(span.attributes).toMatchObject({
      "gen_ai.is_streaming": true,
      "llm.usage.total_tokens": 78,
      "gen_ai.response.finish_reason": "tool_calls",
      "gen_ai.response.time_to_first_chunk": expect.any(Number),
    });
    expect(JSON.parse(span.attributes["traceloop.entity.output"] as string)).toEqual(items);
    expect(JSON.parse(span.attributes["gen_ai.completion.0.tool_calls"] as string)).toEqual([
      { id: "call_golden", type: "function", function: { name: "ActionItem", arguments: JSON.stringify({ items }) } },
    ]);
    expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.outcome": "success" }]);
  });

  it.each(["MD_JSON", "THINKING_MD_JSON", "JSON", "JSON_SCHEMA", "FUNCTIONS"] as const)("works in %s", async (mode) => {
    world.server.reply(
      mode === "THINKING_MD_JSON" ? thinking({ items }) : mode === "MD_JSON" ? fenced({ items }) : content({ items }),
    );
    const client = createTracedInstructor({ client: world.openai(), mode, streamUsage: true });
    await expect(collect(client.createIterable(request))).resolves.toEqual(items);
    expect((await world.span()).status.code).toBe(1);
  });

  it("throws the ZodError of an item where it stands, and keeps the items before it", async () => {
    world.server.reply(toolCall({ arguments: { items: [items[0], { owner: "Noah", status: "lost" }] } }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
    const got: unknown[] = [];
    const failing = (async () => {
      for await (const item of client.createIterable(request)) got.push(item);
    })();
    await expect(failing).rejects.toBeInstanceOf(z.ZodError);
    expect(got).toEqual([items[0]]);
    const span = await world.span();
    expect(span.status.code).toBe(2);
    expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.outcome": "validation_error" }]);
  });

  it("stops the request when the consumer breaks", async () => {
    world.server.reply(toolCall({ arguments: { items }, pieces: 1, writeDelay: 5 }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
    for await (const item of client.createIterable(request)) {
      expect(item).toEqual(items[0]);
      break;
    }
    await world.server.lastRequest.closed;
    expect(world.server.lastRequest.clientClosedEarly).toBe(true);
    const span = await world.span();
    expect(JSON.parse(span.attributes["traceloop.entity.output"] as string)).toEqual([items[0]]);
    expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.outcome": "aborted" }]);
  });

  it("makes one ordinary call with stream: false, retries included", async () => {
    world.server.reply(toolCall({ arguments: { items: [{ owner: "Noah" }] } }), toolCall({ arguments: { items } }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
    await expect(collect(client.createIterable({ ...request, stream: false, max_retries: 1 }))).resolves.toEqual(items);
    const span = await world.span();
    expect(span.attributes).toMatchObject({ "gen_ai.is_streaming": false, "instructor.attempts": 2 });
    expect(JSON.parse(span.attributes["traceloop.entity.output"] as string)).toEqual(items);
  });
});

describe("createPartial", () => {
  it("gives growing objects; the last one is the output", async () => {
    world.server.reply(toolCall({ arguments: items[0], pieces: 3 }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
    const partials = await collect(client.createPartial(request));
    expect(partials.length).toBeGreaterThan(3);
    expect(partials.at(-1)).toEqual({ ...items[0], _meta: { usage: undefined, _isValid: true } });
    const span = await world.span();
    expect(span.name).toBe("instructor.create_partial");
    expect(JSON.parse(span.attributes["traceloop.entity.output"] as string)).toEqual(items[0]);
  });
});

describe("chat.completions.create with stream: true", () => {
  it("gives Instructor's own partial objects with a response model", async () => {
    world.server.reply(toolCall({ arguments: items[0] }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
    const partials = await collect(await client.chat.completions.create({ ...request, stream: true }));
    expect(partials.at(-1)).toMatchObject(items[0]!);
    const span = await world.span();
    expect(span.attributes).toMatchObject({ "llm.usage.total_tokens": 78, "gen_ai.is_streaming": true });
    expect(JSON.parse(span.attributes["traceloop.entity.output"] as string)).toEqual(items[0]);
  });

  it("gives OpenAI's own stream without one, and leaves out the chunk that only the span asked for", async () => {
    world.server.reply(content("Hello there"));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
    const pending = client.chat.completions.create({ model: "gpt-4o-mini", messages, stream: true });
    expect(pending.withResponse).toBeInstanceOf(Function);
    const stream = await pending;
    expect(stream).toBeInstanceOf(Stream);
    const chunks = await collect(stream);
    expect(chunks.every(({ choices, usage }) => choices.length > 0 && usage === undefined)).toBe(true);
    const span = await world.span();
    expect(span.attributes).toMatchObject({
      "llm.usage.total_tokens": 78,
      "gen_ai.completion.0.content": "Hello there",
      "gen_ai.response.finish_reason": "stop",
    });
  });
});
