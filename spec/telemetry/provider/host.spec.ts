import type { Span } from "@opentelemetry/api";
import { context, diag, metrics, propagation, ROOT_CONTEXT, SpanKind, trace } from "@opentelemetry/api";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { AlwaysOffSampler, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan, Sampler } from "@opentelemetry/sdk-trace-node";
import { W3CBaggagePropagator } from "@opentelemetry/core";
import { slot } from "../../../lib/scope/tracing.js";
import { OTLPReceiver } from "../../harness/index.js";
import { activeTracing, HostLogger, open, record, setVariables, telemetryTo, within } from "../spans.js";

/** A service with an OpenTelemetry of its own. */
class Host implements AsyncDisposable {
  readonly exporter = new InMemorySpanExporter();
  readonly #sdk: NodeSDK;

  constructor(sampler?: Sampler) {
    this.#sdk = new NodeSDK({
      serviceName: "host",
      autoDetectResources: false,
      spanProcessors: [new SimpleSpanProcessor(this.exporter)],
      ...(sampler && { sampler }),
    });
    this.#sdk.start();
  }

  get spans(): ReadableSpan[] {
    return this.exporter.getFinishedSpans();
  }

  span(name: string): ReadableSpan {
    const found = this.spans.filter((span) => span.name === name);
    expect(found).toHaveLength(1);
    return found[0]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sdk.shutdown();
    for (const api of [trace, context, propagation, metrics, diag]) api.disable();
  }
}

/** Runs `fn` within a span of the other SDK. */
function hosted<R>(name: string, fn: (span: Span) => R): R {
  return trace.getTracer("host").startActiveSpan(name, { kind: SpanKind.SERVER }, (span) => {
    const result = fn(span);
    span.end();
    return result;
  });
}

describe("beside a NodeSDK", () => {
  it("leaves the globals alone, before, during and after", async () => {
    await using receiver = await OTLPReceiver.start();
    await using _host = new Host();
    using logger = new HostLogger();
    const api = (globalThis as unknown as Record<symbol, object>)[Symbol.for("opentelemetry.js.api.1")]!;
    const before = { ...api, diag: undefined };
    const telemetry = telemetryTo(receiver);
    expect({ ...api, diag: undefined }).toEqual(before);
    expect(activeTracing().isIsolated).toBe(true);
    await telemetry.shutdown();
    expect({ ...api, diag: undefined }).toEqual(before);
    expect([...logger.warnings, ...logger.errors]).toEqual([]);
    hosted("still the other SDK's", (span) => expect(span.isRecording()).toBe(true));
    expect(_host.spans).toHaveLength(1);
  });

  it("the other SDK's spans keep their parents, and this package's are not among them", async () => {
    await using receiver = await OTLPReceiver.start();
    await using host = new Host();
    await using telemetry = telemetryTo(receiver);
    hosted("request", () => within("workflow", () => hosted("query", () => record("task"))));
    await telemetry.flush();
    expect(host.spans.map(({ name }) => name).sort()).toEqual(["query", "request"]);
    const request = host.span("request").spanContext();
    expect(host.span("query").parentSpanContext?.spanId).toBe(request.spanId);
    expect(host.span("query").attributes).toEqual({});
  });

  it("this package's traces are complete: the other SDK's trace id, and no parent that never arrives", async () => {
    await using receiver = await OTLPReceiver.start();
    await using host = new Host();
    await using telemetry = telemetryTo(receiver);
    await hosted("request", async () => {
      await within("workflow", async () => {
        await Promise.resolve();
        hosted("query", () => record("task"));
      });
    });
    await telemetry.flush();
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(["task", "workflow"]);
    const workflow = receiver.only("workflow");
    expect(workflow.traceId).toBe(host.span("request").spanContext().traceId);
    expect(workflow.parentSpanId).toBeUndefined();
    expect(receiver.only("task")).toMatchObject({ traceId: workflow.traceId, parentSpanId: workflow.spanId });
    expect(workflow.resource["service.name"]).toBe("respan");
  });

  it("each outermost span takes the active trace id", async () => {
    await using receiver = await OTLPReceiver.start();
    await using host = new Host();
    await using telemetry = telemetryTo(receiver);
    hosted("one", () => record("in one"));
    hosted("two", () => record("in two"));
    record("in none");
    await telemetry.flush();
    expect(receiver.only("in one").traceId).toBe(host.span("one").spanContext().traceId);
    expect(receiver.only("in two").traceId).toBe(host.span("two").spanContext().traceId);
    const ids = new Set(receiver.spans.map(({ traceId }) => traceId));
    expect(ids.size).toBe(3);
  });

  it("neither sampling drops spans of the other", async () => {
    await using receiver = await OTLPReceiver.start();
    {
      await using host = new Host(new AlwaysOffSampler());
      await using telemetry = telemetryTo(receiver);
      hosted("request", (span) => {
        expect(span.isRecording()).toBe(false);
        within("workflow", () => record("task"));
      });
      await telemetry.flush();
      expect(host.spans).toEqual([]);
      expect(receiver.spans.map(({ name }) => name).sort()).toEqual(["task", "workflow"]);
    }
    await using host = new Host();
    await using telemetry = telemetryTo(receiver, { sampleRate: 0 });
    receiver.clear();
    hosted("request", () => within("workflow", () => hosted("query", () => record("task"))));
    await telemetry.flush();
    expect(host.spans.map(({ name }) => name).sort()).toEqual(["query", "request"]);
    expect(receiver.spans).toEqual([]);
  });

  it("the active span is the other SDK's, inside and outside of this package's spans", async () => {
    await using receiver = await OTLPReceiver.start();
    await using _host = new Host();
    await using telemetry = telemetryTo(receiver);
    hosted("request", (span) => {
      within("workflow", () => expect(trace.getActiveSpan()).toBe(span));
      expect(trace.getActiveSpan()).toBe(span);
    });
    expect(_host.spans).toHaveLength(1);
    expect(telemetry.stats().failed).toBe(0);
  });

  it("uses its own contexts again when the other SDK has gone", async () => {
    await using receiver = await OTLPReceiver.start();
    const host = new Host();
    await using telemetry = telemetryTo(receiver);
    hosted("request", () => record("beside it"));
    await host[Symbol.asyncDispose]();
    within("workflow", () => record("task"));
    await telemetry.flush();
    expect(receiver.only("task").parentSpanId).toBe(receiver.only("workflow").spanId);
  });

  it("takes no trace id that is none", async () => {
    await using receiver = await OTLPReceiver.start();
    await using _host = new Host();
    await using telemetry = telemetryTo(receiver);
    const invalid = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "0".repeat(32),
      spanId: "0".repeat(16),
      traceFlags: 1,
    });
    context.with(invalid, () => record("work"));
    await telemetry.flush();
    expect(receiver.only("work").traceId).not.toBe("0".repeat(32));
    expect(_host.spans).toEqual([]);
  });
});

describe("with registerGlobal: false", () => {
  it("registers nothing, and works with contexts of its own", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { registerGlobal: false });
    expect(trace.getTracer("anybody").startSpan("probe").isRecording()).toBe(false);
    expect(context.with(ROOT_CONTEXT.setValue(Symbol.for("x"), 1), () => context.active())).toBe(ROOT_CONTEXT);
    await within("workflow", async () => {
      await new Promise(setImmediate);
      record("task");
    });
    await telemetry.flush();
    expect(receiver.only("task").parentSpanId).toBe(receiver.only("workflow").spanId);
  });

  it("shares the contexts of an SDK that starts later", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { registerGlobal: false });
    record("before");
    await using host = new Host();
    hosted("request", () => within("workflow", () => hosted("query", () => record("task"))));
    await telemetry.flush();
    const workflow = receiver.only("workflow");
    expect(workflow.traceId).toBe(host.span("request").spanContext().traceId);
    expect(receiver.only("task").parentSpanId).toBe(workflow.spanId);
    expect(host.span("query").parentSpanContext?.spanId).toBe(host.span("request").spanContext().spanId);
  });
});

describe("where no OpenTelemetry is registered", () => {
  afterEach(() => {
    expect(slot.tracing).toBeUndefined();
  });

  it("registers provider, context manager and W3C propagators, and gives them back", async () => {
    await using receiver = await OTLPReceiver.start();
    const telemetry = telemetryTo(receiver, { propagateBaggage: true });
    expect(activeTracing().isIsolated).toBe(false);
    within("workflow", () => {
      const carrier: Record<string, string> = {};
      const baggage = propagation.createBaggage({ tenant: { value: "blue" } });
      propagation.inject(propagation.setBaggage(context.active(), baggage), carrier);
      const { traceId, spanId } = trace.getActiveSpan()!.spanContext();
      expect(carrier.traceparent).toBe(`00-${traceId}-${spanId}-01`);
      expect(carrier.baggage).toBe("tenant=blue");
    });
    await telemetry.shutdown();
    const carrier = {};
    propagation.inject(
      trace.setSpan(
        ROOT_CONTEXT,
        trace.wrapSpanContext({ traceId: "1".repeat(32), spanId: "1".repeat(16), traceFlags: 1 }),
      ),
      carrier,
    );
    expect(carrier).toEqual({});
    expect(trace.getTracer("anybody").startSpan("probe").isRecording()).toBe(false);
    await using host = new Host();
    hosted("a host can register afterwards", () => undefined);
    expect(host.spans).toHaveLength(1);
  });

  it("this package's spans are the active ones, and the parents of others", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver, { shouldExportSpan: () => true });
    within("workflow", () => hosted("query", () => record("task")));
    await telemetry.flush();
    const [root] = receiver.tree();
    expect(root?.span.name).toBe("workflow");
    expect(root?.children[0]?.span.name).toBe("query");
    expect(root?.children[0]?.children[0]?.span.name).toBe("task");
  });

  it("keeps a context manager that is there without a provider", async () => {
    await using receiver = await OTLPReceiver.start();
    const { AsyncLocalStorageContextManager } = await import("@opentelemetry/context-async-hooks");
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    const telemetry = telemetryTo(receiver);
    within("workflow", () => record("task"));
    await telemetry.shutdown();
    expect(receiver.only("task").parentSpanId).toBe(receiver.only("workflow").spanId);
    expect(context.with(ROOT_CONTEXT.setValue(Symbol.for("x"), 1), () => context.active())).not.toBe(ROOT_CONTEXT);
    context.disable();
  });

  it("keeps 4096 attributes and every event of a structured call", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const span = open("work", Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`key.${at}`, at])));
    for (let at = 0; at < 500; at++) span.event("instructor.attempt", { at });
    span.end();
    await telemetry.flush();
    expect(receiver.only("work")).toMatchObject({ droppedAttributesCount: 0, droppedEventsCount: 0 });
    expect(Object.keys(receiver.only("work").attributes)).toHaveLength(2_002);
    expect(receiver.only("work").events).toHaveLength(500);
  });

  it.each([
    "OTEL_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT",
    "OTEL_SPAN_ATTRIBUTE_PER_LINK_COUNT_LIMIT",
    "OTEL_SPAN_EVENT_COUNT_LIMIT",
    "OTEL_SPAN_LINK_COUNT_LIMIT",
  ])("%s limits none of this package's spans", async (variable) => {
    setVariables({ [variable]: "1" });
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const two = { one: "text", two: "text" };
    const span = open("work", two);
    for (const name of ["first", "second"]) span.event(name, two);
    const linked = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
    span.span.addLinks([1, 2].map(() => ({ context: linked, attributes: two })));
    span.end();
    await telemetry.flush();
    const { attributes, events, links } = receiver.only("work");
    expect(attributes).toMatchObject(two);
    expect(events.map((event) => event.attributes)).toEqual([two, two]);
    expect(links.map((link) => link.attributes)).toEqual([two, two]);
  });

  it.each(["always_off", "parentbased_always_off", "traceidratio", "nonsense"])(
    "OTEL_TRACES_SAMPLER=%s is left to the other SDK without a warning",
    async (sampler) => {
      setVariables({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: "0" });
      await using receiver = await OTLPReceiver.start();
      const said: string[] = [];
      const write = jest.spyOn(process.stderr, "write").mockImplementation((line) => said.push(String(line)) > 0);
      await using telemetry = telemetryTo(receiver, { logLevel: "all" });
      record("work");
      await telemetry.flush();
      write.mockRestore();
      expect(receiver.spans).toHaveLength(1);
      expect(said.filter((line) => line.includes("OTEL_TRACES"))).toEqual([]);
    },
  );

  it("keeps a propagator that is there without a provider", async () => {
    using logger = new HostLogger();
    const propagator = new W3CBaggagePropagator();
    propagation.setGlobalPropagator(propagator);
    await using receiver = await OTLPReceiver.start();
    const telemetry = telemetryTo(receiver);
    expect(propagation.fields()).toEqual(propagator.fields());
    await telemetry.shutdown();
    expect(propagation.fields()).toEqual(propagator.fields());
    propagation.disable();
    expect([...logger.errors, ...logger.warnings]).toEqual([]);
  });
});

describe("sampling", () => {
  it("is not decided by another library's parent in another service", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const remote = (traceFlags: number) =>
      trace.setSpanContext(ROOT_CONTEXT, {
        traceId: "1".repeat(32),
        spanId: "2".repeat(16),
        traceFlags,
        isRemote: true,
      });
    context.with(remote(1), () => record("sampled there"));
    context.with(remote(0), () => record("not sampled there"));
    await telemetry.flush();
    expect(receiver.spans.map(({ traceId }) => traceId)).toEqual(["1".repeat(32), "1".repeat(32)]);
    expect(receiver.only("sampled there").parentSpanId).toBe("2".repeat(16));
    // A span that its own service left out arrives nowhere: nothing hangs on it.
    expect(receiver.only("not sampled there").parentSpanId).toBeUndefined();
  });
});
