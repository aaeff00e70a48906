import {
  context,
  createTraceState,
  INVALID_TRACEID,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Context, SpanContext, SpanOptions } from "@opentelemetry/api";
import {
  InMemorySpanExporter,
  SamplingDecision,
  SimpleSpanProcessor,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan, Sampler, Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { Warnings } from "../../../lib/telemetry/diagnostics.js";
import { SpanProcessors } from "../../../lib/telemetry/provider/own-provider.js";
import { runWithScope, serializeScope } from "../../../lib/scope/serialized-scope.js";
import type { RespanTelemetryOptions } from "../../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../../harness/index.js";
import { activeTracing, HostLogger, record, setVariables, telemetryTo, within } from "../spans.js";

describe("one of our spans", () => {
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
  ])("follows a trace id that was there before: %s, of %d", async (traceId, sampleRate, traceFlags) => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { sampleRate });
    expect(started(ROOT_CONTEXT, traceId)).toMatchObject({ traceId, traceFlags });
    expect(started(ROOT_CONTEXT).traceId).not.toBe(traceId);
    expect(telemetry.stats().failed).toBe(0);
  });

  describe("below a span of another library", () => {
    const { traceId } = trace.getSpanContext(under({})) as SpanContext;

    it.each([undefined, 0, 1])("is what sampleRate says, whatever that span's flags: %p", async (sampleRate) => {
      await using receiver = await OTLPReceiver.start();
      await using telemetry = telemetryTo(receiver, { sampleRate });
      const traceState = createTraceState("vendor=value");
      const decided = sampleRate === 0 ? TraceFlags.NONE : TraceFlags.SAMPLED;
      for (const isRemote of [true, false, undefined]) {
        for (const traceFlags of [TraceFlags.NONE, TraceFlags.SAMPLED]) {
          const span = started(under({ isRemote, traceFlags, traceState }));
          expect(span).toMatchObject({ traceId, traceFlags: decided });
          expect(span.spanId).not.toBe("1234567890abcdef");
          expect(span.traceState?.serialize()).toBe("vendor=value");
          expect(span.isRemote).toBeUndefined();
        }
      }
      expect(telemetry.stats().failed).toBe(0);
    });

    it.each([TraceFlags.NONE, TraceFlags.SAMPLED])(
      "that has no trace id begins a trace: flags %d",
      async (traceFlags) => {
        await using receiver = await OTLPReceiver.start();
        await using telemetry = telemetryTo(receiver);
        const root = started(under({ traceId: INVALID_TRACEID, traceFlags }));
        expect(root.traceId).not.toBe(INVALID_TRACEID);
        expect(root.traceFlags).toBe(TraceFlags.SAMPLED);
        expect(telemetry.stats().failed).toBe(0);
      },
    );

    it("that stands between two spans of this package is ignored", async () => {
      await using receiver = await OTLPReceiver.start();
      await using telemetry = telemetryTo(receiver);
      within("workflow", () => {
        const { traceId: ours } = trace.getActiveSpan()!.spanContext();
        const between = { traceId: ours, spanId: "2".repeat(16), traceFlags: TraceFlags.NONE };
        context.with(trace.setSpanContext(context.active(), between), () => record("task"));
      });
      await telemetry.flush();
      expect(receiver.spans.map(({ name }) => name).sort()).toEqual(["task", "workflow"]);
    });
  });

  describe("below one of our spans", () => {
    it.each([
      [0, 1],
      [1, 0],
    ])("is that span's, whatever sampleRate says: %d, then %d", async (first, second) => {
      await using receiver = await OTLPReceiver.start();
      await using outer = telemetryTo(receiver, { sampleRate: first });
      await within("outer", async () => {
        await using inner = telemetryTo(receiver, { sampleRate: second, logLevel: "none" });
        record("inner");
        await inner.flush();
      });
      await outer.flush();
      expect(receiver.spans.map(({ name }) => name).sort()).toEqual(first === 1 ? ["inner", "outer"] : []);
    });

    it.each([
      [0, 1],
      [1, 0],
    ])("of another service is that service's, announced beside traceparent: %d, then %d", async (there, here) => {
      await using receiver = await OTLPReceiver.start();
      const carrier: Record<string, string> = {};
      await using caller = telemetryTo(receiver, { sampleRate: there });
      within("caller", () => propagation.inject(context.active(), carrier));
      await caller.shutdown();
      await using callee = telemetryTo(receiver, { sampleRate: here });
      // A service in between may have its own mind of the flag.
      carrier.traceparent = carrier.traceparent!.replace(/0.$/, there === 1 ? "00" : "01");
      context.with(propagation.extract(ROOT_CONTEXT, carrier), () =>
        trace.getTracer("http").startActiveSpan("GET", (request) => {
          within("callee", () => propagation.inject(context.active(), (carrier.next = {} as never)));
          record("beside");
          request.end();
        }),
      );
      await callee.flush();
      const names = receiver.spans.map(({ name }) => name).sort();
      expect(names).toEqual(there === 1 ? ["beside", "callee", "caller"] : []);
      expect((carrier.next as unknown as Record<string, string>).tracestate).toMatch(
        there === 1 ? /^respan=[0-9a-f]{16}$/ : /^respan=0$/,
      );
    });

    it("is what a job carries; a span of another library in it decides nothing", async () => {
      await using receiver = await OTLPReceiver.start();
      await using producer = telemetryTo(receiver, { sampleRate: 0 });
      const ours = within("producer", serializeScope);
      const theirs = context.with(under({ traceId: "2".repeat(32) }), serializeScope);
      await producer.shutdown();
      await using consumer = telemetryTo(receiver);
      runWithScope(ours, () => record("of ours"));
      runWithScope(theirs, () => record("of another"));
      await consumer.flush();
      expect(receiver.spans.map(({ name }) => name)).toEqual(["of another"]);
      expect(receiver.only("of another").traceId).toBe("2".repeat(32));
    });

    it("of a trace that was left is no parent of what begins anew", async () => {
      await using receiver = await OTLPReceiver.start();
      await using telemetry = telemetryTo(receiver, { sampler: undefined });
      within("workflow", () => {
        trace.getTracer("ai").startSpan("anew", { root: true }).end();
        context.with(under({}), () => record("foreign parent"));
        const elsewhere = trace.setSpan(context.active(), trace.getSpan(under({}))!);
        context.with(elsewhere, () => record("foreign parent, our scope"));
      });
      await telemetry.flush();
      expect(receiver.spans.map(({ name }) => name).sort()).toEqual([
        "anew",
        "foreign parent",
        "foreign parent, our scope",
        "workflow",
      ]);
    });
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
    expect(start(ROOT_CONTEXT).spanContext().traceId).not.toBe(traceId);
    expect(telemetry.stats().failed).toBe(0);
  });

  it("is evaluated again for what a processor starts meanwhile", async () => {
    await using receiver = await OTLPReceiver.start();
    const others: SpanContext[] = [];
    const processor = new SimpleSpanProcessor(new InMemorySpanExporter());
    processor.onStart = ({ name }) => {
      if (name === "work") others.push(trace.getTracer("ai").startSpan("other", {}, ROOT_CONTEXT).spanContext());
    };
    await using telemetry = telemetryTo(receiver, { sampleRate: 0.5, spanProcessors: [processor] });
    const kept = started(ROOT_CONTEXT, "00000000000000000000000000000001");
    expect(kept.traceId).toBe("00000000000000000000000000000001");
    expect(others).toHaveLength(1);
    expect(others[0]!.traceId).not.toBe(kept.traceId);
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
      complaints.map((complaint) => `respan-instructor: the sampler ${complaint}; the affected spans are not recorded`),
    );
  });
});

describe("what every span inherits", () => {
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

describe("the resource", () => {
  async function resourceWith(options: object, variables: Record<string, string> = {}) {
    await using receiver = await OTLPReceiver.start();
    setVariables({
      RESPAN_APP_NAME: undefined,
      OTEL_SERVICE_NAME: undefined,
      OTEL_RESOURCE_ATTRIBUTES: undefined,
      ...variables,
    });
    await using telemetry = telemetryTo(receiver, options);
    record("work");
    await telemetry.flush();
    return receiver.only("work").resource;
  }

  it("names the service by option, variable, standard variable, or as respan", async () => {
    const variables = { RESPAN_APP_NAME: "variable", OTEL_SERVICE_NAME: "standard" };
    expect(await resourceWith({ appName: "option" }, variables)).toMatchObject({ "service.name": "option" });
    expect(await resourceWith({}, variables)).toMatchObject({ "service.name": "variable" });
    expect(await resourceWith({}, { OTEL_SERVICE_NAME: "standard" })).toMatchObject({ "service.name": "standard" });
    expect(await resourceWith({})).toMatchObject({ "service.name": "respan" });
  });

  it("prefers what the constructor says among its resource attributes to variables", async () => {
    const resourceAttributes = { "service.name": "given", team: "desk" };
    const variables = { RESPAN_APP_NAME: "variable", OTEL_RESOURCE_ATTRIBUTES: "team=other,region=eu%20west" };
    expect(await resourceWith({ resourceAttributes }, variables)).toMatchObject({
      "service.name": "given",
      team: "desk",
      region: "eu west",
    });
    expect(await resourceWith({ resourceAttributes, appName: "option" })).toMatchObject({ "service.name": "option" });
  });

  it("takes a service name of OTEL_RESOURCE_ATTRIBUTES where nothing else gives one", async () => {
    const variables = { OTEL_RESOURCE_ATTRIBUTES: "service.name=listed" };
    expect(await resourceWith({}, variables)).toMatchObject({ "service.name": "listed" });
    expect(await resourceWith({}, { ...variables, OTEL_SERVICE_NAME: "standard" })).toMatchObject({
      "service.name": "standard",
    });
  });

  it("holds the environment and the SDK", async () => {
    const resource = await resourceWith({ environment: "production" });
    expect(resource).toMatchObject({
      "deployment.environment.name": "production",
      "telemetry.sdk.language": "nodejs",
      "telemetry.sdk.name": "opentelemetry",
      "telemetry.sdk.version": expect.any(String) as string,
    });
  });
});

const METHODS = ["onStart", "onEnding", "onEnd", "forceFlush", "shutdown"] as const;
type Method = (typeof METHODS)[number];

const processed = { name: "work" } as Span & ReadableSpan;

/** Records its calls, and fails where it is asked to. */
class Recorder implements SpanProcessor {
  readonly heard: unknown[][] = [];

  constructor(readonly fault?: Partial<Record<Method, () => unknown>>) {}

  onStart(...args: unknown[]): void {
    return this.#hear("onStart", args) as undefined;
  }
  onEnding(...args: unknown[]): void {
    return this.#hear("onEnding", args) as undefined;
  }
  onEnd(...args: unknown[]): void {
    return this.#hear("onEnd", args) as undefined;
  }
  async forceFlush(): Promise<void> {
    await this.#hear("forceFlush", []);
  }
  async shutdown(): Promise<void> {
    await this.#hear("shutdown", []);
  }

  #hear(method: Method, args: unknown[]): unknown {
    this.heard.push([method, ...args]);
    return this.fault?.[method]?.();
  }
}

async function tellAll(processors: SpanProcessors): Promise<void> {
  processors.onStart(processed, ROOT_CONTEXT);
  processors.onEnding(processed);
  processors.onEnd(processed);
  await processors.forceFlush();
  await processors.shutdown();
}

const ALL = [
  ["onStart", processed, ROOT_CONTEXT],
  ["onEnding", processed],
  ["onEnd", processed],
  ["forceFlush"],
  ["shutdown"],
];
const boom = (): never => {
  throw new Error("boom");
};

function processorsOf(...given: SpanProcessor[]): SpanProcessors {
  const processors = new SpanProcessors(new Warnings());
  for (const processor of given) processors.add(processor);
  return processors;
}

describe("the processors of a provider", () => {
  it("receive everything, those that were added later too", async () => {
    using logger = new HostLogger();
    const [first, second, late] = [new Recorder(), new Recorder(), new Recorder()];
    const given = [first, second];
    const processors = processorsOf(...given);
    given.length = 0;
    processors.add(late);
    await tellAll(processors);
    for (const { heard } of [first, second, late]) expect(heard).toEqual(ALL);
    expect(logger.warnings).toEqual([]);
  });

  it("need not want to know that a span is about to end", async () => {
    using logger = new HostLogger();
    const watcher = new Recorder();
    const plain = { onStart: boom, onEnd: () => undefined, forceFlush: async () => {}, shutdown: async () => {} };
    await tellAll(processorsOf({ ...plain, onStart: () => undefined }, watcher));
    expect(watcher.heard).toEqual(ALL);
    expect(logger.warnings).toEqual([]);
  });

  it.each<[Method, string]>([
    ["onStart", "started"],
    ["onEnding", "was ending"],
    ["onEnd", "ended"],
    ["forceFlush", "was flushed"],
    ["shutdown", "was flushed"],
  ])("cost the others nothing where one fails in %s, of which is warned once", async (method, when) => {
    using logger = new HostLogger();
    const watcher = new Recorder();
    const processors = processorsOf(new Recorder({ [method]: boom }), watcher);
    await tellAll(processors);
    await tellAll(processors);
    expect(watcher.heard).toEqual([...ALL, ...ALL]);
    expect(logger.warnings).toEqual([`respan-instructor: a span processor failed when a span ${when}`]);
  });

  it("are warned of for each moment at which they fail", async () => {
    using logger = new HostLogger();
    const failing = Object.fromEntries(METHODS.map((method) => [method, boom]));
    await tellAll(processorsOf(new Recorder(failing)));
    expect(logger.warnings.map((line) => line.replace(/.*a span /, ""))).toEqual([
      "started",
      "was ending",
      "ended",
      "was flushed",
    ]);
  });

  it("must not be async where no one waits", async () => {
    using logger = new HostLogger();
    const rejecting = (): Promise<never> => Promise.reject(new Error("boom"));
    const processors = processorsOf(new Recorder({ onStart: rejecting, onEnd: rejecting }));
    await tellAll(processors);
    expect(logger.warnings).toEqual([
      "respan-instructor: a span processor returned a promise but must not be async; the promise is not awaited, and its errors are lost",
    ]);
  });
});
