import { ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import type { SpanOptions } from "@opentelemetry/api";
import type { Sampler } from "@opentelemetry/sdk-trace";
import type { RespanTelemetryOptions } from "../../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../../harness/index.js";
import { activeTracing, HostLogger, record, setVariables, telemetryTo } from "../spans.js";

describe("a span of ours", () => {
  it.each<[string, SpanOptions, number, object]>([
    [
      "with kind and attributes",
      { kind: SpanKind.CLIENT, attributes: { answer: 42 } },
      SpanKind.CLIENT,
      { answer: 42 },
    ],
    ["with attributes alone", { attributes: { answer: 42 } }, SpanKind.INTERNAL, { answer: 42 }],
    ["with a kind alone", { kind: SpanKind.PRODUCER }, SpanKind.PRODUCER, {}],
    ["with neither", {}, SpanKind.INTERNAL, {}],
  ])("is what it was started as: %s", async (_what, options, kind, attributes) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    activeTracing().startSpan("work", options, ROOT_CONTEXT, undefined).end();
    await telemetry.flush();
    expect(receiver.only("work").kind).toBe(kind);
    expect(receiver.only("work").attributes).toEqual(attributes);
  });

  it.each([
    ["a".repeat(32), true],
    ["0".repeat(32), false],
    ["nonsense", false],
  ])("takes the trace id %s: %s", async (traceId, isTaken) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    activeTracing().startSpan("work", {}, ROOT_CONTEXT, traceId).end();
    record("next");
    await telemetry.flush();
    expect(receiver.only("work").traceId === traceId).toBe(isTaken);
    expect(receiver.only("next").traceId).not.toBe(receiver.only("work").traceId);
  });
});

describe("a sampler of the user's", () => {
  it.each<[string, () => unknown, string[]]>([
    ["decides", () => ({ decision: 2 }), []],
    ["decides against it", () => ({ decision: 0 }), []],
    ["throws", () => JSON.parse("{") as unknown, ["failed"]],
    ["is async", () => Promise.resolve({ decision: 2 }), ["must not be async"]],
    ["gives no decision", () => ({}), ["failed"]],
    ["gives a decision that there is none", () => ({ decision: 7 }), ["failed"]],
    ["gives nothing", () => undefined, ["failed"]],
  ])("that %s costs no call, and a word where it is wrong", async (how, decide, complaints) => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const sampler = { shouldSample: decide, toString: () => "mine" } as Sampler;
    await using telemetry = telemetryTo(receiver, { sampler });
    record("one");
    trace.getTracer("ai").startSpan("two").end();
    await telemetry.flush();
    expect(receiver.spans).toHaveLength(how === "decides" ? 2 : 0);
    expect(logger.warnings).toEqual(
      complaints.map(
        (complaint) => `respan-instructor: the sampler ${complaint}; the spans that it was asked for are not recorded`,
      ),
    );
  });
});

describe("what every span of ours inherits", () => {
  it.each<[RespanTelemetryOptions["propagateBaggage"], readonly string[] | undefined]>([
    [undefined, undefined],
    [false, undefined],
    [true, []],
    [{}, []],
    [{ metadata: ["tenant"] }, ["tenant"]],
  ])("with propagateBaggage %j lets these metadata keys travel: %j", async (propagateBaggage, keys) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { propagateBaggage });
    expect(activeTracing().defaults.baggageMetadata).toEqual(keys);
    expect(telemetry.stats().failed).toBe(0);
  });

  it("is what the options say of customer, thread and environment", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ RESPAN_CUSTOMER_EMAIL: "c@example.com" });
    await using telemetry = telemetryTo(receiver, { customerIdentifier: "c", environment: "staging" });
    record("work");
    await telemetry.flush();
    expect(receiver.only("work").attributes).toMatchObject({
      "respan.customer_params.customer_identifier": "c",
      "respan.customer_params.email": "c@example.com",
      "respan.environment": "staging",
    });
    expect(receiver.only("work").resource).toMatchObject({
      "deployment.environment.name": "staging",
      "service.name": "respan",
    });
  });
});
