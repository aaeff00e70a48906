import { trace } from "@opentelemetry/api";
import { OTLPReceiver } from "../../harness/index.js";
import { telemetryTo } from "../spans.js";

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
  it("is told by who made it", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    for (const name of Object.keys(INSTRUMENTATIONS)) trace.getTracer(name).startSpan(name).end();
    await telemetry.flush();
    const exported = Object.keys(INSTRUMENTATIONS).filter((name) => INSTRUMENTATIONS[name]);
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(exported.sort());
  });

  it.each([
    ["gen_ai.system", true],
    ["gen_ai.usage.input_tokens", true],
    ["my.gen_ai.system", false],
    ["gen_ai", false],
    ["llm.request.type", false],
  ])("is told by its attributes: one with %s is: %s", async (attribute, isExported) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const attributes = { first: 1, [attribute]: "x", last: 1 };
    trace.getTracer("some-vendor").startSpan("call", { attributes }).end();
    await telemetry.flush();
    expect(receiver.find("call")).toHaveLength(isExported ? 1 : 0);
  });
});
