import { DiagLogLevel, diag, trace } from "@opentelemetry/api";
import { runInNewContext } from "node:vm";
import OpenAI from "openai";
import { z } from "zod";
import { HookName } from "../../../lib/instructor/call/hooks.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { updateCurrentSpan } from "../../../lib/scope/current-span.js";
import { unhandledDuring } from "../../decorators/unhandled.js";
import { content, httpError, toolCall } from "../../harness/index.js";
import { collect, muteConsole, textOf, World } from "../world.js";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
const ticket = { customer: "ACME", priority: "high" };
const wrong = { customer: "ACME", priority: "soon" };
const request = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "ACME cannot log in" }],
  response_model: { schema: Ticket, name: "Ticket" },
};

muteConsole();
let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  diag.disable();
});

function tracedWithLog() {
  const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
  const log: [HookName, unknown][] = [];
  for (const name of Object.values(HookName)) {
    if (name !== "completion:usage") client.on(name, (payload: unknown) => log.push([name, payload]));
  }
  return { client, log, names: () => log.map(([name]) => name) };
}

describe("hooks", () => {
  it("have Instructor's names", () => {
    expect(HookName).toEqual({
      COMPLETION_KWARGS: "completion:kwargs",
      COMPLETION_RESPONSE: "completion:response",
      COMPLETION_USAGE: "completion:usage",
      COMPLETION_ERROR: "completion:error",
      PARSE_ERROR: "parse:error",
      COMPLETION_LAST_ATTEMPT: "completion:last_attempt",
    });
    expect(Object.isFrozen(HookName)).toBe(true);
  });

  it("tell the request of each attempt, each completion, and each answer that did not fit", async () => {
    world.server.reply(toolCall({ arguments: wrong }), toolCall({ arguments: ticket }));
    const { client, log, names } = tracedWithLog();
    const [, completion] = await client.createWithCompletion({ ...request, max_retries: 1 });
    expect(names()).toEqual([
      "completion:kwargs",
      "completion:response",
      "parse:error",
      "completion:kwargs",
      "completion:response",
    ]);
    expect(log[0]?.[1]).toMatchObject({ model: "gpt-4o-mini", tools: [{ type: "function" }] });
    expect(log[2]?.[1]).toBeInstanceOf(z.ZodError);
    expect((log[3]?.[1] as typeof request).messages).toHaveLength(3);
    expect(log[4]?.[1]).toBe(completion);
  });

  it("tell an error of the provider, and an answer that is not JSON", async () => {
    world.server.reply(httpError(400), toolCall({ arguments: "nonsense" }));
    const { client, log, names } = tracedWithLog();
    await client.create(request).catch(() => undefined);
    expect(names()).toEqual(["completion:kwargs", "completion:error", "completion:last_attempt"]);
    expect(log[1]?.[1]).toBeInstanceOf(OpenAI.BadRequestError);
    log.length = 0;
    await client.create(request).catch(() => undefined);
    expect(names()).toEqual(["completion:kwargs", "completion:response", "parse:error", "completion:last_attempt"]);
    expect(log[2]?.[1]).toBeInstanceOf(SyntaxError);
  });

  it("tell the completion that a stream's chunks make", async () => {
    world.server.answerWith(() => toolCall({ arguments: { items: [ticket] }, id: "call_1" }));
    const { client, log, names } = tracedWithLog();
    await collect(client.createIterable(request));
    expect(names()).toEqual(["completion:kwargs", "completion:response"]);
    expect(log[1]?.[1]).toMatchObject({
      id: "chatcmpl-1",
      object: "chat.completion",
      choices: [
        {
          finish_reason: "tool_calls",
          message: { role: "assistant", tool_calls: [{ id: "call_1", function: { name: "Ticket" } }] },
        },
      ],
      usage: { total_tokens: 78 },
    });
  });

  it("tell the usage of all attempts so far, by the provider's own names", async () => {
    world.server.reply(
      toolCall({ arguments: wrong, usage: { prompt: 10, completion: 5, cached: 4 } }),
      toolCall({ arguments: "{nonsense", usage: null }),
      toolCall({ arguments: ticket, usage: { prompt: 20, completion: 7, cached: 6 } }),
    );
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", retryAllErrors: true });
    const heard: unknown[] = [];
    client.on("completion:usage", (usage, details) => heard.push([usage, details]));
    await client.create({ ...request, max_retries: 2 });
    expect(heard).toMatchObject([
      [
        { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, prompt_tokens_details: { cached_tokens: 4 } },
        { attempt_number: 1 },
      ],
      [
        { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42, prompt_tokens_details: { cached_tokens: 10 } },
        { attempt_number: 3 },
      ],
    ]);
    heard.length = 0;
    const streaming = createTracedInstructor({ client: world.openai(), mode: "TOOLS", streamUsage: true });
    streaming.on("completion:usage", (usage) => heard.push(usage.total_tokens));
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    await collect(streaming.createPartial(request));
    expect(heard).toEqual([78]);
  });

  it("tell with an error which attempt it ended, and how many there can be", async () => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const heard: unknown[] = [];
    for (const name of ["completion:error", "parse:error", "completion:last_attempt"] as const) {
      client.on(name, (_, details) => heard.push([name, details]));
    }
    world.server.reply(toolCall({ arguments: wrong }), httpError(400));
    await client.create({ ...request, max_retries: 2 }).catch(() => undefined);
    expect(heard).toEqual([
      ["parse:error", { attempt_number: 1, max_attempts: 3 }],
      ["completion:error", { attempt_number: 2, max_attempts: 3 }],
      ["completion:last_attempt", { attempt_number: 2, max_attempts: 3 }],
    ]);
    heard.length = 0;
    world.server.reply(httpError(400));
    await client.chat.completions
      .create({ ...request, response_model: undefined, stream: true } as never)
      .catch(() => 0);
    await collect(client.createPartial(request)).catch(() => undefined);
    for (const [, details] of heard as [string, object][]) {
      expect(details).toEqual({ attempt_number: expect.any(Number) as number, max_attempts: 1 });
    }
  });

  it("tell each answer that could not be parsed, also where all errors are retried", async () => {
    const answers = [toolCall({ arguments: '{"cust' }), content("ACME"), toolCall({ arguments: wrong })];
    world.server.reply(...answers, toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS", retryAllErrors: true });
    const heard: unknown[] = [];
    client.on("parse:error", (error) => heard.push((error as Error).name));
    await client.create({ ...request, max_retries: 3 });
    expect(heard).toEqual(["SyntaxError", "SyntaxError", "ZodError"]);
    heard.length = 0;
    world.server.answerWith(() => ({ kind: "plain", status: 200, contentType: "application/json", body: "null" }));
    await client.create({ ...request, max_retries: 1 }).catch(() => undefined);
    expect(heard).toHaveLength(2);
  });

  it("are given the validation context, which is not sent", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const given: unknown[] = [];
    client.on("completion:kwargs", (params) => given.push(params.validation_context));
    const params = { ...request, validation_context: { region: "eu" } };
    await client.create(params);
    await client.chat.completions.create(params);
    await client.createWithCompletion(params);
    await collect(await client.create({ ...params, stream: true }));
    await collect(client.createPartial(params));
    expect(given).toEqual(Array(5).fill({ region: "eu" }));
    client.clear();
    await client.create(params);
    await world.telemetry.shutdown();
    await client.create(params);
    await collect(client.createPartial(params));
    for (const { body } of world.server.requests) expect(body).not.toHaveProperty("validation_context");
    expect(world.server.requests).toHaveLength(8);
  });

  it("run in the order in which they were registered, within the chat span, and are not awaited", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const order: number[] = [];
    const active: (string | undefined)[] = [];
    client.on("completion:kwargs", () => new Promise(() => order.push(1)));
    client.on("completion:kwargs", () => {
      order.push(2);
      active.push(trace.getActiveSpan()?.spanContext().spanId);
    });
    client.on("completion:response", () => active.push(trace.getActiveSpan()?.spanContext().spanId));
    await client.create(request);
    const { spanId } = await world.span();
    expect(order).toEqual([1, 2]);
    expect(active).toEqual([spanId, spanId]);
  });

  it("that throw or reject do not break the call, and are told once", async () => {
    const warnings: string[] = [];
    const log = (message: string) => warnings.push(message);
    diag.setLogger(
      { error: log, warn: log, info: log, debug: log, verbose: log },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    client.on("completion:kwargs", () => {
      throw new Error("secret");
    });
    client.on("completion:response", async () => Promise.reject(new Error("secret")));
    await expect(client.create(request)).resolves.toMatchObject(ticket);
    await expect(client.create(request)).resolves.toMatchObject(ticket);
    expect(warnings.filter((warning) => warning.includes("hook"))).toHaveLength(2);
    expect(warnings.join()).not.toContain("secret");
  });

  it("that reject with a promise of another realm, or of a class of its own, do not either", async () => {
    class Own<T> extends Promise<T> {
      override catch(): never {
        throw new Error("not asked for");
      }
    }
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    client.on("completion:kwargs", () => runInNewContext('Promise.reject(new Error("elsewhere"))') as unknown);
    client.on("completion:kwargs", () => new Own((_, reject) => reject(new Error("own"))));
    client.on("completion:kwargs", () => Object.assign(Promise.resolve(), { then: 7, catch: 7 }));
    const call = async () => expect(client.create(request)).resolves.toMatchObject(ticket);
    expect(await unhandledDuring(call)).toEqual([]);
  });

  it("cannot change the request", async () => {
    world.server.reply(toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    client.on("completion:kwargs", (kwargs) => {
      (kwargs as { model: string }).model = "another";
    });
    await client.create(request);
    expect(world.server.lastRequest.body.model).toBe("gpt-4o-mini");
  });

  it("can be taken off, one or all, and called once alone", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const calls: string[] = [];
    const first = () => calls.push("first");
    client.on("completion:kwargs", first);
    client.on("completion:kwargs", () => calls.push("second"));
    client.once("completion:kwargs", () => calls.push("once"));
    await client.create(request);
    expect(calls.splice(0)).toEqual(["first", "second", "once"]);
    client.off("completion:response", first);
    client.off("completion:kwargs", first);
    await client.create(request);
    expect(calls.splice(0)).toEqual(["second"]);
    client.on("completion:kwargs", first);
    client.off("completion:kwargs", first);
    client.off("completion:kwargs", first);
    await client.create(request);
    expect(calls.splice(0)).toEqual(["second"]);
    client.off("completion:kwargs");
    await client.create(request);
    expect(calls).toEqual([]);
    client.on("completion:kwargs", first);
    client.on("completion:response", first);
    client.clear("completion:kwargs");
    await client.create(request);
    expect(calls.splice(0)).toEqual(["first"]);
    client.clear();
    await client.create(request);
    expect(calls).toEqual([]);
  });

  it("called once alone are called once, whatever else is registered or running", async () => {
    world.server.answerWith(() => toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const calls: string[] = [];
    const both = () => calls.push("both");
    client.on("completion:kwargs", both);
    client.once("completion:kwargs", both);
    await client.create(request);
    await client.create(request);
    expect(calls.splice(0)).toEqual(["both", "both", "both"]);
    client.off("completion:kwargs", both);
    await client.create(request);
    expect(calls).toEqual([]);

    let nested: Promise<unknown> | undefined;
    let isNested = false;
    client.on("completion:kwargs", () => {
      if (isNested) return;
      isNested = true;
      nested = client.create(request);
    });
    client.once("completion:kwargs", both);
    await client.create(request);
    await nested;
    expect(calls).toEqual(["both"]);
  });

  it("refuse a name that is none and a handler that is none", () => {
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    const names =
      "completion:kwargs, completion:response, completion:usage, completion:error, parse:error, completion:last_attempt";
    expect(() => client.on("completion:kwarg" as never, () => undefined)).toThrow(
      new TypeError(`"completion:kwarg" is not a hook; there are: ${names}`),
    );
    expect(() => client.on("completion:kwargs", 7 as never)).toThrow(
      new TypeError('the handler for "completion:kwargs" must be a function, got number'),
    );
    expect(() => client.off("nonsense" as never)).toThrow("is not a hook");
  });

  it("can veto what has been recorded so far", async () => {
    world.server.reply(toolCall({ arguments: wrong }), toolCall({ arguments: ticket }));
    const client = createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
    client.on("parse:error", () => updateCurrentSpan({ traceContent: false }));
    await client.create({ ...request, max_retries: 1 });
    const span = await world.span();
    expect(textOf(span)).not.toMatch(/ACME|soon|priority/);
    expect(span.attributes["instructor.attempts"]).toBe(2);
  });
});
