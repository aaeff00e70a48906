import type { Attributes } from "@opentelemetry/api";
import { SpanKind, trace } from "@opentelemetry/api";
import { OTLPReceiver } from "../../harness/index.js";
import { telemetryTo, within } from "../spans.js";

/** Who makes spans, and whether they are exported without a word of the user's. */
const INSTRUMENTATIONS: Record<string, boolean> = {
  "@opentelemetry/instrumentation-openai": true,
  "@traceloop/instrumentation-cohere": true,
  "@arizeai/openinference-instrumentation-langchain": true,
  "@respan/instrumentation-x": true,
  "opentelemetry.instrumentation.openai": true,
  "opentelemetry.instrumentation.openai.v1": true,
  "openinference.instrumentation.openai": true,
  ai: true,
  openai: true,
  anthropic: true,
  "respan-instructor": true,
  "ai-scheduler": false,
  "my-openai": false,
  "openai-mock": false,
  "anthropic.billing": false,
  "@opentelemetry/instrumentation-http": false,
  "my/@traceloop/instrumentation-cohere": false,
  "@traceloop/node-server-sdk": false,
  "@arizeai/phoenix": false,
  respan: false,
  "opentelemetry.instrumentation.requests": false,
  "openinference.semconv": false,
  "respan-instructor-plugin": false,
};

describe("what is exported by default", () => {
  it("is decided by its tracer", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    for (const name of Object.keys(INSTRUMENTATIONS)) trace.getTracer(name).startSpan(name).end();
    await telemetry.flush();
    const exported = Object.keys(INSTRUMENTATIONS).filter((name) => INSTRUMENTATIONS[name]);
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(exported.sort());
  });

  it("is decided by its attributes", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const exported = ["gen_ai.system", "gen_ai.usage.input_tokens", "llm.request.type", "traceloop.span.kind"];
    exported.push("respan.entity.log_type");
    for (const name of [...exported, "my.gen_ai.system", "gen_ai", "traceloop.entity.name"]) {
      trace
        .getTracer("some-vendor")
        .startSpan(name, { attributes: { first: 1, [name]: "x", last: 1 } })
        .end();
    }
    await telemetry.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(exported);
  });
});

describe("a span of other code inside one of this package's", () => {
  /** Makes one span under one of this package's, and one under that; returns the names that arrived, each with its parent's. */
  async function arrived(
    scope: string,
    { kind = SpanKind.INTERNAL, attributes = {}, isInsideChat = false }: Case,
  ): Promise<Record<string, string | undefined>> {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const work = (): void =>
      trace.getTracer(scope).startActiveSpan("theirs", { kind, attributes }, (span) => {
        within("below", () => undefined);
        span.end();
      });
    within("ours", work, { isInsideChat });
    await telemetry.flush();
    const nameOf = (id: string | undefined) => receiver.spans.find(({ spanId }) => spanId === id)?.name;
    return Object.fromEntries(receiver.spans.map(({ name, parentSpanId }) => [name, nameOf(parentSpanId)]));
  }

  interface Case {
    kind?: SpanKind;
    attributes?: Attributes;
    isInsideChat?: boolean;
  }

  it.each<[what: string, scope: string, given: Case]>([
    ["the program's own", "my-app", {}],
    ["a library's that traces itself", "pg", {}],
    ["one inside a call to a model", "my-app", { isInsideChat: true }],
    [
      "one made by hand, whatever its kind",
      "my-app",
      { kind: SpanKind.CLIENT, attributes: { "traceloop.span.kind": "tool" } },
    ],
    ["a GenAI span", "ai", { kind: SpanKind.CLIENT }],
  ])("is exported: %s", async (_, scope, given) => {
    expect(await arrived(scope, given)).toEqual({ ours: undefined, theirs: "ours", below: "theirs" });
  });

  it.each<[what: string, scope: string, given: Case]>([
    ["a request", "my-app", { kind: SpanKind.CLIENT }],
    ["a message", "my-app", { kind: SpanKind.PRODUCER }],
    ["an instrumentation's", "@opentelemetry/instrumentation-express", {}],
    ["a GenAI span inside a call to a model", "ai", { isInsideChat: true }],
    ["a GenAI request inside a call to a model", "openai", { kind: SpanKind.CLIENT, isInsideChat: true }],
    ["one by its attributes", "my-app", { attributes: { "gen_ai.system": "openai" }, isInsideChat: true }],
    ["one in the older words", "my-app", { attributes: { "llm.request.type": "chat" }, isInsideChat: true }],
  ])("is not exported, and what is below it hangs on ours: %s", async (_, scope, given) => {
    expect(await arrived(scope, given)).toEqual({ ours: undefined, below: "ours" });
  });

  it("is not exported outside of this package's spans", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    trace.getTracer("my-app").startSpan("alone").end();
    await telemetry.flush();
    expect(receiver.spans).toEqual([]);
  });
});
