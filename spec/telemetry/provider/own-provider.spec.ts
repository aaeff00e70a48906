import {
  createTraceState,
  INVALID_TRACEID,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Context, SpanContext, SpanOptions } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace";
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

describe("a share of the traces", () => {
  const started = (parent: Context, traceId?: string): SpanContext =>
    activeTracing().startSpan("work", {}, parent, traceId).spanContext();
  const under = (above: { [Part in keyof SpanContext]?: SpanContext[Part] | undefined }): Context =>
    trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "1234567890abcdef1234567890abcdef",
      spanId: "1234567890abcdef",
      traceFlags: TraceFlags.NONE,
      ...above,
    } as SpanContext);

  it.each([0, 0.25, 0.5, 0.75, 1])("of %d is the one that OpenTelemetry's sampler keeps", async (sampleRate) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { sampleRate });
    const sampler = new TraceIdRatioBasedSampler(sampleRate);
    const ids = new Set<string>();
    for (let made = 0; made < 200; made++) {
      const { traceId, spanId, traceFlags } = started(ROOT_CONTEXT);
      const isKept = sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
      expect({ traceId, traceFlags }).toEqual({ traceId, traceFlags: isKept ? TraceFlags.SAMPLED : TraceFlags.NONE });
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
      ids.add(traceId).add(spanId);
    }
    expect(ids.size).toBe(400);
    expect(telemetry.stats().failed).toBe(0);
  });

  it.each([
    ["00000000000000000000000000000001", 0.5, TraceFlags.SAMPLED],
    ["0000000000000000ffffffff00000000", 0.5, TraceFlags.NONE],
    ["ffffffff000000000000000000000000", 1, TraceFlags.SAMPLED],
    ["00000000ffffffff00000000ffffffff", 0, TraceFlags.NONE],
  ])("tells of a trace id that was there before: %s, of %d", async (traceId, sampleRate, traceFlags) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { sampleRate });
    expect(started(ROOT_CONTEXT, traceId)).toMatchObject({ traceId, traceFlags });
    expect(started(ROOT_CONTEXT).traceId).not.toBe(traceId);
    expect(telemetry.stats().failed).toBe(0);
  });

  it.each([undefined, 0, 1])("is asked for at the root alone: %p", async (sampleRate) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { sampleRate });
    const { traceId } = trace.getSpanContext(under({})) as SpanContext;
    const traceState = createTraceState("vendor=value");
    for (const isRemote of [true, false, undefined]) {
      const dropped = started(under({ isRemote, traceState }));
      expect(dropped).toMatchObject({ traceId, traceFlags: TraceFlags.NONE });
      expect(dropped.spanId).not.toBe("1234567890abcdef");
      expect(dropped.traceState?.serialize()).toBe("vendor=value");
      expect(dropped.isRemote).toBeUndefined();
      expect(started(under({ isRemote, traceFlags: TraceFlags.SAMPLED }))).toMatchObject({
        traceId,
        traceFlags: TraceFlags.SAMPLED,
      });
    }
    expect(started(under({})).traceState).toBeUndefined();
    // No parent at all: a trace of its own.
    const root = started(under({ traceId: INVALID_TRACEID }));
    expect(root.traceId).not.toBe(INVALID_TRACEID);
    expect(root.traceFlags).toBe(sampleRate === 0 ? TraceFlags.NONE : TraceFlags.SAMPLED);
    // Nor is what says that it is sampled, and is nothing.
    const claimed = started(under({ traceId: INVALID_TRACEID, traceFlags: TraceFlags.SAMPLED }));
    expect(claimed.traceId).not.toBe(INVALID_TRACEID);
    expect(claimed.traceFlags).toBe(sampleRate === 0 ? TraceFlags.NONE : TraceFlags.SAMPLED);
    expect(telemetry.stats().failed).toBe(0);
  });

  it("leaves of a trace that is not kept the ids, the same whenever they are asked for", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { sampleRate: 0 });
    const start = (parent: Context) => activeTracing().startSpan("work", {}, parent, undefined);
    const root = start(ROOT_CONTEXT);
    const child = start(trace.setSpan(ROOT_CONTEXT, root));
    const grandchild = start(trace.setSpan(ROOT_CONTEXT, child));
    const carrier: Record<string, string> = {};
    propagation.inject(trace.setSpan(ROOT_CONTEXT, grandchild), carrier);
    const { traceId, spanId } = grandchild.spanContext();
    expect(carrier.traceparent).toBe(`00-${traceId}-${spanId}-00`);
    expect(isSpanContextValid(root.spanContext())).toBe(true);
    expect([root, child].map((span) => span.spanContext().traceId)).toEqual([traceId, traceId]);
    expect(new Set([root, child, grandchild].map((span) => span.spanContext().spanId)).size).toBe(3);
    expect(grandchild.spanContext()).toBe(grandchild.spanContext());
    expect(start(ROOT_CONTEXT).spanContext().traceId).not.toBe(traceId);
    expect(telemetry.stats().failed).toBe(0);
  });

  it("gives a trace that is not kept spans that take anything", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { sampleRate: 0 });
    const span = activeTracing().startSpan("work", {}, ROOT_CONTEXT, undefined);
    const same = span
      .setAttribute("a", 1)
      .setAttributes({ b: 2 })
      .addEvent("event")
      .addLink({ context: span.spanContext() })
      .addLinks([])
      .setStatus({ code: SpanStatusCode.ERROR })
      .updateName("other");
    span.recordException(new Error("boom"));
    span.end();
    expect(same).toBe(span);
    expect(span.isRecording()).toBe(false);
    await telemetry.flush();
    expect(receiver.spans).toEqual([]);
  });

  it("is asked for again for what is started meanwhile and afterwards", async () => {
    await using receiver = await OTLPReceiver.start();
    const tracer = trace.getTracer("ai");
    const others: boolean[] = [];
    const startAnother = () => others.push(tracer.startSpan("other", {}, ROOT_CONTEXT).isRecording());
    const processor = new SimpleSpanProcessor({ exporter: new InMemorySpanExporter() });
    processor.onStart = ({ name }) => {
      if (name === "work") startAnother();
    };
    await using telemetry = telemetryTo(receiver, { sampleRate: 0, spanProcessors: [processor] });
    expect(started(under({ traceFlags: TraceFlags.SAMPLED })).traceFlags).toBe(TraceFlags.SAMPLED);
    startAnother();
    const unreadable = {
      spanId: "1234567890abcdef",
      traceFlags: TraceFlags.SAMPLED,
      get traceId(): string {
        throw new Error("no id");
      },
    };
    expect(() => started(trace.setSpanContext(ROOT_CONTEXT, unreadable))).toThrow("no id");
    startAnother();
    expect(others).toEqual([false, false, false]);
    expect(telemetry.stats().failed).toBe(0);
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
