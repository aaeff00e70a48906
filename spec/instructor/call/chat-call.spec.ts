import { context, diag, DiagLogLevel } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import { z } from "zod";
import { z as v4 } from "zod/v4";
import { withWorkflow } from "../../../lib/decorators/decorators.js";
import { HookName } from "../../../lib/instructor/call/hooks.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { getCurrentTraceId } from "../../../lib/scope/current-span.js";
import { toolCall } from "../../harness/index.js";
import { attemptsOf, collect, muteConsole, World } from "../world.js";

const plain = { model: "m", messages: [{ role: "user", content: "Who?" }] };
const response_model = { schema: z.object({ customer: z.string() }), name: "Ticket" };
const structured = { ...plain, response_model };
const ticket = { customer: "Ada" };
const answer = (value: unknown) => ({ choices: [{ message: { role: "assistant", content: JSON.stringify(value) } }] });
const VARIABLE = "OTEL_SEMCONV_STABILITY_OPT_IN";

muteConsole();
let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(async () => {
  Reflect.deleteProperty(process.env, VARIABLE);
  diag.disable();
  await world[Symbol.asyncDispose]();
});

/** A client of some provider's, which answers whatever it is told to, and what its hooks were told. */
function answering(create: () => unknown) {
  const client = createTracedInstructor({ client: { chat: { completions: { create } } }, mode: "JSON" });
  const heard: [HookName, unknown][] = [];
  for (const name of Object.values(HookName)) {
    // The usage is the one hook for which an answer is looked at.
    if (name !== "completion:usage") client.on(name, (payload: unknown) => heard.push([name, payload]));
  }
  return { ask: (params: object) => client.create(params as never) as Promise<unknown>, heard };
}
const attributes = async () => (await world.span()).attributes;
const own = new Error("mine");
/** As a schema's own code throws, which is no error of validation. */
const throwing = z.object({
  customer: z.string().transform((): string => {
    throw own;
  }),
});

describe("what Instructor put beside the caller's messages", () => {
  it("is told, however many those are", async () => {
    const messages = Array.from({ length: 1_001 }, () => ({ role: "user", content: "Who?" }));
    await answering(() => Promise.resolve(answer(ticket))).ask({ ...structured, messages });
    const [attempt] = attemptsOf(await world.span());
    expect(JSON.parse(attempt?.["instructor.attempt.added_messages"] as string)).toHaveLength(1);
  });

  it("is nothing in a call without a response model", async () => {
    await answering(() => Promise.resolve(answer(ticket))).ask(plain);
    expect(attemptsOf(await world.span())[0]).not.toHaveProperty(["instructor.attempt.added_messages"]);
  });
});

describe("what is told of a request", () => {
  const stops = Array.from({ length: 60 }, (_, at) => `stop ${at}`);
  it.each<[what: string, more: object, name: string, value: unknown]>([
    ["stop sequences", { stop: ["a", "b"] }, "gen_ai.request.stop_sequences", ["a", "b"]],
    ["one", { stop: "a" }, "gen_ai.request.stop_sequences", ["a"]],
    ["those that are texts", { stop: ["a", 7, null, "b"] }, "gen_ai.request.stop_sequences", ["a", "b"]],
    ["no more than a provider takes", { stop: stops }, "gen_ai.request.stop_sequences", stops.slice(0, 50)],
    ["none where they are none", { stop: 7 }, "gen_ai.request.stop_sequences", undefined],
    ["either limit of tokens", { max_completion_tokens: 9 }, "gen_ai.request.max_tokens", 9],
    ["the older limit", { max_tokens: 8, max_completion_tokens: 9 }, "gen_ai.request.max_tokens", 8],
    ["a seed", { seed: 0 }, "gen_ai.request.seed", 0],
    ["no number that is none", { seed: Infinity }, "gen_ai.request.seed", undefined],
    ["no model that is no text", { model: 7 }, "gen_ai.request.model", undefined],
    ["tools", { tools: [{ type: "function" }] }, "llm.request.functions", '[{"type":"function"}]'],
    ["no tools that are none", { tools: "auto" }, "llm.request.functions", undefined],
    ["no retries", { max_retries: 2 }, "instructor.max_retries", undefined],
    ["a name of its own", {}, "gen_ai.operation.name", "chat"],
  ])("without a response model: %s", async (_, more, name, value) => {
    await answering(() => Promise.resolve(answer(ticket))).ask({ ...plain, ...more });
    expect((await attributes())[name]).toEqual(value);
  });

  it("has an empty place for a stop sequence that is left out", async () => {
    await world[Symbol.asyncDispose]();
    world = await World.start({ redact: (text) => (text === "a" ? undefined : text) });
    await answering(() => Promise.resolve(answer(ticket))).ask({ ...plain, stop: ["a", "b"] });
    expect((await attributes())["gen_ai.request.stop_sequences"]).toEqual(["", "b"]);
  });

  it.each<[what: string, given: unknown, told: number]>([
    ["a number", 2, 2],
    ["none", undefined, 0],
    ["null", null, 0],
    ["a text that is a number", "3", 3],
    ["a text that is none", "often", 0],
    ["no end", Infinity, 0],
  ])("with a response model are its retries: %s", async (_, max_retries, told) => {
    await answering(() => Promise.resolve(answer(ticket))).ask({ ...structured, max_retries });
    expect((await attributes())["instructor.max_retries"]).toBe(told);
  });

  it("is everything but the name of a response model that does not give it", async () => {
    let reads = 0;
    const model = { ...response_model };
    Object.defineProperty(model, "name", {
      get: () => {
        if (reads++ > 0) return "Ticket";
        throw own;
      },
    });
    const warnings: string[] = [];
    const warn = (message: string) => warnings.push(message);
    const logger = { error: warn, warn, info: warn, debug: warn, verbose: warn };
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    await answering(() => Promise.resolve(answer(ticket))).ask({ ...structured, response_model: model });
    const told = await attributes();
    expect(JSON.parse(told["traceloop.entity.input"] as string)).toEqual({ ...plain, mode: "JSON" });
    expect(warnings).toContain("respan-instructor: a response model could not be read (Error)");
  });
});

describe("what is told of a result", () => {
  it("is the object without what Instructor adds", async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const result = await answering(() => Promise.resolve({ ...answer(ticket), usage })).ask(structured);
    expect(result).toMatchObject({ ...ticket, _meta: { usage } });
    expect((await attributes())["traceloop.entity.output"]).toBe('{"customer":"Ada"}');
  });
});

class UnreadableIssues extends Error {
  get issues(): never {
    throw own;
  }
}
/** As a schema answers whose errors cannot be read. */
const unreadable = Object.assign(Object.create(response_model.schema) as object, {
  safeParseAsync: () => Promise.resolve({ success: false, error: new UnreadableIssues("mine") }),
});

describe("what is told of an attempt", () => {
  afterEach(() => jest.restoreAllMocks());

  it("is how long it took, in seconds", async () => {
    let now = Math.ceil(performance.now());
    jest.spyOn(performance, "now").mockImplementation(() => now);
    const { ask } = answering(() => {
      now += 1_500;
      return Promise.resolve(answer(ticket));
    });
    await ask(structured);
    jest.restoreAllMocks();
    expect(attemptsOf(await world.span())).toMatchObject([{ "instructor.attempt.duration": 1.5 }]);
  });

  it("is that it was not valid, where what its schema objects to cannot be read", async () => {
    const { ask } = answering(() => Promise.resolve(answer(ticket)));
    await ask({ ...structured, response_model: { schema: unreadable, name: "T" } }).catch(() => undefined);
    const [attempt] = attemptsOf(await world.span());
    expect(attempt).toMatchObject({ "instructor.attempt.outcome": "validation_error" });
    expect(attempt).not.toHaveProperty(["instructor.attempt.issues"]);
  });

  it("is nothing of what its schema objected to while content was not allowed, whatever is said later", async () => {
    let isAllowed = true;
    const create = () => Promise.resolve(answer({ customer: "ACME" }));
    const client = createTracedInstructor({
      client: { chat: { completions: { create } } },
      mode: "JSON",
      traceContent: () => isAllowed,
    });
    const schema = response_model.schema.refine(() => (isAllowed = false), "not ACME");
    client.on("parse:error", () => (isAllowed = true));
    const params = { ...structured, response_model: { schema, name: "T" } };
    await client.create(params as never).catch(() => undefined);
    const span = await world.span();
    expect(span.attributes).toHaveProperty(["gen_ai.prompt.0.content"]);
    expect(attemptsOf(span)[0]).not.toHaveProperty(["instructor.attempt.issues"]);
  });
});

describe("a call that fails after its answer", () => {
  it("by what its schema's own code throws was not valid", async () => {
    const { ask, heard } = answering(() => Promise.resolve(answer(ticket)));
    const thrown: unknown = await ask({ ...structured, response_model: { schema: throwing, name: "T" } }).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBe(own);
    expect(attemptsOf(await world.span())).toMatchObject([{ "instructor.attempt.outcome": "validation_error" }]);
    expect(heard.map(([name]) => name)).toEqual([
      "completion:kwargs",
      "completion:response",
      "completion:last_attempt",
    ]);
    expect(heard.at(-1)?.[1]).toBe(own);
  });

  it("by what its schema's own code throws is asked again where all errors are, and could be parsed", async () => {
    let isThrown = false;
    const schema = z.object({
      customer: z.string().transform((customer) => {
        if (isThrown) return customer;
        isThrown = true;
        throw own;
      }),
    });
    const create = () => Promise.resolve(answer(ticket));
    const client = createTracedInstructor({
      client: { chat: { completions: { create } } },
      mode: "JSON",
      retryAllErrors: true,
    });
    const heard: unknown[] = [];
    client.on("parse:error", (error) => heard.push(error));
    await client.create({ ...structured, max_retries: 1, response_model: { schema, name: "T" } } as never);
    const outcomes = attemptsOf(await world.span()).map((attempt) => attempt["instructor.attempt.outcome"]);
    expect(outcomes).toEqual(["validation_error", "success"]);
    expect(heard).toEqual([]);
  });

  it("by its signal, while its answer is validated, was stopped", async () => {
    const controller = new AbortController();
    const schema = z.object({
      customer: z.string().transform((): string => {
        controller.abort(own);
        throw own;
      }),
    });
    const create = () => Promise.resolve(answer(ticket));
    const client = createTracedInstructor({ client: { chat: { completions: { create } } }, mode: "JSON" });
    const params = { ...structured, response_model: { schema, name: "T" } };
    await expect(client.create(params as never, { signal: controller.signal })).rejects.toBe(own);
    expect(attemptsOf(await world.span())).toMatchObject([{ "instructor.attempt.outcome": "aborted" }]);
  });

  it("has the status of what the provider's client threw, and no other's", async () => {
    for (const status of [503, undefined]) {
      await answering(() => Promise.reject(Object.assign(new Error("no"), { status })))
        .ask(structured)
        .catch(() => undefined);
    }
    const spans = await world.spans();
    expect(spans.map((span) => span.attributes["http.response.status_code"])).toEqual([503, undefined]);
    expect(spans.map((span) => span.attributes["instructor.attempts"])).toEqual([1, 1]);
  });
});

describe("the hooks", () => {
  it.each([
    ["a response model", structured],
    ["no response model", plain],
  ])("of a call that is not traced are told the same, with %s", async (_, params) => {
    const { ask, heard } = answering(() => Promise.resolve(answer(ticket)));
    await context.with(suppressTracing(context.active()), () => ask(params));
    expect(heard.map(([name]) => name)).toEqual(["completion:kwargs", "completion:response"]);
    heard.length = 0;
    const failing = answering(() => Promise.reject(own));
    await context.with(suppressTracing(context.active()), () => failing.ask(params).catch(() => undefined));
    expect(failing.heard.slice(1)).toEqual([
      ["completion:error", own],
      ["completion:last_attempt", own],
    ]);
    expect(await world.spans()).toEqual([]);
  });

  it("of a call that is not traced are told without a look at its answer", async () => {
    let looks = 0;
    const unseen = new Proxy(
      {},
      {
        get(_, key) {
          if (key !== "then") looks++;
        },
      },
    );
    const { ask, heard } = answering(() => Promise.resolve(unseen));
    await context.with(suppressTracing(context.active()), () => ask(plain));
    expect(heard.at(-1)?.[1] === unseen).toBe(true);
    expect(looks).toBe(0);
  });

  it("are not told that an answer did not fit where the provider's client could not read any", async () => {
    const unread = new SyntaxError("no JSON");
    const { ask, heard } = answering(() => Promise.reject(unread));
    await ask(structured).catch(() => undefined);
    expect(heard.slice(1)).toEqual([
      ["completion:error", unread],
      ["completion:last_attempt", unread],
    ]);
  });

  it("of a call that telemetry is shut down during are told of an answer that is not JSON", async () => {
    let give: ((completion: unknown) => void) | undefined;
    const { ask, heard } = answering(() => new Promise((resolve) => (give = resolve)));
    const call = ask(structured).catch((error: unknown) => error);
    await world.telemetry.shutdown();
    give?.({ choices: [{ message: { content: "nonsense" } }] });
    const thrown = await call;
    expect(thrown).toBeInstanceOf(SyntaxError);
    expect(heard.slice(2)).toEqual([
      ["parse:error", thrown],
      ["completion:last_attempt", thrown],
    ]);
  });

  it.each([
    ["a response model", structured],
    ["no response model", plain],
  ])("of a call that telemetry is shut down during are told the same, with %s", async (_, params) => {
    let fail: ((error: unknown) => void) | undefined;
    const { ask, heard } = answering(
      () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    );
    const call = Promise.resolve(ask(params)).catch((error: unknown) => error);
    await world.telemetry.shutdown();
    fail?.(own);
    expect(await call).toBe(own);
    expect(heard.slice(1)).toEqual([
      ["completion:error", own],
      ["completion:last_attempt", own],
    ]);
    expect(attemptsOf(world.receiver.spans[0]!)).toMatchObject([{ "instructor.attempt.outcome": "aborted" }]);
  });
});

describe("the hooks of a stream that has ended are not told of what is thrown into it afterwards", () => {
  async function* chunks(error?: Error) {
    yield await Promise.resolve({ choices: [{ delta: { content: '{"customer":"A' } }] });
    if (error) throw error;
    yield { choices: [{ delta: { content: 'da"}' } }] };
  }
  const failed = ["completion:kwargs", "completion:error", "completion:last_attempt"];
  const shutdown = () => world.telemetry.shutdown();

  it.each<[what: string, error: Error | undefined, before: () => unknown, meanwhile: () => unknown, told: string[]]>([
    ["that was read", undefined, () => 0, () => 0, ["completion:kwargs", "completion:response"]],
    ["that failed", own, () => 0, () => 0, failed],
    ["that was read without telemetry", undefined, shutdown, () => 0, ["completion:kwargs", "completion:response"]],
    ["that failed without telemetry", own, shutdown, () => 0, failed],
    ["that outlived telemetry", undefined, () => 0, shutdown, ["completion:kwargs", "completion:response"]],
    ["that outlived telemetry and failed", own, () => 0, shutdown, failed],
  ])("%s", async (_, error, before, meanwhile, told) => {
    await before();
    const { ask, heard } = answering(() => Promise.resolve(chunks(error)));
    const stream = (await ask({ ...structured, stream: true })) as AsyncGenerator;
    await stream.next();
    await meanwhile();
    await collect(stream).catch(() => undefined);
    await expect(stream.throw(new Error("late"))).rejects.toThrow("late");
    expect(heard.map(([name]) => name)).toEqual(told);
  });

  it("that its consumer left after telemetry", async () => {
    const { ask, heard } = answering(() => Promise.resolve(chunks()));
    const stream = (await ask({ ...structured, stream: true })) as AsyncGenerator;
    await stream.next();
    await shutdown();
    await stream.return(undefined);
    await expect(stream.throw(own)).rejects.toBe(own);
    expect(heard.map(([name]) => name)).not.toContain("completion:last_attempt");
  });
});

it("the hooks of a call whose telemetry one of them shuts down are told once of an item that is no JSON", async () => {
  const create = async function* () {
    yield await Promise.resolve({ choices: [{ delta: { content: '{"items": [{owner}]}' } }] });
  };
  const client = createTracedInstructor({ client: { chat: { completions: { create } } }, mode: "JSON" });
  const heard: HookName[] = [];
  for (const name of Object.values(HookName)) client.on(name, () => heard.push(name));
  client.on("parse:error", () => void world.telemetry.shutdown());
  await expect(collect(client.createIterable(structured as never))).rejects.toBeInstanceOf(SyntaxError);
  expect(heard.slice(1)).toEqual(["parse:error", "completion:last_attempt"]);
});

describe("in the current OpenTelemetry GenAI form, a call", () => {
  beforeEach(async () => {
    await world[Symbol.asyncDispose]();
    process.env[VARIABLE] = "gen_ai_latest_experimental";
    world = await World.start();
  });

  it("without a model has the name of the method", async () => {
    await answering(() => Promise.resolve(answer(ticket))).ask({ ...structured, model: undefined });
    expect((await world.span()).name).toBe("instructor.create");
  });

  it("without tools has no definitions of any", async () => {
    await answering(() => Promise.resolve(answer(ticket))).ask(plain);
    expect(await attributes()).not.toHaveProperty(["gen_ai.tool.definitions"]);
  });
});

it("a stream without a response model that its consumer leaves has gone well, one that breaks has not", async () => {
  const chunks = async function* (error?: Error) {
    yield await Promise.resolve({ choices: [{ delta: { content: "A" } }] });
    if (error) throw error;
    yield { choices: [{ delta: { content: "da" }, finish_reason: "stop" }] };
  };
  const params = { ...plain, stream: true };
  const left = (await answering(() => Promise.resolve(chunks())).ask(params)) as AsyncIterable<unknown>;
  for await (const chunk of left) if (chunk !== undefined) break;
  const broken = (await answering(() => Promise.resolve(chunks(own))).ask(params)) as AsyncIterable<unknown>;
  await expect(collect(broken)).rejects.toBe(own);
  await collect((await answering(() => Promise.resolve(chunks())).ask(params)) as AsyncIterable<unknown>);
  const spans = await world.spans();
  expect(spans.map(({ status }) => status.code)).toEqual([1, 2, 1]);
  const outcomes = spans.flatMap(attemptsOf).map((attempt) => attempt["instructor.attempt.outcome"]);
  expect(outcomes).toEqual(["aborted", "provider_error", "success"]);
  expect(spans.map((span) => span.attributes["gen_ai.completion.0.content"])).toEqual(["A", "A", "Ada"]);
});

it("a call with a response model takes an answer that its client gives at once", async () => {
  await expect(answering(() => answer(ticket)).ask(structured)).resolves.toMatchObject(ticket);
  expect(attemptsOf(await world.span())).toMatchObject([{ "instructor.attempt.outcome": "success" }]);
});

describe("a call without a response model", () => {
  it("that is not traced gives the very promise of its client", async () => {
    const given = Promise.resolve(answer(ticket));
    const client = createTracedInstructor({ client: { chat: { completions: { create: () => given } } }, mode: "JSON" });
    const ask = () => client.chat.completions.create(plain as never) as unknown;
    expect(context.with(suppressTracing(context.active()), ask)).toBe(given);
    await world.telemetry.shutdown();
    expect(ask()).toBe(given);
  });

  it.each<[what: string, given: unknown, content: string | undefined]>([
    ["an answer", answer(ticket), '{"customer":"Ada"}'],
    ["a text", "Ada", "Ada"],
    ["null", null, "null"],
    ["nothing", undefined, undefined],
  ])("has what its client gives at once, or in place of a stream: %s", async (_, given, content) => {
    const atOnce = answering(() => given);
    expect(atOnce.ask(plain)).toBe(given);
    const noStream = answering(() => Promise.resolve(given));
    expect(await noStream.ask({ ...plain, stream: true })).toBe(given);
    for (const span of await world.spans()) {
      expect(span.status.code).toBe(1);
      expect(span.attributes["gen_ai.completion.0.content"]).toBe(content);
    }
    for (const { heard } of [atOnce, noStream]) expect(heard.at(-1)).toEqual(["completion:response", given]);
  });
});

it("a call has the same schema hash for the same schema, whatever built it, and another for another", async () => {
  const customer = z.object({ customer: z.string() });
  const schemas = [
    ...[customer, z.object({ customer: z.string() }), customer.extend({ order: z.string().optional() })],
    ...[v4.object({ customer: v4.string() }), v4.object({ customer: v4.string() })],
  ];
  for (const schema of schemas) {
    await answering(() => Promise.resolve(answer(ticket))).ask({ ...plain, response_model: { schema, name: "T" } });
  }
  const [first, same, changed, four, sameFour] = (await world.spans()).map(
    (span) => span.attributes["instructor.schema.hash"],
  );
  expect(same).toBe(first);
  expect(sameFour).toBe(four);
  expect(new Set([first, changed, four]).size).toBe(3);
});

describe("a call leads back to its trace", () => {
  const traced = () => createTracedInstructor({ client: world.openai(), mode: "TOOLS" });

  it("by the trace id that the workflow around it reads, and by the completion's id", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    const [id, traceId] = await withWorkflow("extract", async () => {
      const [, completion] = await traced().createWithCompletion(structured as never);
      return [completion.id, getCurrentTraceId()];
    });
    const spans = await world.spans();
    expect(spans.map((span) => span.traceId)).toEqual([traceId, traceId]);
    expect(world.receiver.only("instructor.create_with_completion").attributes["gen_ai.response.id"]).toBe(id);
  });

  it("by the trace id that a hook reads, without a workflow", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    const client = traced();
    const seen: unknown[] = [];
    client.on("completion:response", () => void seen.push(getCurrentTraceId()));
    await client.createWithCompletion(structured as never);
    expect(seen).toEqual([(await world.span()).traceId]);
  });
});

it("a provider's error is not asked again after an answer that did not fit a schema of Zod 4", async () => {
  let asked = 0;
  const { ask } = answering(() => (asked++ === 0 ? Promise.resolve(answer({ customer: 7 })) : Promise.reject(own)));
  const schema = v4.object({ customer: v4.string() });
  await expect(ask({ ...structured, max_retries: 3, response_model: { schema, name: "T" } })).rejects.toBe(own);
  expect(asked).toBe(2);
});
