import type { Attributes, HrTime } from "@opentelemetry/api";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { clampedEvents, semanticName, withColumns } from "../../../lib/telemetry/selection/span-copy.js";
import type { RespanTelemetryOptions } from "../../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../../harness/index.js";
import { open, record, telemetryTo, within } from "../spans.js";

const MEASURED: Attributes = {
  "gen_ai.usage.cache_read.input_tokens": 7,
  "gen_ai.usage.cache_write.input_tokens": 5,
  "gen_ai.request.stream": false,
  "gen_ai.usage.reasoning.output_tokens": 3,
  "gen_ai.request.frequency_penalty": 0,
  "gen_ai.request.presence_penalty": -1,
  "gen_ai.request.reasoning.level": "low",
  "gen_ai.response.time_to_first_chunk": 0.25,
};
const COLUMNS: Attributes = {
  prompt_cache_hit_tokens: 7,
  prompt_cache_creation_tokens: 5,
  "llm.is_streaming": false,
  "llm.usage.reasoning_tokens": 3,
  "llm.frequency_penalty": 0,
  "llm.presence_penalty": -1,
  "llm.request.reasoning_effort": "low",
  "llm.openai.chat_completions.streaming_time_to_first_token": 0.25,
};

const missing = (
  attributes: Attributes,
  status: { code: SpanStatusCode; message?: string } = {
    code: SpanStatusCode.UNSET,
  },
) => {
  const columns = Object.entries(withColumns({ attributes, status }));
  return Object.fromEntries(columns.filter(([name]) => !(name in attributes)));
};

describe("the service's own columns", () => {
  it("repeat OpenTelemetry's values, zeros and false included", () => {
    expect(missing(MEASURED)).toEqual(COLUMNS);
  });

  it.each([
    ["gen_ai.usage.cache_read_input_tokens", "prompt_cache_hit_tokens"],
    ["gen_ai.usage.cache_creation.input_tokens", "prompt_cache_creation_tokens"],
    ["gen_ai.usage.cache_creation_input_tokens", "prompt_cache_creation_tokens"],
    ["gen_ai.is_streaming", "llm.is_streaming"],
    ["gen_ai.usage.reasoning_tokens", "llm.usage.reasoning_tokens"],
  ])("are taken from %s where the current name is absent", (name, column) => {
    expect(missing({ [name]: 9 })).toEqual({ [column]: 9 });
  });

  it("keep what a span has under their names", () => {
    const own = { "gen_ai.request.stream": true, "llm.is_streaming": false };
    expect(withColumns({ attributes: own, status: { code: SpanStatusCode.UNSET } })).toEqual(own);
  });

  it("hold the message of a failed span, and of no other", () => {
    const message = "Connection error.";
    expect(missing({}, { code: SpanStatusCode.ERROR, message })).toEqual({ "error.message": message });
    expect(missing({}, { code: SpanStatusCode.ERROR })).toEqual({});
    expect(missing({}, { code: SpanStatusCode.OK, message })).toEqual({});
  });

  async function exported(receiver: OTLPReceiver, options: RespanTelemetryOptions): Promise<Attributes | undefined> {
    const telemetry = telemetryTo(receiver, options);
    open("ours", { ...MEASURED } as Record<string, string | number | boolean>).end();
    await telemetry.flush();
    await telemetry.shutdown();
    return receiver.spans[0]?.attributes as Attributes | undefined;
  }

  it("go to a base URL, a loopback address included", async () => {
    await using receiver = await OTLPReceiver.start();
    expect(await exported(receiver, {})).toMatchObject({ ...MEASURED, ...COLUMNS });
  });

  it("do not go to a URL that ends in /traces", async () => {
    await using receiver = await OTLPReceiver.start();
    const attributes = await exported(receiver, { baseUrl: receiver.tracesUrl });
    expect(attributes).toMatchObject(MEASURED);
    for (const column of Object.keys(COLUMNS)) expect(attributes).not.toHaveProperty([column]);
  });

  it("do not go to a user's exporter or processor, nor change the span", async () => {
    await using receiver = await OTLPReceiver.start();
    const exporter = new InMemorySpanExporter();
    await exported(receiver, { exporter });
    const seen: Attributes[] = [];
    const processor = {
      onStart: () => undefined,
      onEnd: ({ attributes }: { attributes: Attributes }) => void seen.push(attributes),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    await exported(receiver, { spanProcessors: [processor] });
    const all = [...exporter.getFinishedSpans().map(({ attributes }) => attributes), ...seen];
    for (const attributes of all) expect(Object.keys(attributes)).not.toContain("llm.is_streaming");
    expect(seen).toHaveLength(1);
  });

  it("are made of what the user's own change has left", async () => {
    await using receiver = await OTLPReceiver.start();
    const attributes = await exported(receiver, {
      spanPostprocess: (span) => {
        delete span.attributes["gen_ai.request.presence_penalty"];
      },
    });
    expect(attributes).toHaveProperty(["llm.frequency_penalty"], 0);
    expect(attributes).not.toHaveProperty(["llm.presence_penalty"]);
  });

  it("are added to the spans of other GenAI instrumentations", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = telemetryTo(receiver);
    trace
      .getTracer("ai")
      .startSpan("call", { attributes: { "gen_ai.request.stream": true } })
      .end();
    await telemetry.shutdown();
    expect(receiver.only("call").attributes).toHaveProperty(["llm.is_streaming"], true);
  });
});

describe("the name that the semantic style gives a span", () => {
  const call = { "llm.request.type": "chat" };
  const of = (kind: string, name?: unknown) =>
    ({ "traceloop.span.kind": kind, "traceloop.entity.name": name }) as Attributes;

  it.each<[string | undefined, Attributes]>([
    ["llm.gpt-4o", { ...call, "gen_ai.request.model": "gpt-4o" }],
    ["llm", call],
    ["llm", { ...call, "gen_ai.request.model": "" }],
    ["llm", { ...call, "gen_ai.request.model": 4 }],
    ["llm.gpt-4o", { ...call, ...of("task", "triage"), "gen_ai.request.model": "gpt-4o" }],
    ["workflow", of("workflow", "desk")],
    ["task", of("task", "triage")],
    ["agent.triage", of("agent", "triage")],
    ["agent", of("agent")],
    ["tool.search", of("tool", "search")],
    ["tool", of("tool", "")],
    [undefined, of("span", "x")],
    [undefined, { "llm.request.type": "completion", "gen_ai.request.model": "gpt-4o" }],
    [undefined, {}],
  ])("is %s for %j", (name, attributes) => {
    expect(semanticName(attributes)).toBe(name);
  });
});

describe("a semantic name", () => {
  it.each([
    ["Triage Agent (v2)", "agent.Triage_Agent_v2"],
    ["triage -> billing", "agent.triage_billing"],
    ["triage\u2192billing", "agent.triage_billing"],
    ["Prüfung/発注", "agent.Prüfung_発注"],
    ["gpt-4o.1", "agent.gpt-4o.1"],
    ["--_. ", "agent"],
  ])("of the agent %j is %s", (name, expected) => {
    expect(semanticName({ "traceloop.span.kind": "agent", "traceloop.entity.name": name })).toBe(expected);
  });
});

const START: HrTime = [100, 500];
const END: HrTime = [101, 200];
const clamped = (...times: HrTime[]) =>
  clampedEvents({ startTime: START, endTime: END, events: times.map((time) => ({ name: "e", time })) } as never);

describe("events of our spans", () => {
  it.each<[string, HrTime, HrTime]>([
    ["before its start by seconds", [99, 900], START],
    ["before its start by nanoseconds", [100, 499], START],
    ["at its start", START, START],
    ["within", [100, 900], [100, 900]],
    ["at its end", END, END],
    ["after its end by nanoseconds", [101, 201], END],
    ["after its end by seconds", [102, 0], END],
  ])("are never outside of the span: one %s", (_when, time, expected) => {
    expect(clamped(time, START).map((event) => event.time)).toEqual([expected, START]);
  });

  it("lie within at the receiver, those of other code too, and stay as they are for others", async () => {
    const kept = new InMemorySpanExporter();
    await using receiver = await OTLPReceiver.start();
    const spanProcessors = [new SimpleSpanProcessor(kept)];
    await using telemetry = telemetryTo(receiver, { spanProcessors });
    within("workflow", () => {
      trace.getActiveSpan()?.addEvent("long ago", {}, new Date(0));
      trace.getActiveSpan()?.addEvent("some day", { answer: 42 }, new Date(4_000_000_000_000));
      record("task");
    });
    await telemetry.flush();
    const { startTime, endTime, events } = receiver.only("workflow");
    expect(events.map(({ name, time }) => [name, time])).toEqual([
      ["long ago", startTime],
      ["some day", endTime],
    ]);
    expect(events[1]?.attributes).toEqual({ answer: 42 });
    const own = kept.getFinishedSpans().find(({ name }) => name === "workflow");
    expect(own?.events[0]?.time).toEqual([0, 0]);
  });
});
