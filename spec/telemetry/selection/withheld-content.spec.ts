import type { Attributes } from "@opentelemetry/api";
import { SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import type { RespanTelemetryOptions } from "../../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../../harness/index.js";
import { open, telemetryTo, within } from "../spans.js";

const WORDS = "kestrel";
const LINKED = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: TraceFlags.SAMPLED };

/** What of a span in words is sent where content is off, and is not content. */
const KEPT = [
  "gen_ai.system",
  "gen_ai.provider.name",
  "gen_ai.operation.name",
  "gen_ai.request.model",
  "gen_ai.response.model",
  "gen_ai.response.id",
  "gen_ai.response.finish_reason",
  "gen_ai.response.finish_reasons",
  "gen_ai.output.type",
  "gen_ai.agent.name",
  "gen_ai.agent.id",
  "gen_ai.tool.name",
  "gen_ai.tool.type",
  "gen_ai.tool.call.id",
  "gen_ai.conversation.id",
  "gen_ai.request.encoding_formats",
  "llm.request.type",
  "llm.model_name",
  "llm.provider",
  "llm.system",
  "openinference.span.kind",
  "ai.operationId",
  "ai.model.id",
  "ai.model.provider",
  "ai.response.id",
  "ai.response.model",
  "ai.response.finishReason",
  "ai.telemetry.functionId",
  "operation.name",
  "resource.name",
  "error.type",
  "exception.type",
  "http.request.method",
  "http.route",
  "url.scheme",
  "traceloop.workflow.name",
  "traceloop.span.kind",
  "traceloop.entity.name",
  "traceloop.entity.path",
  "traceloop.entity.version",
];
/** A name of nothing known below a known beginning. */
const UNKNOWN = ["server.", "network.", "rpc.", "service.", "peer.", "respan.", "traceloop.association.properties."];
const LEFT_OUT = [
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.tool.description",
  "gen_ai.tool.call.arguments",
  "gen_ai.response.text",
  "gen_ai.prompt.0.content",
  "ai.prompt",
  "ai.response.text",
  "llm.prompts",
  "llm.input_messages.0.message.content",
  "input.value",
  "exception.message",
  "exception.stacktrace",
  "http.request.body",
  "url.full",
  "url.query",
  "traceloop.entity.input",
  "traceloop.entity.output",
  "db.statement",
  "some.vendor.payload",
];

/** One span of another instrumentation, as it arrives where content is off. */
async function arrived(
  instrumentation: string,
  attributes: Attributes,
  options: RespanTelemetryOptions = { traceContent: false },
) {
  await using receiver = await OTLPReceiver.start();
  await using telemetry = telemetryTo(receiver, options);
  const span = trace
    .getTracer(instrumentation)
    .startSpan("span", { attributes, links: [{ context: LINKED }, { context: LINKED, attributes: { why: WORDS } }] });
  span.addEvent("happened");
  span.addEvent("said", { text: WORDS, "exception.type": "TypeError", tokens: 3 });
  span.setStatus({ code: SpanStatusCode.ERROR, message: WORDS });
  span.end();
  await telemetry.flush();
  return receiver.spans[0]!;
}

const inWords = (names: readonly string[]): Attributes => Object.fromEntries(names.map((name) => [name, WORDS]));

describe("a GenAI span of another instrumentation where content is off", () => {
  it("says in words which model, who answers, how it ended", async () => {
    const { attributes } = await arrived("ai", inWords(KEPT));
    expect(Object.keys(attributes)).toEqual(expect.arrayContaining([...KEPT]));
  });

  it.each([
    ["names of content", LEFT_OUT],
    ["what is nested below a name that is kept", KEPT.map((name) => `${name}.text`)],
    ["what ends with a name that is kept", KEPT.map((n) => `my.${n}`)],
    ["names that only begin like one that is kept", KEPT.map((name) => `${name}_text`)],
    ["names below a known beginning", UNKNOWN.map((start) => `${start}note`)],
    ["names with nothing below them", UNKNOWN],
  ])("says nothing in words but that: %s", async (_what, names) => {
    // The 128 that a span of a provider holds are less than all of these.
    const { attributes } = await arrived("ai", inWords(names));
    expect(names.filter((name) => name in attributes)).toEqual([]);
  });

  it.each<[string, Attributes, boolean]>([
    ["numbers", { n: 1, "n.0": 0 }, true],
    ["switches", { yes: true, no: false }, true],
    ["lists of numbers", { list: [1, 2] }, true],
    ["lists of nothing", { list: [] }, true],
    ["lists of texts", { list: [WORDS] }, false],
    ["lists with one text", { list: [null, WORDS] as never }, false],
    ["the empty text", { text: "" }, false],
  ])("says what is no text: %s: %j, %s", async (_what, given, isKept) => {
    const { attributes } = await arrived("ai", given);
    for (const name of Object.keys(given)) expect(name in attributes).toBe(isKept);
  });

  it("keeps times and kinds of events, links and errors, and none of their words", async () => {
    const { events, links, status } = await arrived("ai", {});
    expect(events.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["event", {}],
      ["event", { "exception.type": "TypeError", tokens: 3 }],
    ]);
    expect(links.map(({ traceId, spanId, attributes }) => [traceId, spanId, attributes])).toEqual([
      [LINKED.traceId, LINKED.spanId, {}],
      [LINKED.traceId, LINKED.spanId, {}],
    ]);
    expect(status).toEqual({ code: 2 });
  });

  it.each<[string, unknown]>([
    ['{"prompt_id":"p","variables":{"name":"kestrel"}}', '{"prompt_id":"p"}'],
    ['{"variables":{"name":"kestrel"}}', "{}"],
    ["kestrel", "{}"],
    ["null", "{}"],
  ])("says of its prompt %s which one it is, and not what was filled in", async (prompt, said) => {
    const { attributes } = await arrived("ai", { "respan.prompt": prompt });
    expect(attributes["respan.prompt"]).toBe(said);
  });
});

describe("one of our spans where content is off", () => {
  it("has taken no content in, and loses nothing of the rest", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { traceContent: false });
    open("work", { "instructor.mode": "TOOLS", "respan.prompt": "as it is" }).end();
    await telemetry.flush();
    expect(receiver.only("work").attributes).toMatchObject({ "instructor.mode": "TOOLS", "respan.prompt": "as it is" });
  });
});

describe("a span without a model, which the user chose to export, with content off", () => {
  const options = { traceContent: false, shouldExportSpan: () => true };

  it("is sent as it is, but for what was filled into a prompt", async () => {
    const prompt = '{"prompt_id":"p","variables":{"name":"kestrel"}}';
    const given = { "http.url": "http://a", "db.statement": WORDS, list: [WORDS] };
    const { attributes, events, links, status } = await arrived(
      "@opentelemetry/instrumentation-http",
      { ...given, "respan.prompt": prompt },
      options,
    );
    expect(attributes).toMatchObject({ ...given, "respan.prompt": '{"prompt_id":"p"}' });
    expect(events[1]?.attributes).toMatchObject({ text: WORDS });
    expect(links[1]?.attributes).toEqual({ why: WORDS });
    expect(status).toEqual({ code: 2, message: WORDS });
  });
});

describe("a span of the program inside one of this package's, with content off", () => {
  it.each<[string, RespanTelemetryOptions]>([
    ["by default", {}],
    ["though the user's own function chose it", { shouldExportSpan: () => true }],
  ])("keeps its words in the process: %s", async (_, options) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { traceContent: false, ...options });
    within("work", () => {
      const span = trace.getTracer("my-app").startSpan("step", { attributes: { text: WORDS, rows: 3 } });
      span.setStatus({ code: SpanStatusCode.ERROR, message: WORDS });
      span.end();
    });
    await telemetry.flush();
    const { attributes, status } = receiver.only("step");
    expect(attributes).toMatchObject({ rows: 3 });
    expect(attributes).not.toHaveProperty("text");
    expect(status).toEqual({ code: 2 });
  });

  it("keeps those of one made by hand, too", async () => {
    const { attributes } = await arrived("my-app", { "traceloop.span.kind": "tool", text: WORDS });
    expect(attributes).toMatchObject({ "traceloop.span.kind": "tool" });
    expect(attributes).not.toHaveProperty("text");
  });
});
