import type { LookupFunction } from "node:net";
import { Agent } from "node:http";
import { InMemorySpanExporter } from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { z } from "zod";
import Instructor from "@instructor-ai/instructor";
import OpenAI, { APIPromise } from "openai";
import { InstructorInstrumentor } from "../../lib/instructor/instrumentor/instrumentor.js";
import { createTracedInstructor } from "../../lib/instructor/client/traced-instructor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { RespanTelemetryOptions } from "../../lib/telemetry/telemetry-options.js";
import { content, httpError, OpenAIServer, OTLPReceiver, toolCall } from "../harness/index.js";
import type { ReceivedSpan } from "../harness/index.js";
import { attemptsOf, collect, muteConsole, textOf } from "./world.js";

const Ticket = z.object({ customer: z.string(), priority: z.enum(["low", "high"]) });
const ticket = { customer: "kestrel", priority: "high" };
const wrong = { customer: "kestrel", priority: "soon" };
const messages = [{ role: "user" as const, content: "a kestrel cannot log in" }];
const request = { model: "gpt-4o-mini", messages, response_model: { schema: Ticket, name: "Ticket" } };
const usage = { prompt: 57, completion: 21, cached: 3, reasoning: 5 };
const logged = (id: string) => ({ headers: { "X-Respan-Log-Id": id } });

/** Finds every host name on this machine. */
const lookup: LookupFunction = (_, options, found) =>
  options.all === true ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4);

muteConsole();
let gateway: OpenAIServer;
let receiver: OTLPReceiver;
const started: RespanTelemetry[] = [];

beforeEach(async () => {
  [gateway, receiver] = await Promise.all([OpenAIServer.start(), OTLPReceiver.start()]);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((telemetry) => telemetry.shutdown()));
  await Promise.all([gateway.close(), receiver.close()]);
});

/** Telemetry that sends to the service, as far as it can tell: to a host name that is not this machine's. */
function telemetryToService(options: RespanTelemetryOptions = {}): RespanTelemetry {
  const baseUrl = receiver.url.replace("127.0.0.1", "respan.test");
  const telemetry = new RespanTelemetry({
    apiKey: "key",
    baseUrl,
    httpAgent: new Agent({ lookup }),
    isAutoInstrument: false,
    ...options,
  });
  started.push(telemetry);
  return telemetry;
}

const openai = () => new OpenAI({ apiKey: "sk-local", baseURL: gateway.url, maxRetries: 0 });
const traced = () => createTracedInstructor({ client: openai(), mode: "TOOLS" });

/** A call of a client that others made, which is only observed. */
async function observed(): Promise<unknown> {
  const instrumentor = new InstructorInstrumentor();
  instrumentor.activate();
  try {
    return await Instructor({ client: openai(), mode: "TOOLS" }).chat.completions.create(request);
  } finally {
    instrumentor.deactivate();
  }
}

async function onlySpan(telemetry: RespanTelemetry): Promise<ReceivedSpan> {
  await telemetry.flush();
  const [span, ...more] = receiver.spans;
  if (span === undefined || more.length > 0) throw new Error(`expected one span, got ${receiver.spans.length}`);
  return span;
}

const LEFT_OUT =
  /^(?:gen_ai\.(?:usage|prompt|completion)\.|llm\.usage\.|prompt_cache_|gen_ai\.(?:input|output)\.messages$|traceloop\.entity\.(?:in|out)put$|instructor\.attempt\.(?:(?:input|output|cached)_tokens|answer|issues|added_messages)$)/;

/** What a span and its attempts tell that the gateway has recorded already. */
const recordedTwice = (span: ReceivedSpan): string[] =>
  [span.attributes, ...attemptsOf(span)].flatMap((attributes) =>
    Object.keys(attributes).filter((name) => LEFT_OUT.test(name)),
  );

describe("a call that the hosted gateway has recorded", () => {
  const calls: [string, () => Promise<unknown>][] = [
    ["create", () => traced().create(request)],
    ["a client that is only observed", observed],
    ["createWithCompletion", () => traced().createWithCompletion(request)],
    ["createIterable", async () => collect(traced().createIterable(request))],
    ["createPartial", async () => collect(traced().createPartial(request))],
    [
      "Instructor's own stream",
      async () => collect(await traced().chat.completions.create({ ...request, stream: true })),
    ],
    ["no response model", async () => traced().chat.completions.create({ model: "gpt-4o-mini", messages })],
    [
      "a stream without one",
      async () => collect(await traced().chat.completions.create({ model: "gpt-4o-mini", messages, stream: true })),
    ],
    ["a bare response", async () => traced().chat.completions.create({ model: "gpt-4o-mini", messages }).asResponse()],
  ];

  it.each(calls)("is a link to that record at the service: %s", async (name, call) => {
    const answer = name === "createIterable" ? { items: [ticket] } : ticket;
    gateway.reply({ ...toolCall({ arguments: answer, usage }), ...logged("log_1") });
    const telemetry = telemetryToService();
    await call();
    const span = await onlySpan(telemetry);
    expect(span.attributes).toMatchObject({ "respan.gateway.log_id": "log_1", "gen_ai.request.model": "gpt-4o-mini" });
    expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.gateway_log_id": "log_1" }]);
    expect(recordedTwice(span)).toEqual([]);
    expect(textOf(span)).not.toContain("kestrel");
  });

  it("is a link in the current form of the GenAI conventions too", async () => {
    process.env.OTEL_SEMCONV_STABILITY_OPT_IN = "gen_ai_latest_experimental";
    try {
      gateway.reply(
        { ...toolCall({ arguments: wrong, usage }), ...logged("log_1") },
        { ...toolCall({ arguments: ticket, usage }), ...logged("log_2") },
      );
      const telemetry = telemetryToService();
      await traced().create({ ...request, max_retries: 1 });
      const span = await onlySpan(telemetry);
      expect(span.attributes).toMatchObject({ "respan.gateway.log_id": "log_2", "gen_ai.output.type": "json" });
      expect(recordedTwice(span)).toEqual([]);
      expect(textOf(span)).not.toContain("kestrel");
    } finally {
      Reflect.deleteProperty(process.env, "OTEL_SEMCONV_STABILITY_OPT_IN");
    }
  });

  it("has the record of each attempt on it, and the last one's on the span", async () => {
    gateway.reply(
      { ...toolCall({ arguments: wrong, usage }), ...logged("log_1") },
      { ...toolCall({ arguments: ticket, usage }), ...logged("log_2") },
    );
    const telemetry = telemetryToService();
    await traced().create({ ...request, max_retries: 1 });
    const span = await onlySpan(telemetry);
    expect(attemptsOf(span).map((attempt) => attempt["instructor.attempt.gateway_log_id"])).toEqual(["log_1", "log_2"]);
    expect(span.attributes["respan.gateway.log_id"]).toBe("log_2");
    expect(recordedTwice(span)).toEqual([]);
  });

  it("is a link where the gateway answered with an error too", async () => {
    gateway.reply({ ...httpError(400), ...logged("log_1") });
    const telemetry = telemetryToService();
    await expect(traced().create(request)).rejects.toThrow();
    const span = await onlySpan(telemetry);
    expect(span.attributes).toMatchObject({ "respan.gateway.log_id": "log_1", "http.response.status_code": 400 });
    expect(recordedTwice(span)).toEqual([]);
  });

  it.each<[string, () => RespanTelemetryOptions]>([
    ["a URL that ends in /traces", () => ({ baseUrl: receiver.tracesUrl.replace("127.0.0.1", "store.test") })],
    ["a loopback address", () => ({ baseUrl: receiver.url })],
  ])("is told whole to %s", async (_, options) => {
    gateway.reply({ ...toolCall({ arguments: ticket, usage }), ...logged("log_1") });
    const telemetry = telemetryToService(options());
    await traced().create(request);
    const span = await onlySpan(telemetry);
    expect(span.attributes).toMatchObject({
      "respan.gateway.log_id": "log_1",
      "gen_ai.usage.input_tokens": 57,
      "traceloop.entity.output": JSON.stringify(ticket),
    });
    expect(attemptsOf(span)).toMatchObject([{ "instructor.attempt.input_tokens": 57 }]);
  });

  it("is told whole to a user's own exporter and processors", async () => {
    const whole = { "respan.gateway.log_id": "log_1", "gen_ai.usage.input_tokens": 57 };
    gateway.answerWith(() => ({ ...toolCall({ arguments: ticket, usage }), ...logged("log_1") }));
    const exporter = new InMemorySpanExporter();
    const beside = telemetryToService({ exporter });
    await traced().create(request);
    await beside.flush();
    expect(exporter.getFinishedSpans().map(({ attributes }) => attributes)).toMatchObject([whole]);
    await beside.shutdown();

    const seen: ReadableSpan[] = [];
    const telemetry = telemetryToService({
      spanProcessors: [
        {
          onStart: () => undefined,
          onEnd: (span) => void seen.push(span),
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
      ],
    });
    await traced().create(request);
    expect(recordedTwice(await onlySpan(telemetry))).toEqual([]);
    expect(seen.map(({ attributes }) => attributes)).toMatchObject([whole]);
  });
});

describe("a call that no gateway has recorded", () => {
  it.each([{}, logged(""), logged("two words")])("is told whole at the service, headers %j", async (headers) => {
    gateway.reply({ ...content(JSON.stringify(ticket), { usage }), ...headers });
    const telemetry = telemetryToService();
    await traced().chat.completions.create({ model: "gpt-4o-mini", messages });
    const { attributes } = await onlySpan(telemetry);
    expect(attributes).toMatchObject({
      "gen_ai.usage.input_tokens": 57,
      "gen_ai.prompt.0.content": messages[0]?.content,
    });
    expect(attributes).not.toHaveProperty(["respan.gateway.log_id"]);
  });

  it("is not asked for its response before the caller waits for it", async () => {
    const asked = jest.spyOn(APIPromise.prototype, "asResponse");
    gateway.reply({ ...httpError(400), ...logged("log_1") });
    telemetryToService();
    const pending = traced().chat.completions.create({ model: "gpt-4o-mini", messages });
    expect(asked).not.toHaveBeenCalled();
    await expect(pending).rejects.toThrow();
    expect(asked).toHaveBeenCalledTimes(1);
  });
});
