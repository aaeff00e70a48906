import { trace } from "@opentelemetry/api";
import Instructor from "@instructor-ai/instructor";
import OpenAI from "openai";
import { zodFunction, zodResponseFormat, zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { withWorkflow } from "../../../lib/decorators/decorators.js";
import { createTracedInstructor } from "../../../lib/instructor/client/traced-instructor.js";
import { InstructorInstrumentor } from "../../../lib/instructor/instrumentor/instrumentor.js";
import { unhandledDuring } from "../../decorators/unhandled.js";
import type { Answer, ReceivedSpan } from "../../harness/index.js";
import { content, httpError, toolCall, toolCalls } from "../../harness/index.js";
import { attemptsOf, collect, muteConsole, oneWorld, textOf } from "../world.js";
import type { World } from "../world.js";
import type { Client } from "./openai-answers.js";
import {
  eventsOf,
  functionCallItem,
  message,
  refusalItem,
  respond,
  responseOf,
  stream,
  streamed,
} from "./openai-answers.js";
import { Ticket, asked, chat, formatted, messages, parsed, text, ticket, tools, wrong } from "./requests.js";

muteConsole();
let world: World;
oneWorld((made) => (world = made));

const plain = () => new InstructorInstrumentor({ streamUsage: true }).instrument(world.openai());
const traced = () => createTracedInstructor({ client: world.openai(), mode: "TOOLS" });
const instrumented = (client: unknown): Client => new InstructorInstrumentor().instrument(client as { client: OpenAI });
const outputOf = ({ attributes }: ReceivedSpan): unknown => {
  const output = attributes["traceloop.entity.output"];
  return output === undefined ? undefined : JSON.parse(output as string);
};
const outcomes = (span: ReceivedSpan) => attemptsOf(span).map((attempt) => attempt["instructor.attempt.outcome"]);
const note = () => zodFunction({ name: "note", parameters: Ticket, function: () => "noted" });

type Run = (client: Client) => Promise<unknown>;

/** Each method, with the answer that it gets for a text. */
const METHODS: Record<string, [answer: (text: string) => Answer, run: Run]> = {
  "chat.completions.create": [content, async (client) => client.chat.completions.create(parsed)],
  "chat.completions.parse": [content, async (client) => client.chat.completions.parse(parsed)],
  "chat.completions.stream": [content, (client) => client.chat.completions.stream(parsed).finalChatCompletion()],
  "chat.completions.run_tools": [
    content,
    (client) => client.chat.completions.runTools({ ...parsed, tools: [note()] }).finalContent(),
  ],
  "responses.create": [(said) => respond([message(said)]), async (client) => client.responses.create(formatted)],
  "responses.parse": [(said) => respond([message(said)]), async (client) => client.responses.parse(formatted)],
  "responses.stream": [
    (said) => streamed([message(said)]),
    (client) => client.responses.stream(formatted).finalResponse(),
  ],
};

/** The one span of a call, and what its caller saw. */
async function call(answers: readonly Answer[], run: Run): Promise<{ span: ReceivedSpan; error: unknown }> {
  world.server.reply(...answers);
  const error: unknown = await run(plain()).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { span: (await world.spans())[0] as ReceivedSpan, error };
}

describe.each(Object.entries(METHODS))("openai.%s", (method, [answer, run]) => {
  const name = `openai.${method}`;
  beforeEach(() => world.server.answerWith(() => answer(text)));

  it.each<[string, () => Client]>([
    ["a traced client", traced],
    ["an instrumented Instructor client", () => instrumented(Instructor({ client: world.openai(), mode: "TOOLS" }))],
    ["an instrumented OpenAI client", plain],
  ])("is one chat span of %s under the decorated method", async (client, make) => {
    // Without a response model it is a call of Instructor's client.
    if (method === "chat.completions.create" && client !== "an instrumented OpenAI client") return;
    await withWorkflow({ name: "desk" }, () => run(make()));
    const spans = await world.spans();
    expect(spans).toHaveLength(2);
    const desk = spans.find((span) => span.name === "desk.workflow");
    const span = spans.find((one) => one !== desk) as ReceivedSpan;
    expect(span).toMatchObject({
      name,
      kind: 2,
      parentSpanId: desk?.spanId,
      status: { code: 1 },
      attributes: {
        "llm.request.type": "chat",
        "traceloop.entity.name": name,
        "respan.metadata.instructor_api": name,
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
        "gen_ai.is_streaming": name.endsWith(".stream"),
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "Who?",
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": text,
        "instructor.response_model": "ticket",
        "instructor.schema.hash": expect.stringMatching(/^[0-9a-f]{16}$/),
        "instructor.attempts": 1,
      },
    });
    const { attributes } = span;
    expect(attributes).not.toHaveProperty("respan.metadata.mode");
    expect(JSON.parse(attributes["traceloop.entity.input"] as string)).toEqual({
      messages,
      model: "gpt-4o-mini",
      response_model: "ticket",
    });
    expect(outputOf(span)).toEqual(ticket);
    const [schema] = JSON.parse(attributes["llm.request.functions"] as string) as { function: object }[];
    expect(schema).toMatchObject({ function: { name: "ticket", parameters: { required: ["customer", "priority"] } } });
    expect(attemptsOf(span)).toMatchObject([
      { "instructor.attempt.outcome": "success", "instructor.attempt.answer": text },
    ]);
  });

  it("has ended when its caller goes on", async () => {
    expect(await run(plain()).then(() => world.telemetry.stats().pending)).toBe(1);
  });

  it("is active while its request is made, and takes the place of another instrumentation's span", async () => {
    const active: (string | undefined)[] = [];
    const openai = new OpenAI({
      apiKey: "sk",
      baseURL: world.server.url,
      fetch: (url, init) => {
        active.push(trace.getActiveSpan()?.spanContext().spanId);
        const attributes = { "gen_ai.operation.name": "chat" };
        trace.getTracer("some-vendor").startSpan("chat", { attributes }).end();
        return fetch(url, init);
      },
    });
    await withWorkflow({ name: "desk" }, () => run(new InstructorInstrumentor().instrument(openai)));
    const spans = await world.spans();
    expect(spans.map((span) => span.name).sort()).toEqual(["desk.workflow", name].sort());
    expect(active).toEqual([spans.find((span) => span.name === name)?.spanId]);
  });

  it("makes no span after deactivate", async () => {
    const instrumentor = new InstructorInstrumentor();
    const client = instrumentor.instrument(world.openai());
    instrumentor.deactivate();
    await run(client);
    expect(await world.spans()).toEqual([]);
  });

  it("keeps its content in the process where it is told to", async () => {
    await run(new InstructorInstrumentor({ traceContent: false, streamUsage: true }).instrument(world.openai()));
    const span = await world.span();
    expect(textOf(span)).not.toMatch(/ACME|Who\?/);
    expect(span.attributes).toMatchObject({ "instructor.response_model": "ticket", "gen_ai.usage.input_tokens": 57 });
  });

  it("fails with its request", async () => {
    const { span, error } = await call([httpError(400, "no such model")], run);
    expect(error).toMatchObject({ message: expect.stringContaining("no such model") as string });
    expect(span.status.code).toBe(2);
    expect(span.attributes).toMatchObject({ "http.response.status_code": 400, "error.type": "BadRequestError" });
    expect(outcomes(span)).toEqual(["provider_error"]);
  });
});

describe("what an answer is to its schema", () => {
  const answered = (method: string, said: string): [Answer, Run] => {
    const [answer, run] = METHODS[method] as (typeof METHODS)[string];
    return [answer(said), run];
  };
  const asksTools: Run = async (client) => client.chat.completions.parse({ ...chat, tools });
  const runsTools: Run = (client) => client.chat.completions.runTools({ ...chat, tools: [note()] }).done();
  const wrongCall = toolCall({ name: "note", arguments: wrong });

  it.each<[method: string, Answer, Run, status: number]>([
    ["chat.completions.parse", ...answered("chat.completions.parse", wrong), 2],
    ["chat.completions.stream", ...answered("chat.completions.stream", wrong), 2],
    ["a loop over its chunks", content(wrong), (client) => collect(client.chat.completions.stream(parsed)), 2],
    ["a tool's arguments", wrongCall, asksTools, 2],
    ["responses.parse", ...answered("responses.parse", wrong), 2],
    ["responses.stream", ...answered("responses.stream", wrong), 2],
    // Their callers are not told.
    ["chat.completions.create", ...answered("chat.completions.create", wrong), 1],
    ["responses.create", ...answered("responses.create", wrong), 1],
    ["run_tools", wrongCall, runsTools, 1],
  ])("%s: a value of another shape is a validation error with its issues", async (_, answer, run, status) => {
    const { span, error } = await call([answer, content("Done")], run);
    expect([span.status.code, error !== undefined]).toEqual([status, status === 2]);
    expect(span.attributes).toMatchObject({ "instructor.attempts": 1 });
    expect(attemptsOf(span)).toMatchObject([
      { "instructor.attempt.outcome": "validation_error", "instructor.attempt.answer": wrong },
    ]);
    expect(JSON.parse(attemptsOf(span)[0]?.["instructor.attempt.issues"] as string)).toMatchObject([
      { path: ["priority"], code: "invalid_enum_value" },
    ]);
  });

  const cut = content(text.slice(0, 9), { finishReason: "length" });

  it.each<[string, Answer, Run, status: number]>([
    ["chat.completions.parse", ...answered("chat.completions.parse", "no idea"), 2],
    ["chat.completions.parse, cut", cut, answered("chat.completions.parse", "")[1], 2],
    ["chat.completions.stream, cut", cut, answered("chat.completions.stream", "")[1], 2],
    ["responses.parse", ...answered("responses.parse", "no idea"), 2],
    ["responses.stream", ...answered("responses.stream", "no idea"), 2],
    ["responses.create", ...answered("responses.create", "no idea"), 1],
  ])("%s: an answer that is not JSON is a parse error", async (_, answer, run, status) => {
    const { span } = await call([answer], run);
    expect([span.status.code, outcomes(span)]).toEqual([status, ["parse_error"]]);
  });

  it.each<[string, Answer]>([
    ["chat.completions.parse", { kind: "completion", refusal: "I will not." }],
    ["responses.parse", respond([refusalItem("I will not.")])],
    ["responses.stream", streamed([refusalItem("I will not.")])],
  ])("%s: a refusal is the answer", async (method, answer) => {
    const { span } = await call([answer], answered(method, "")[1]);
    expect([span.status.code, outcomes(span)]).toEqual([1, ["success"]]);
    expect(span.attributes["gen_ai.completion.0.content"]).toBe("I will not.");
    expect(outputOf(span)).toEqual({ role: "assistant", content: "I will not." });
  });

  it("is the value that the schema made of it", async () => {
    const Dated = z.object({ at: z.string().transform((at) => ({ year: Number(at.slice(0, 4)) })) });
    const dated = JSON.stringify({ at: "2026-11-29" });
    const client = plain();
    world.server.reply(content(dated), content(dated), respond([message(dated)]), streamed([message(dated)]));
    await client.chat.completions.parse({ ...chat, response_format: zodResponseFormat(Dated, "d") });
    await client.chat.completions.stream({ ...chat, response_format: zodResponseFormat(Dated, "d") }).done();
    await client.responses.parse({ ...asked, text: { format: zodTextFormat(Dated, "d") } });
    await client.responses.stream({ ...asked, text: { format: zodTextFormat(Dated, "d") } }).done();
    expect((await world.spans()).map(outputOf)).toEqual(Array(4).fill({ at: { year: 2026 } }));
  });

  it("is a tool's parsed arguments, or those of several tools", async () => {
    const call = { name: "note", arguments: ticket };
    const two = [functionCallItem("note", ticket), functionCallItem("note", { customer: "B", priority: "low" })];
    const responseTools = [zodResponsesFunction({ name: "note", parameters: Ticket })];
    world.server.reply(toolCall(call), toolCalls([call, call]), respond(two), streamed(two.slice(0, 1)));
    const client = plain();
    await client.chat.completions.parse({ ...chat, tools });
    await client.chat.completions.stream({ ...chat, tools }).done();
    await client.responses.parse({ ...asked, tools: responseTools });
    await client.responses.stream({ ...asked, tools: responseTools }).done();
    const spans = await world.spans();
    expect(spans.map(outputOf)).toEqual([
      ticket,
      [ticket, ticket],
      [ticket, { customer: "B", priority: "low" }],
      ticket,
    ]);
    for (const { attributes } of spans) {
      expect(attributes).toMatchObject({ "instructor.response_model": "note" });
      expect(JSON.parse(attributes["llm.request.functions"] as string)).toMatchObject([
        { type: "function", function: { name: "note", parameters: { type: "object" } } },
      ]);
    }
    expect(JSON.parse(spans[2]?.attributes["gen_ai.completion.0.tool_calls"] as string)).toMatchObject([
      { id: "call_1", type: "function", function: { name: "note", arguments: text } },
      { id: "call_1" },
    ]);
  });

  it("is told of a plain JSON Schema, and of any JSON", async () => {
    const schema = { type: "object", properties: { customer: { type: "string" } } };
    world.server.reply(respond([message(text)]), respond([message(text)]), content(text));
    const client = plain();
    await client.responses.create({ ...asked, text: { format: { type: "json_schema", name: "plain", schema } } });
    await client.responses.create({ ...asked, text: { format: { type: "json_object" } } });
    await client.chat.completions.create({ ...chat, response_format: { type: "json_object" } });
    const spans = await world.spans();
    expect(spans.map(outputOf)).toEqual([ticket, ticket, ticket]);
    expect(spans.map(({ attributes }) => attributes["instructor.response_model"])).toEqual([
      "plain",
      undefined,
      undefined,
    ]);
    expect(spans[2]?.name).toBe("openai.chat.completions.create");
  });
});

describe("runTools", () => {
  it.each([false, true])("is one chat span for each request, with stream: %s", async (isStream) => {
    world.server.reply(toolCall({ name: "note", arguments: ticket }), content("Noted."));
    const noted: unknown[] = [];
    const note = zodFunction({ name: "note", parameters: Ticket, function: (one) => void noted.push(one) });
    const runner = plain().chat.completions.runTools({ ...chat, tools: [note], stream: isStream as true });
    await expect(runner.finalContent()).resolves.toBe("Noted.");
    expect(noted).toEqual([ticket]);
    const spans = await world.spans();
    expect(spans.map(({ name }) => name)).toEqual(Array(2).fill("openai.chat.completions.run_tools"));
    expect(outputOf(spans[0] as ReceivedSpan)).toEqual(ticket);
    expect(outputOf(spans[1] as ReceivedSpan)).toEqual({ role: "assistant", content: "Noted." });
    expect(spans[1]?.attributes).toMatchObject({
      "gen_ai.prompt.2.role": "tool",
      "gen_ai.prompt.2.tool_call_id": "call_golden",
    });
  });
});

describe("a response", () => {
  it("tells its input, its instructions, its parameters and what it goes on from", async () => {
    world.server.reply(
      respond([
        { type: "reasoning", id: "rs_1", summary: [], content: [{ type: "reasoning_text", text: "Hm" }] },
        message(text),
      ]),
    );
    await plain().responses.create({
      ...formatted,
      instructions: "Be brief.",
      input: [
        { role: "user", content: [{ type: "input_text", text: "Who?" }] },
        { type: "function_call", call_id: "c1", name: "note", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "noted" },
        { type: "reasoning", id: "rs_0", summary: [{ type: "summary_text", text: "Hm" }] },
      ],
      max_output_tokens: 9,
      reasoning: { effort: "low" },
      previous_response_id: "resp_0",
      conversation: { id: "conv_1" },
    });
    const { attributes } = await world.span();
    expect(attributes).toMatchObject({
      "gen_ai.prompt.0.role": "system",
      "gen_ai.prompt.0.content": "Be brief.",
      "gen_ai.prompt.1.role": "user",
      "gen_ai.prompt.2.role": "assistant",
      "gen_ai.prompt.3.role": "tool",
      "gen_ai.prompt.3.tool_call_id": "c1",
      "gen_ai.prompt.3.content": "noted",
      "gen_ai.request.max_tokens": 9,
      "gen_ai.request.reasoning.level": "low",
      "gen_ai.request.previous_response_id": "resp_0",
      "gen_ai.conversation.id": "conv_1",
      "gen_ai.response.id": "resp_1",
      "gen_ai.response.finish_reason": "completed",
      "gen_ai.usage.input_tokens": 57,
      "gen_ai.usage.output_tokens": 21,
      "llm.usage.total_tokens": 78,
      "gen_ai.usage.cache_read.input_tokens": 7,
      "gen_ai.usage.reasoning.output_tokens": 5,
    });
    expect(attributes).not.toHaveProperty("gen_ai.prompt.4.role");
    expect(JSON.parse(attributes["gen_ai.prompt.2.tool_calls"] as string)).toMatchObject([
      { id: "c1", function: { name: "note", arguments: "{}" } },
    ]);
    expect(attributes["gen_ai.completion.0.content"]).toBe(text);
  });

  const creates: Run = async (client) => client.responses.create(asked);
  const streams: Run = (client) => client.responses.stream(asked).done();
  const incomplete = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };

  it.each<[string, Answer, Run, reason: string, status: number]>([
    ["incomplete", respond([message("Hel")], incomplete), creates, "max_output_tokens", 1],
    ["incomplete, streamed", streamed([message("Hel")], incomplete), streams, "max_output_tokens", 1],
    ["in the background", respond([], { status: "queued" }), creates, "queued", 1],
    ["failed", respond([], { status: "failed" }), creates, "failed", 2],
    ["failed, streamed", streamed([], { status: "failed" }), streams, "failed", 2],
  ])("that is %s says so", async (_, answer, run, reason, status) => {
    const { span } = await call([answer], run);
    expect([span.attributes["gen_ai.response.finish_reason"], span.status.code]).toEqual([reason, status]);
  });

  it("that is streamed tells when its first event came", async () => {
    world.server.reply(streamed([message(text)]));
    await collect(await plain().responses.create({ ...asked, stream: true }));
    const { name, attributes } = await world.span();
    expect(name).toBe("openai.responses.create");
    expect(attributes["gen_ai.response.time_to_first_chunk"]).toEqual(expect.any(Number));
  });

  it("whose stream breaks off has what came", async () => {
    world.server.reply(
      stream(eventsOf(responseOf([message("Let me see."), functionCallItem("note", ticket)])).slice(0, 10)),
    );
    await collect(await plain().responses.create({ ...asked, stream: true }));
    const span = await world.span();
    expect(span.status.code).toBe(2);
    expect(span.attributes).toMatchObject({
      "error.type": "stream_truncated",
      "gen_ai.completion.0.content": "Let me see.",
    });
  });
});

describe("a helper's stream", () => {
  it("is asked for its usage on behalf of the span, which the caller does not see", async () => {
    world.server.answerWith(() => content(text));
    const client = new InstructorInstrumentor({ streamUsage: true }).instrument(world.openai());
    const chunks = await collect(client.chat.completions.stream(parsed));
    expect(world.server.lastRequest.body.stream_options).toEqual({ include_usage: true });
    expect(chunks.filter(({ usage }) => usage)).toEqual([]);
    expect((await world.span()).attributes["gen_ai.usage.input_tokens"]).toBe(57);
  });

  it("that is left has what came, and is no error", async () => {
    world.server.reply(content(text, { writeDelay: 5 }));
    for await (const chunk of plain().chat.completions.stream(parsed)) {
      if (chunk.choices[0]?.delta.content) break;
    }
    const span = await world.span();
    expect([span.status.code, outcomes(span)]).toEqual([1, ["aborted"]]);
    expect(text).toContain(span.attributes["gen_ai.completion.0.content"]);
  });

  it.each<[string, (client: Client) => Promise<unknown>]>([
    [
      "abort()",
      async (client) => {
        const runner = client.chat.completions.stream(parsed);
        runner.once("chunk", () => runner.abort());
        await runner.done();
      },
    ],
    [
      "a signal",
      (client) => client.chat.completions.stream(parsed, { signal: AbortSignal.timeout(20) }).finalChatCompletion(),
    ],
  ])("that is stopped by %s is aborted", async (_, run) => {
    world.server.answerWith(() => content(text, { writeDelay: 30 }));
    await expect(run(plain())).rejects.toThrow("aborted");
    const span = await world.span();
    expect([span.status.code, outcomes(span)]).toEqual([2, ["aborted"]]);
  });

  it("that takes the provider's stream by way of another promise, as of openai 7, has the whole answer", async () => {
    class Responses {
      constructor(readonly client: Client) {}

      readonly create = world.openai().responses.create.bind(world.openai().responses);

      stream(request: object) {
        const heard: Record<string, () => void> = {};
        const pending = this.client.responses.create({ ...formatted, ...request, stream: true });
        const taken = (
          pending as never as { _thenUnwrap(take: (events: unknown) => unknown): typeof pending }
        )._thenUnwrap((events) => events);
        const done = async (): Promise<void> => {
          await collect(await taken);
          heard.end?.();
        };
        return { on: (event: string, listener: () => void) => (heard[event] = listener), errored: false, done };
      }
    }
    world.server.reply(streamed([message(text)]));
    const client = { chat: world.openai().chat, responses: undefined as unknown as Client["responses"] };
    client.responses = new Responses(client) as never;
    await new InstructorInstrumentor().instrument(client).responses.stream(formatted).done();
    expect(outputOf(await world.span())).toEqual(ticket);
  });

  it("whose error no one hears is still told by the span", async () => {
    world.server.reply(content(wrong));
    const unhandled = await unhandledDuring(async () => {
      plain().chat.completions.stream(parsed);
      await new Promise((resolve) => setTimeout(resolve, 100));
    });
    expect(unhandled).toHaveLength(1);
    expect(outcomes(await world.span())).toEqual(["validation_error"]);
  });
});

describe("a promise of a helper's", () => {
  it("withResponse and asResponse end the span as they do elsewhere", async () => {
    world.server.answerWith(() => content(text));
    const { data } = await plain().chat.completions.parse(parsed).withResponse();
    expect(data.choices[0]?.message.parsed).toEqual(ticket);
    await plain().chat.completions.parse(parsed).asResponse();
    const spans = await world.spans();
    expect(spans.map(({ status }) => status.code)).toEqual([1, 1]);
    expect(spans.map(outputOf)).toEqual([ticket, undefined]);
  });
});

describe("a traced OpenAI client", () => {
  it("leaves the user's client as it was, and is one client each time", () => {
    const openai = world.openai();
    const before = Reflect.ownKeys(openai.chat.completions);
    const instrumentor = new InstructorInstrumentor();
    const client = instrumentor.instrument(openai);
    expect(instrumentor.instrument(openai)).toBe(client);
    expect(instrumentor.instrument(client)).toBe(client);
    expect(client).not.toBe(openai);
    expect(client).toBeInstanceOf(OpenAI);
    expect(client.baseURL).toBe(openai.baseURL);
    expect(Reflect.ownKeys(openai.chat.completions)).toEqual(before);
    expect(client.chat.completions.constructor).toBe(client.chat.completions.constructor);
  });

  it("is traced once by whatever traces it again", async () => {
    world.server.answerWith(() => content(text));
    const client = plain();
    await createTracedInstructor({ client, mode: "TOOLS" }).chat.completions.parse(parsed);
    await createTracedInstructor({ client, mode: "TOOLS" }).chat.completions.create(chat);
    await instrumented(Instructor({ client, mode: "TOOLS" }))
      .chat.completions.stream(parsed)
      .done();
    expect(await world.spans()).toHaveLength(3);
  });

  it("gives traced clients with other options, and everything else that it has", async () => {
    world.server.answerWith(() => content(text));
    const client = plain().withOptions({ defaultHeaders: { "x-tenant": "acme" } });
    await client.chat.completions.parse(parsed);
    expect(world.server.lastRequest.headers["x-tenant"]).toBe("acme");
    expect((await client.models.list()).data).toHaveLength(1);
    expect(await world.spans()).toHaveLength(1);
  });

  it("goes through what others put on the client", async () => {
    world.server.answerWith(() => content(text));
    const openai = world.openai();
    const calls: string[] = [];
    for (const name of ["create", "parse"] as const) {
      const method = openai.chat.completions[name].bind(openai.chat.completions) as (...args: unknown[]) => unknown;
      Object.assign(openai.chat.completions, {
        [name]: (...args: unknown[]) => {
          calls.push(name);
          return method(...args);
        },
      });
    }
    const client = new InstructorInstrumentor().instrument(openai);
    await client.chat.completions.parse(parsed);
    await client.chat.completions.stream(parsed).done();
    expect(calls).toEqual(["parse", "create", "create"]);
    expect((await world.spans()).map(outputOf)).toEqual([ticket, ticket]);
  });
});

it("is told of a helper's result alone where OpenAI's promises and formats have no such methods", async () => {
  const format = { ...parsed.response_format };
  class Completions {
    readonly #client: Client;

    constructor(client: object) {
      this.#client = client as Client;
    }

    create = async () => Promise.resolve({ choices: [{ message: { content: wrong } }] });

    async parse(request: { isStrict: boolean }): Promise<unknown> {
      const completion = await this.#client.chat.completions.create(request as never);
      if (request.isStrict) throw new RangeError("soon");
      return completion;
    }
  }
  const client = { chat: {} as { completions: Completions } };
  client.chat.completions = new Completions(client);
  const { completions } = new InstructorInstrumentor().instrument(client).chat;
  await completions.parse({ ...parsed, response_format: format, isStrict: false } as never);
  await expect(completions.parse({ isStrict: true })).rejects.toThrow(RangeError);
  const spans = await world.spans();
  expect(spans.map((span) => [span.name, span.status.code, outcomes(span)])).toEqual([
    ["openai.chat.completions.parse", 1, ["success"]],
    ["openai.chat.completions.parse", 2, ["provider_error"]],
  ]);
  expect(outputOf(spans[0] as ReceivedSpan)).toEqual(JSON.parse(wrong));
});

it("tells Instructor's hooks of chat completions", async () => {
  world.server.reply(content(text), respond([message(text)]));
  const client = traced();
  const heard: string[] = [];
  for (const hook of ["completion:kwargs", "completion:response"] as const) client.on(hook, () => heard.push(hook));
  await client.chat.completions.parse(parsed);
  await client.responses.parse(formatted);
  expect(heard).toEqual(["completion:kwargs", "completion:response"]);
});

it("reads a request that cannot be read as far as it can", async () => {
  world.server.answerWith(() => respond([message(text)]));
  const request = Object.defineProperty({ ...asked }, "text", {
    get() {
      throw new Error("not now");
    },
  });
  const { span } = await call([], async (client) => client.responses.create(request as never));
  expect([span.name, outcomes(span)]).toEqual(["openai.responses.create", ["success"]]);
});
