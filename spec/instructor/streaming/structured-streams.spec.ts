import { ROOT_CONTEXT, context, trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { z as v3 } from "zod";
import { z as v4 } from "zod/v4";
import { withTask } from "../../../lib/decorators/decorators.js";
import type { Mode } from "../../../lib/instructor/client/client-types.js";
import { MODES } from "../../../lib/instructor/client/config.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { slot } from "../../../lib/scope/tracing.js";
import { content, drop, fenced, functionCall, Gate, httpError, thinking, toolCall } from "../../harness/index.js";
import type { Completion } from "../../harness/index.js";
import type { World } from "../world.js";
import { attemptsOf, collect, muteConsole, eachWorld } from "../world.js";

const Item3 = v3.object({ owner: v3.string(), task: v3.string(), size: v3.number().default(1) });
const Item4 = v4.strictObject({ owner: v4.string(), task: v4.string(), size: v4.number().default(1) });
const SCHEMAS = [
  ["Zod 3", Item3],
  ["Zod 4", Item4 as unknown as typeof Item3],
] as const;
/** Text that a reader of text could take for the end of something, in characters of one to four bytes. */
const items = [
  { owner: "Maya Müller", task: 'close } the ] "budget" \\ 預算' },
  { owner: "Noah 🎫", task: "wait for ``legal`` {approval, [" },
  { owner: "Ünal", task: "</think> nothing" },
];
const parsed = items.map((item) => ({ ...item, size: 1 }));
const messages = [{ role: "user" as const, content: "Who does what?" }];
const request = { model: "gpt-4o-mini", messages, response_model: { schema: Item3, name: "ActionItem" } };

muteConsole();
let world: World;
eachWorld((made) => (world = made));

const traced = (mode: Mode = "TOOLS") => createTracedInstructor({ client: world.openai(), mode, streamUsage: true });
const outcomes = async () => attemptsOf(await world.span()).map((attempt) => attempt["instructor.attempt.outcome"]);
const outputOf = (span: { attributes: Record<string, unknown> }) =>
  JSON.parse(span.attributes["traceloop.entity.output"] as string) as unknown;

type How = Parameters<typeof content>[1] & { readonly id?: string };

/** The answer that a mode asks for: really fenced and thought about where that is the mode. */
function answerIn(mode: Mode, value: unknown, how: How = {}): Completion {
  if (mode === "TOOLS") return toolCall({ arguments: value, ...how });
  if (mode === "FUNCTIONS") return functionCall({ arguments: value, ...how });
  if (mode === "MD_JSON") return fenced(value, how);
  if (mode === "THINKING_MD_JSON") return thinking(value, how);
  return content(value, how);
}

/** The text of an answer as the model writes it. */
function textOfAnswer(answer: Completion): string {
  const given = answer.toolCalls?.[0]?.arguments ?? answer.functionCall?.arguments ?? answer.content;
  return typeof given === "string" ? given : JSON.stringify(given);
}

/** Where, in characters, a part of the answer ends. */
function endOf(part: unknown, answer: Completion): number {
  const text = textOfAnswer(answer);
  const at = text.indexOf(JSON.stringify(part));
  return Array.from(text.slice(0, at + JSON.stringify(part).length)).length;
}

describe.each(MODES)("createIterable in %s", (mode) => {
  it.each(SCHEMAS)("gives each item as soon as it is complete in the stream, with %s", async (_, schema) => {
    const gate = new Gate();
    const whole = answerIn(mode, { items });
    // The event with the role, the piece that ends with the first item; what follows waits.
    const pieces = [endOf(items[0], whole)];
    world.server.reply(answerIn(mode, { items }, { pieces, gate, gateBeforeWrite: 2 }));
    const generator = traced(mode).createIterable({ ...request, response_model: { schema, name: "ActionItem" } });
    await expect(generator.next()).resolves.toEqual({ done: false, value: parsed[0] });
    expect(world.server.lastRequest.clientClosedEarly).toBe(false);
    gate.release();
    await expect(collect(generator)).resolves.toEqual(parsed.slice(1));
    expect(outputOf(await world.span())).toEqual(parsed);
  });

  it.each([1, 7])("reads an answer that arrives %d characters at a time, cut within characters", async (size) => {
    world.server.answerWith(() => answerIn(mode, { items }, { pieces: size, cuts: 5 }));
    await expect(collect(traced(mode).createIterable(request))).resolves.toEqual(parsed);
    const { attributes, status } = await world.span();
    expect(status.code).toBe(1);
    expect(attributes["llm.usage.total_tokens"]).toBe(78);
  });
});

describe.each(MODES)("createPartial in %s", (mode) => {
  it("gives the object growing, as it arrives", async () => {
    const gate = new Gate();
    const [item] = items;
    const whole = answerIn(mode, item);
    const pieces = [endOf(item?.owner, whole)];
    world.server.reply(answerIn(mode, item, { pieces, gate, gateBeforeWrite: 2 }));
    const generator = traced(mode).createPartial(request);
    await expect(generator.next()).resolves.toMatchObject({ done: false, value: { owner: "Maya Müller" } });
    gate.release();
    expect((await collect(generator)).at(-1)).toMatchObject({ ...item, _meta: { _isValid: true } });
    expect(outputOf(await world.span())).toEqual(item);
  });
});

describe.each(["MD_JSON", "THINKING_MD_JSON"] as const)("in %s", (mode) => {
  it("writes nothing to the console", async () => {
    const client = traced(mode);
    // Instructor itself warns of some modes when a client is made; its parser writes an error for each fenced chunk.
    jest.clearAllMocks();
    world.server.reply(answerIn(mode, { items }), answerIn(mode, items[0]));
    await collect(client.createIterable(request));
    await collect(client.createPartial(request));
    for (const method of ["error", "warn"] as const) expect(console[method]).not.toHaveBeenCalled();
  });
});

type Start = (
  client: ReturnType<typeof traced>,
  options?: { signal?: AbortSignal },
) => AsyncGenerator<object, void> | Promise<AsyncGenerator<object, void>>;
const APIS = {
  createIterable: {
    name: "instructor.create_iterable",
    start: ((client, options) => client.createIterable(request, options)) as Start,
    answer: (how: How = {}) => toolCall({ arguments: { items }, ...how }),
    /** The piece of the answer with which the first value comes. */
    first: endOf(items[0], toolCall({ arguments: { items } })),
    output: [parsed[0]] as unknown,
    leavesRequest: false,
  },
  createPartial: {
    name: "instructor.create_partial",
    start: ((client, options) => client.createPartial(request, options)) as Start,
    answer: (how: How = {}) => toolCall({ arguments: items[0], ...how }),
    first: endOf(items[0]?.owner, toolCall({ arguments: items[0] })),
    output: { owner: items[0]?.owner } as unknown,
    leavesRequest: false,
  },
  "create with stream: true": {
    name: "instructor.create",
    start: ((client, options) => client.chat.completions.create({ ...request, stream: true }, options)) as Start,
    answer: (how: How = {}) => toolCall({ arguments: items[0], ...how }),
    first: endOf(items[0]?.owner, toolCall({ arguments: items[0] })),
    output: { owner: items[0]?.owner, task: null, size: 1 } as unknown,
    // Instructor splits the provider's stream, and leaves one branch of it open.
    leavesRequest: true,
  },
};

describe.each(Object.entries(APIS))("the generator of %s", (_, api) => {
  const { name, start, answer, first, output, leavesRequest } = api;
  const expectStopped = async (): Promise<void> => {
    if (leavesRequest) return;
    await world.server.lastRequest.closed;
    expect(world.server.lastRequest.clientClosedEarly).toBe(true);
  };

  it("is there at once, and sends nothing and has no span before it is advanced", async () => {
    const generator = await start(traced());
    expect(Object.prototype.toString.call(generator)).toBe("[object AsyncGenerator]");
    expect(generator[Symbol.asyncIterator]()).toBe(generator);
    await expect(generator.return()).resolves.toEqual({ done: true, value: undefined });
    await expect(generator.next()).resolves.toEqual({ done: true, value: undefined });
    const thrown = new Error("mine");
    await expect((await start(traced())).throw(thrown)).rejects.toBe(thrown);
    await start(traced());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(world.server.requests).toHaveLength(0);
    expect(await world.spans()).toHaveLength(0);
    expect(slot.tracing?.open.size).toBe(0);
  });

  it("hangs on the span that was active when it was asked for, and leaves the consumer's alone", async () => {
    world.server.reply(answer());
    const generator = await withTask("maker", () => [start(traced())] as const)[0];
    await withTask("consumer", async () => {
      const here = context.active();
      const consumer = trace.getActiveSpan();
      for await (const value of generator) {
        expect(value).toBeDefined();
        expect(trace.getActiveSpan()).toBe(consumer);
        expect(context.active()).toBe(here);
      }
      expect(context.active()).toBe(here);
    });
    const spans = await world.spans();
    const [maker, chat] = ["maker.task", name].map((wanted) => spans.find((span) => span.name === wanted));
    expect(chat?.parentSpanId).toBe(maker?.spanId);
  });

  it("can be advanced from other contexts at each step", async () => {
    world.server.reply(answer());
    const generator = await start(traced());
    const step = async (key: number) => {
      const here = ROOT_CONTEXT.setValue(Symbol.for("step"), key);
      return context.with(here, async () => {
        const result = await generator.next();
        expect(context.active()).toBe(here);
        return result;
      });
    };
    let key = 0;
    while ((await step(key++)).done !== true);
    expect((await world.span()).status.code).toBe(1);
  });

  it("runs hooks and a custom fetch within its span", async () => {
    world.server.reply(answer());
    const active: (string | undefined)[] = [];
    const note = () => active.push(trace.getActiveSpan()?.spanContext().spanId);
    const openai = new OpenAI({
      apiKey: "sk-local",
      baseURL: world.server.url,
      fetch: (...args: Parameters<typeof fetch>) => {
        note();
        return fetch(...args);
      },
    });
    const client = createTracedInstructor({ client: openai, mode: "TOOLS", streamUsage: true });
    client.on("completion:kwargs", note);
    client.on("completion:response", note);
    await collect(await start(client));
    const { spanId } = await world.span();
    expect(active).toEqual([spanId, spanId, spanId]);
  });

  it("says when its first chunk came, whatever comes after", async () => {
    const gate = new Gate();
    world.server.reply(answer({ pieces: [first], gate, gateBeforeWrite: 2 }));
    const from = performance.now();
    const generator = await start(traced());
    await generator.next();
    const untilFirst = (performance.now() - from) / 1_000;
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.release();
    // Of a list that breaks off it is an error that comes.
    await collect(generator).catch(() => undefined);
    const said = (await world.span()).attributes["gen_ai.response.time_to_first_chunk"];
    expect(said).toBeLessThanOrEqual(untilFirst);
  });

  it.each(["break", "throw", "return"] as const)(
    "stops the request on %s, and its span says what came",
    async (way) => {
      const gate = new Gate();
      world.server.reply(answer({ pieces: [first], gate, gateBeforeWrite: 2 }));
      const generator = await start(traced());
      const mine = new Error("mine");
      const consume = async () => {
        if (way === "return") {
          await generator.next();
          await expect(generator.return()).resolves.toEqual({ done: true, value: undefined });
          return;
        }
        for await (const value of generator) {
          expect(value).toBeDefined();
          if (way === "break") break;
          throw mine;
        }
      };
      if (way === "throw") await expect(consume()).rejects.toBe(mine);
      else await consume();
      await expectStopped();
      gate.release();
      const span = await world.span();
      expect(span.status.code).toBe(1);
      expect(await outcomes()).toEqual(["aborted"]);
      expect(outputOf(span)).toEqual(output);
      await expect(generator.next()).resolves.toEqual({ done: true, value: undefined });
    },
  );

  it("hands an error thrown into it back, and stops the request", async () => {
    const gate = new Gate();
    world.server.reply(answer({ pieces: [first], gate, gateBeforeWrite: 2 }));
    const generator = await start(traced());
    await generator.next();
    const mine = new Error("mine");
    await expect(generator.throw(mine)).rejects.toBe(mine);
    await expectStopped();
    gate.release();
    expect((await world.span()).status).toEqual({ code: 2, message: "mine" });
    expect(await outcomes()).toEqual(["aborted"]);
  });

  it.each([
    ["while it is traced", () => undefined],
    ["after telemetry was shut down", () => world.telemetry.shutdown()],
  ])("does not take a SyntaxError that is thrown into it for the answer's, %s", async (_, meanwhile) => {
    const gate = new Gate();
    world.server.reply(answer({ pieces: [first], gate, gateBeforeWrite: 2 }));
    const client = traced();
    const told: unknown[] = [];
    client.on("parse:error", (error) => told.push(error));
    const generator = await start(client);
    await generator.next();
    await meanwhile();
    await expect(generator.throw(new SyntaxError("mine"))).rejects.toThrow("mine");
    gate.release();
    expect(told).toEqual([]);
  });

  it(`ends ${leavesRequest ? "" : "with the client's own error "}when its signal stops it mid-stream`, async () => {
    const gate = new Gate();
    world.server.reply(answer({ pieces: [first], gate, gateBeforeWrite: 2 }));
    const controller = new AbortController();
    const generator = await start(traced(), { signal: controller.signal });
    await generator.next();
    const rest = collect(generator);
    controller.abort();
    if (leavesRequest) await rest;
    else await expect(rest).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    await expectStopped();
    gate.release();
    const span = await world.span();
    expect(span.attributes["error.type"]).toBe(leavesRequest ? undefined : "APIUserAbortError");
    expect(await outcomes()).toEqual(["aborted"]);
    expect(outputOf(span)).toEqual(output);
  });

  it("sends nothing when its signal is aborted already", async () => {
    const generator = await start(traced(), { signal: AbortSignal.abort() });
    await expect(generator.next()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(world.server.requests).toHaveLength(0);
    expect(await outcomes()).toEqual(["aborted"]);
  });

  it("throws the provider's own error", async () => {
    world.server.reply(httpError(429, "slow down", { headers: { "x-should-retry": "false" } }));
    const generator = await start(traced());
    await expect(generator.next()).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(generator.next()).resolves.toEqual({ done: true, value: undefined });
    expect((await world.span()).attributes).toMatchObject({
      "error.type": "RateLimitError",
      "http.response.status_code": 429,
    });
  });

  it("throws what a stream breaks with, after what came before", async () => {
    world.server.reply(drop({ of: answer({ pieces: [first] }), after: { writes: 2 } }));
    const got: unknown[] = [];
    const reading = (async () => {
      for await (const value of await start(traced())) got.push(value);
    })();
    await expect(reading).rejects.toThrow("terminated");
    expect(got).toHaveLength(1);
    const span = await world.span();
    expect(span.status).toEqual({ code: 2, message: "terminated" });
    expect(outputOf(span)).toEqual(output);
    expect(await outcomes()).toEqual(["provider_error"]);
  });

  it("has its span ended at shutdown, with what came, and can be read to its end", async () => {
    world.server.reply(answer({ pieces: [first] }));
    const generator = await start(traced());
    const values: unknown[] = [(await generator.next()).value];
    await world.telemetry.shutdown();
    expect(outputOf(world.receiver.only(name))).toEqual(output);
    expect(world.receiver.only(name).status.code).toBe(0);
    values.push(...(await collect(generator)));
    expect(values.length).toBeGreaterThan(1);
    expect(world.receiver.spans).toHaveLength(1);
  });

  it("has its span ended at shutdown before its request is made, and can be read to its end", async () => {
    world.server.reply(answer());
    const generator = await start(traced());
    const next = generator.next();
    await world.telemetry.shutdown();
    expect(world.receiver.only(name).attributes["instructor.attempts"]).toBe(0);
    await expect(next).resolves.toMatchObject({ done: false });
    expect(await collect(generator)).not.toHaveLength(0);
  });

  it("works the same without telemetry", async () => {
    world.server.answerWith(() => answer());
    const withTelemetry = await collect(await start(traced()));
    await world.telemetry.shutdown();
    expect(await collect(await start(traced()))).toEqual(withTelemetry);
    expect(world.server.lastRequest.body).not.toHaveProperty("stream_options");
    const left = await start(traced());
    await left.next();
    await expect(left.return()).resolves.toEqual({ done: true, value: undefined });
  });

  it("has the tool call on its span, whole, with the provider's id", async () => {
    world.server.reply(answer({ id: "call_1", pieces: 3 }));
    await collect(await start(traced()));
    const said = (await world.span()).attributes["gen_ai.completion.0.tool_calls"];
    const text = textOfAnswer(answer());
    expect(JSON.parse(said as string)).toMatchObject([
      { id: "call_1", type: "function", function: { arguments: text } },
    ]);
  });

  it("asks for its usage on behalf of the span", async () => {
    world.server.answerWith(() => answer({ usage: { prompt: 50, completion: 20, cached: 4, reasoning: 6 } }));
    await collect(await start(traced()));
    expect(world.server.lastRequest.body.stream_options).toEqual({ include_usage: true });
    expect((await world.span()).attributes).toMatchObject({
      "gen_ai.usage.input_tokens": 50,
      "gen_ai.usage.output_tokens": 20,
      "llm.usage.total_tokens": 70,
      "gen_ai.usage.cache_read.input_tokens": 4,
      "gen_ai.usage.reasoning.output_tokens": 6,
    });
  });
});

describe("createIterable", () => {
  it("throws where an item does not fit, stops the request, and delivered what was before", async () => {
    const gate = new Gate();
    const bad = { owner: 7 };
    const list = { items: [items[0], bad, items[1]] };
    const pieces = [endOf(bad, toolCall({ arguments: list }))];
    world.server.reply(toolCall({ arguments: list, pieces, gate, gateBeforeWrite: 2 }));
    const generator = traced().createIterable(request);
    await expect(generator.next()).resolves.toEqual({ done: false, value: parsed[0] });
    await expect(generator.next()).rejects.toBeInstanceOf(v3.ZodError);
    await expect(generator.next()).resolves.toEqual({ done: true, value: undefined });
    await world.server.lastRequest.closed;
    expect(world.server.lastRequest.clientClosedEarly).toBe(true);
    gate.release();
    const span = await world.span();
    expect(span.status.code).toBe(2);
    expect(outputOf(span)).toEqual([parsed[0]]);
  });

  it("throws a SyntaxError where an item is no JSON, and delivered what was before", async () => {
    world.server.reply(toolCall({ arguments: `{"items": [${JSON.stringify(items[0])}, {owner: "Maya"}]}` }));
    const generator = traced().createIterable(request);
    await expect(generator.next()).resolves.toEqual({ done: false, value: parsed[0] });
    await expect(generator.next()).rejects.toBeInstanceOf(SyntaxError);
    expect(await outcomes()).toEqual(["parse_error"]);
  });

  it("takes what a schema throws for an item after the first for a failure of the answer", async () => {
    world.server.reply(toolCall({ arguments: { items: [{ size: "1" }, { size: "one" }] } }));
    const schema = v3.object({ size: v3.string().transform((text) => JSON.parse(text) as number) });
    const generator = traced().createIterable({ ...request, response_model: { schema, name: "Size" } });
    await expect(collect(generator)).rejects.toBeInstanceOf(SyntaxError);
    expect(await outcomes()).toEqual(["parse_error"]);
  });

  it.each(["an empty list", "a list in several tool calls"] as const)("takes %s", async (which) => {
    const calls = which === "an empty list" ? [{ items: [] }] : items.map((item) => ({ items: [item] }));
    world.server.reply({ kind: "completion", toolCalls: calls.map((each) => ({ arguments: each })) });
    await expect(collect(traced().createIterable(request))).resolves.toEqual(which === "an empty list" ? [] : parsed);
    expect((await world.span()).status.code).toBe(1);
  });

  it("makes one ordinary call with stream: false, retries included", async () => {
    world.server.reply(toolCall({ arguments: { items: [{ owner: "Noah" }] } }), toolCall({ arguments: { items } }));
    const list = traced().createIterable({ ...request, stream: false, max_retries: 1 });
    await expect(collect(list)).resolves.toEqual(parsed);
    const span = await world.span();
    expect(span.attributes).toMatchObject({ "gen_ai.is_streaming": false, "instructor.attempts": 2 });
    expect(outputOf(span)).toEqual(parsed);
  });

  it("takes items that are no objects", async () => {
    world.server.reply(toolCall({ arguments: { items: ["one", 'two "}"'] } }));
    const response_model = { schema: v3.string(), name: "Word" };
    await expect(collect(traced().createIterable({ ...request, response_model }))).resolves.toEqual(["one", 'two "}"']);
  });

  it.each([
    ["is cut off", toolCall({ arguments: '{"items": [{"owner": "Ma' })],
    ["is no JSON", content("I cannot say.")],
    ["is empty", content("")],
    ["has no items", toolCall({ arguments: { owner: "Maya" } })],
  ])("throws a SyntaxError at the end of an answer that %s", async (_, answer) => {
    world.server.reply(answer);
    await expect(collect(traced(answer.toolCalls ? "TOOLS" : "JSON").createIterable(request))).rejects.toThrow(
      SyntaxError,
    );
    const span = await world.span();
    expect(span.status.code).toBe(2);
    expect(span.attributes["llm.usage.total_tokens"]).toBe(78);
    expect(await outcomes()).toEqual(["parse_error"]);
  });
});

describe("createPartial", () => {
  it("throws at the end of an answer that is no JSON, and says that one that is cut off does not fit", async () => {
    world.server.reply(content("I cannot say."), content('{"owner": "Maya", "task": "cl', { finishReason: "length" }));
    await expect(collect(traced("JSON").createPartial(request))).rejects.toThrow(SyntaxError);
    const partials = await collect(traced("JSON").createPartial(request));
    expect(partials.at(-1)).toEqual({ owner: "Maya", task: "cl", _meta: { usage: undefined, _isValid: false } });
    const [refused, cut] = await world.spans();
    expect([refused?.status.code, cut?.status.code]).toEqual([2, 1]);
    expect(cut?.attributes["gen_ai.response.finish_reason"]).toBe("length");
  });

  it("gives the usage with the last object where the caller asked for it, and not otherwise", async () => {
    world.server.answerWith(() => toolCall({ arguments: items[0] }));
    const usage = { prompt_tokens: 57, completion_tokens: 21, total_tokens: 78 };
    const asked = await collect(traced().createPartial({ ...request, stream_options: { include_usage: true } }));
    const unasked = await collect(traced().createPartial(request));
    expect(asked.at(-1)).toEqual({ ...items[0], _meta: { usage, _isValid: true } });
    expect(unasked.at(-1)).toEqual({ ...items[0], _meta: { usage: undefined, _isValid: true } });
    expect(asked).toHaveLength(unasked.length + 1);
    await collect(traced().createPartial({ ...request, stream_options: { include_usage: false } }));
    expect(world.server.lastRequest.body.stream_options).toEqual({ include_usage: false });
    const spans = await world.spans();
    expect(spans.map(({ attributes }) => attributes["llm.usage.total_tokens"])).toEqual([78, 78, undefined]);
  });

  it("says whether the whole object fits its schema", async () => {
    world.server.reply(toolCall({ arguments: { owner: "Maya", task: 7 } }));
    const partials = await collect(traced().createPartial(request));
    expect(partials.at(-1)).toMatchObject({ owner: "Maya", task: 7, _meta: { _isValid: false } });
    expect(await outcomes()).toEqual(["validation_error"]);
  });
});
