import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { z } from "zod";
import * as zod4 from "zod/v4";
import type { Mode } from "../../../lib/instructor/client/client-types.js";
import { MODES } from "../../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { slot } from "../../../lib/scope/tracing.js";
import { content, httpError, toolCall } from "../../harness/index.js";
import type { World } from "../world.js";
import { attemptsOf, muteConsole, textOf, eachWorld } from "../world.js";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
const ticket = { customer: "ACME", priority: "high" };
const wrong = { customer: "ACME", priority: "soon" };
const messages = [{ role: "user" as const, content: "ACME cannot log in" }];
const plain = { model: "gpt-4o-mini", messages };
const request = { ...plain, response_model: { schema: Ticket, name: "Ticket" } };

muteConsole();
let world: World;
eachWorld((made) => (world = made));

const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: unknown) => error,
  );

describe("a traced call", () => {
  it("has one failed span also where Instructor refuses its parameters", async () => {
    const traced = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    for (const model of [null, { name: "Ticket" }, { schema: Ticket }, { schema: 7, name: "Ticket" }]) {
      await failure(traced.create({ ...plain, response_model: model } as never));
    }
    const spans = await world.spans();
    expect(spans.map(({ status }) => status.code)).toEqual([2, 2, 2, 2]);
    for (const { attributes } of spans) {
      expect(attributes).toMatchObject({
        "error.type": "TypeError",
        "instructor.attempts": 0,
        "gen_ai.prompt.0.content": "ACME cannot log in",
      });
    }
    expect(slot.tracing?.open.size).toBe(0);
  });

  it("retries any error where Instructor is told to, and tells what each attempt was", async () => {
    world.server.reply(httpError(500), toolCall({ arguments: "{nonsense" }), toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", retryAllErrors: true });
    await expect(client.create({ ...request, max_retries: 5 })).resolves.toMatchObject(ticket);
    const span = await world.span();
    expect(span.attributes["instructor.attempts"]).toBe(3);
    expect(attemptsOf(span).map((attempt) => attempt["instructor.attempt.outcome"])).toEqual([
      "provider_error",
      "parse_error",
      "success",
    ]);
  });

  it("keeps the calls of one moment apart", async () => {
    world.server.answerWith(({ body }) => {
      const text = String(body.messages?.at(-1)?.content);
      return toolCall({ arguments: { customer: text, priority: "high" }, id: `call_${text}` });
    });
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const names = Array.from({ length: 50 }, (_, index) => `customer-${index}`);
    const results = await Promise.all(
      names.map((name) => client.create({ ...request, messages: [{ role: "user", content: name }] })),
    );
    expect(results.map(({ customer }) => customer)).toEqual(names);
    const spans = await world.spans();
    expect(spans).toHaveLength(50);
    for (const { attributes } of spans) {
      const name = attributes["gen_ai.prompt.0.content"] as string;
      expect(attributes["traceloop.entity.output"]).toContain(`"${name}"`);
      expect(attributes["gen_ai.completion.0.tool_calls"]).toContain(`"call_${name}"`);
    }
  });
});

describe("createWithCompletion", () => {
  it.each(MODES)(
    "gives the very completion that the provider's client returned, of the last attempt, in %s",
    async (mode) => {
      const made = (value: object, id: string) => ({
        id,
        choices: [
          {
            finish_reason: "stop",
            message: {
              content: JSON.stringify(value),
              tool_calls: mode === "TOOLS" ? [{ function: { arguments: JSON.stringify(value) } }] : undefined,
              function_call: mode === "FUNCTIONS" ? { arguments: JSON.stringify(value) } : undefined,
            },
          },
        ],
      });
      const completions = [made(wrong, "1"), made(ticket, "2")];
      let count = 0;
      const own = { chat: { completions: { create: () => Promise.resolve(completions[count++]) } } };
      const client = createTracedInstructor({ client: own, mode });
      const both = await client.createWithCompletion({ ...request, max_retries: 1 });
      expect(both).toHaveLength(2);
      expect(both[0]).toMatchObject(ticket);
      expect(both[1]).toBe(completions[1]);
      expect((await world.span()).attributes["gen_ai.response.id"]).toBe("2");
    },
  );
});

describe("a traced client", () => {
  it("is everything that Instructor gives", () => {
    const openai = world.openai();
    const native = Instructor({ client: openai, mode: "JSON", debug: false });
    const traced = createTracedInstructor({ client: openai, mode: "JSON", debug: false });
    expect(traced.client).toBe(openai);
    expect(traced.client).toBeInstanceOf(OpenAI);
    expect([traced.mode, traced.provider, traced.debug]).toEqual([native.mode, native.provider, native.debug]);
    expect(traced.baseURL).toBe(openai.baseURL);
    expect(traced.models).toBe(openai.models);
    expect(Object.keys(traced.chat)).toEqual(Object.keys(native.chat));
    for (const key of ["client", "mode", "provider", "debug", "chat"]) expect(key in traced).toBe(key in native);
    expect("models" in traced).toBe("models" in native);
    expect(traced).toBeInstanceOf(native.constructor);
    for (const key of ["create", "createPartial", "on", "withOptions"]) expect(key in traced).toBe(true);
  });

  it("reaches the OpenAI client's private fields", async () => {
    const traced = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const list = (await traced.get("/models", {})) as { data: { id: string }[] };
    expect(list.data[0]?.id).toBe("gpt-4o-mini");
    expect((await traced.models.list()).data[0]?.id).toBe("gpt-4o-mini");
    expect((await traced.embeddings.create({ model: "e", input: "x" })).data).toHaveLength(1);
    expect(traced.withOptions({ timeout: 5 }).timeout).toBe(5);
    expect(traced.get).toBe(traced.get);
  });

  it("has what the OpenAI client has beside create, called on that", async () => {
    const openai = world.openai();
    const { chat } = createTracedInstructor({ client: openai, mode: "TOOLS" });
    expect(chat.completions.parse).toBe(chat.completions.parse);
    expect("stream" in chat.completions).toBe(true);
    expect("nothing" in chat.completions).toBe(false);
    expect(chat.completions.messages).toBe(openai.chat.completions.messages);
    expect(Object.keys(chat.completions)).toEqual(["create", "parse", "stream", "runTools"]);
    world.server.answerWith(() => content(ticket));
    const parsed = await chat.completions.parse({ ...plain, response_format: { type: "json_object" } });
    expect(parsed.choices[0]?.message.content).toBe(JSON.stringify(ticket));
    const final = await chat.completions.stream(plain).finalChatCompletion();
    expect(final.choices[0]?.message.content).toBe(JSON.stringify(ticket));
  });

  it("gives a traced client with other options, which shares its hooks", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const openai = world.openai();
    const traced = createTracedInstructor({ client: openai, mode: "TOOLS", traceContent: false });
    const models: string[] = [];
    traced.on("completion:kwargs", ({ model }) => models.push(model));
    const copy = traced.withOptions({ defaultHeaders: { "x-tenant": "acme" } });
    expect(copy.client).not.toBe(openai);
    expect(copy.mode).toBe("TOOLS");
    await expect(copy.create(request)).resolves.toMatchObject(ticket);
    await expect(copy.chat.completions.create(request)).resolves.toMatchObject(ticket);
    expect(world.server.requests.map(({ headers }) => headers["x-tenant"])).toEqual(["acme", "acme"]);
    expect(models).toEqual(["gpt-4o-mini", "gpt-4o-mini"]);
    await traced.create(request);
    expect(world.server.lastRequest.headers).not.toHaveProperty("x-tenant");
    const spans = await world.spans();
    expect(spans).toHaveLength(3);
    expect(spans.map(textOf).join()).not.toContain("ACME");
    await world.telemetry.shutdown();
    copy.clear();
    await expect(copy.create(request)).resolves.toMatchObject(ticket);
    expect(world.server.lastRequest.headers["x-tenant"]).toBe("acme");
  });

  it("says where a method that needs a response model has none", async () => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const message = (method: string) => new TypeError(`${method}: the parameters have no response_model`);
    for (const params of [plain, null, undefined, "Ticket"] as never[]) {
      expect(() => client.createIterable(params)).toThrow(message("createIterable"));
      expect(() => client.createPartial(params)).toThrow(message("createPartial"));
      await expect(client.createWithCompletion(params)).rejects.toEqual(message("createWithCompletion"));
    }
    expect(world.server.requests).toEqual([]);
    expect(await world.spans()).toEqual([]);
  });

  it.each([
    ["Zod 3", z.object({ a: z.string() })],
    ["Zod 4", zod4.object({ a: zod4.string() })],
  ])("shows the right form where the response model is a schema of %s", async (_, schema) => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const message = (method: string) =>
      new TypeError(
        `${method}: response_model must be an object with a schema and a name, got a schema; ` +
          'write response_model: { schema: SupportTicket, name: "SupportTicket" }',
      );
    const params = { ...plain, response_model: schema } as never;
    await expect(client.create(params)).rejects.toEqual(message("create"));
    await expect(client.createWithCompletion(params)).rejects.toEqual(message("createWithCompletion"));
    expect(() => client.createIterable(params)).toThrow(message("createIterable"));
    expect(() => client.createPartial(params)).toThrow(message("createPartial"));
    expect(world.server.requests).toEqual([]);
  });

  it("lets its methods be replaced, and its fields be set", async () => {
    const traced = createTracedInstructor({ client: world.openai(), mode: "TOOLS" }) as unknown as Record<
      string,
      unknown
    >;
    const mine = () => 7;
    traced.create = mine;
    expect(traced.create).toBe(mine);
    traced.debug = true;
    expect(traced.debug).toBe(true);
  });

  it("asks as its fields say by then", async () => {
    world.server.reply(content(ticket));
    const traced = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    (traced as { mode: Mode }).mode = "JSON";
    await expect(traced.create(request)).resolves.toMatchObject(ticket);
    expect(world.server.lastRequest.body).not.toHaveProperty("tools");
  });
});

describe("a call without a response model", () => {
  it("keeps its APIPromise, with all that it offers", async () => {
    world.server.answerWith(() => content("Hello"));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const { data, response, request_id: id } = await client.chat.completions.create(plain).withResponse();
    expect([data.choices[0]?.message.content, response.status, id]).toEqual(["Hello", 200, "req_1"]);
    const bare = await client.chat.completions.create(plain).asResponse();
    await expect(bare.json()).resolves.toMatchObject({ object: "chat.completion" });
    const completion = await client.chat.completions.create(plain);
    expect(completion.choices[0]?.message.content).toBe("Hello");
    expect(completion._request_id).toBe("req_3");
    expect(client.chat.completions.create(plain)).toBeInstanceOf(
      world.openai().chat.completions.create(plain).constructor,
    );
    const spans = await world.spans();
    expect(spans.slice(0, 3).map(({ name, status }) => [name, status.code])).toEqual(
      Array(3).fill(["instructor.create", 1]),
    );
    expect(spans[0]?.attributes).toMatchObject({
      "gen_ai.completion.0.content": "Hello",
      "llm.usage.total_tokens": 78,
      "gen_ai.prompt.0.content": "ACME cannot log in",
    });
    expect(spans[0]?.attributes).not.toHaveProperty("instructor.max_retries");
  });

  it("sends one request, whatever is asked of the promise", async () => {
    world.server.answerWith(() => content("Hello"));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const pending = client.chat.completions.create(plain);
    await Promise.all([pending, pending.then(() => 1), pending.finally(() => undefined), pending.withResponse()]);
    expect(world.server.requests).toHaveLength(1);
    expect(await world.spans()).toHaveLength(1);
  });

  it("tells the caller's own tools, and the calls that were made of them", async () => {
    const tool = { type: "function" as const, function: { name: "lookup", parameters: { type: "object" } } };
    world.server.reply(toolCall({ name: "lookup", arguments: { id: 1 }, id: "call_1" }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    await client.chat.completions.create({ ...plain, tools: [tool] });
    const { attributes } = await world.span();
    expect(JSON.parse(attributes["llm.request.functions"] as string)).toEqual([tool]);
    expect(JSON.parse(attributes["gen_ai.completion.0.tool_calls"] as string)).toEqual([
      { id: "call_1", type: "function", function: { name: "lookup", arguments: '{"id":1}' } },
    ]);
  });
});
