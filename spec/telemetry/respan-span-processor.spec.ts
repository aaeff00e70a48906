import type { Attributes, Span } from "@opentelemetry/api";
import { context, diag, metrics, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { ResourceDetector } from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  NodeTracerProvider,
  SamplingDecision,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan, Sampler } from "@opentelemetry/sdk-trace-node";
import { propagateAttributes } from "../../lib/scope/propagate-attributes.js";
import { slot } from "../../lib/scope/tracing.js";
import { RespanSpanProcessor } from "../../lib/telemetry/respan-span-processor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { ExportOptions } from "../../lib/telemetry/telemetry-options.js";
import { Gate, OTLPReceiver } from "../harness/index.js";
import { activeTracing, HostLogger, open, record, telemetryTo, within } from "./spans.js";

/** A service whose NodeSDK has an exporter of its own and ours beside it. */
class Service implements AsyncDisposable {
  readonly kept = new InMemorySpanExporter();
  readonly processor: RespanSpanProcessor;
  readonly #sdk: NodeSDK;

  constructor(
    receiver: OTLPReceiver,
    options: ExportOptions = {},
    sampler?: Sampler,
    detectors: ResourceDetector[] = [],
  ) {
    this.processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url, ...options });
    this.#sdk = new NodeSDK({
      serviceName: "shop",
      resourceDetectors: detectors,
      spanProcessors: [new SimpleSpanProcessor(this.kept), this.processor],
      ...(sampler && { sampler }),
    });
    this.#sdk.start();
  }

  get spans(): ReadableSpan[] {
    return this.kept.getFinishedSpans();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sdk.shutdown();
    for (const api of [trace, context, propagation, metrics, diag]) api.disable();
  }
}

/** Runs `fn` within a span that some instrumentation makes. */
function spanOf<R>(instrumentation: string, name: string, fn: (span: Span) => R, attributes: Attributes = {}): R {
  return trace.getTracer(instrumentation).startActiveSpan(name, { attributes }, (span) => {
    const result = fn(span);
    span.end();
    return result;
  });
}

const http = <R>(name: string, fn: () => R): R => spanOf("@opentelemetry/instrumentation-http", name, fn);
const nothing = (): undefined => undefined;

describe("RespanSpanProcessor in a NodeSDK", () => {
  it("sends this package's and GenAI spans, and the service's exporter gets everything", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver);
    http("GET /", () => {
      within("workflow", () => record("task"));
      spanOf("my-llm-client", "chat", nothing, { "gen_ai.request.model": "gpt-4o-mini" });
      spanOf("@traceloop/instrumentation-anthropic", "anthropic.chat", nothing);
      spanOf("ai", "ai.generateText", nothing);
      spanOf("pg", "SELECT", nothing);
    });
    await service.processor.forceFlush();
    const sent = ["workflow", "task", "chat", "anthropic.chat", "ai.generateText"].sort();
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(sent);
    expect(service.spans.map(({ name }) => name).sort()).toEqual([...sent, "GET /", "SELECT"].sort());
    expect(receiver.only("task").resource["service.name"]).toBe("shop");
    expect(service.processor.stats()).toEqual({ exported: 5, rejected: 0, failed: 0, dropped: 0, pending: 0 });
  });

  it("makes decorators and clients work through the service's provider", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver);
    expect(activeTracing().isIsolated).toBe(false);
    http("GET /", () => within("workflow", () => http("POST /", nothing)));
    const [inner, workflow, outer] = service.spans;
    expect([inner?.name, workflow?.name, outer?.name]).toEqual(["POST /", "workflow", "GET /"]);
    expect(inner?.parentSpanContext?.spanId).toBe(workflow?.spanContext().spanId);
    expect(workflow?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it("moves a span to its nearest ancestor that is sent", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver);
    http("GET /", () =>
      within("workflow", () =>
        http("POST /", () =>
          spanOf("@opentelemetry/instrumentation-net", "connect", () =>
            within("task", () => http("GET /a", () => record("tool"))),
          ),
        ),
      ),
    );
    await service.processor.flush();
    const [root, ...others] = receiver.tree();
    expect(others).toEqual([]);
    expect(root?.span).toMatchObject({ name: "workflow", parentSpanId: undefined });
    expect(root?.children[0]?.span.name).toBe("task");
    expect(root?.children[0]?.children[0]?.span.name).toBe("tool");
    // The service's own spans hang where they hung.
    const tool = service.spans.find(({ name }) => name === "tool");
    const request = service.spans.find(({ name }) => name === "GET /a");
    expect(tool?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
  });

  it("moves a span to its nearest sent ancestor long after the one between has ended", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver);
    const workflow = open("workflow");
    const inWorkflow = trace.setSpan(ROOT_CONTEXT, workflow.span);
    const between = trace.getTracer("http").startSpan("between", {}, inWorkflow);
    between.end();
    workflow.end();
    for (let at = 0; at < 20_000; at++) trace.getTracer("http").startSpan("noise").end();
    context.with(trace.setSpan(ROOT_CONTEXT, between), () => record("late"));
    await service.processor.flush();
    expect(receiver.only("late").parentSpanId).toBe(receiver.only("workflow").spanId);
  });

  it.each([
    ["has recorded for processors alone", SamplingDecision.RECORD, "workflow"],
    ["leaves out, above which nothing is known", SamplingDecision.NOT_RECORD, undefined],
  ])("names no parent that is never sent where it is one that the sampler %s", async (_, decision, parent) => {
    await using receiver = await OTLPReceiver.start();
    const sampler = {
      shouldSample: (...[, , name]: Parameters<Sampler["shouldSample"]>) => ({
        decision: name === "between" ? decision : SamplingDecision.RECORD_AND_SAMPLED,
      }),
      toString: () => "by name",
    };
    await using service = new Service(receiver, {}, sampler);
    within("workflow", () => within("between", () => within("task", () => record("tool"))));
    await service.processor.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(["tool", "task", "workflow"]);
    expect(receiver.only("tool").parentSpanId).toBe(receiver.only("task").spanId);
    expect(receiver.only("task").parentSpanId).toBe(parent && receiver.only(parent).spanId);
    expect(receiver.only("task").traceId).toBe(receiver.only("workflow").traceId);
  });

  it("stamps what a scope holds on every span that starts in it, from any tracer", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver, { environment: "staging" });
    propagateAttributes({ customerIdentifier: "customer_123", metadata: { tenant: "blue" } }, () => {
      http("GET /", () => record("task"));
    });
    const expected = {
      "respan.customer_params.customer_identifier": "customer_123",
      "respan.metadata.tenant": "blue",
      "respan.environment": "staging",
    };
    expect(service.spans.find(({ name }) => name === "GET /")?.attributes).toMatchObject(expected);
  });

  it("waits for what the service finds out about its host", async () => {
    await using receiver = await OTLPReceiver.start();
    const gate = new Gate();
    const detect = () => ({ attributes: { "host.id": gate.pass().then(() => "found") } });
    await using service = new Service(receiver, {}, undefined, [{ detect }]);
    record("work");
    const flushed = service.processor.flush();
    await gate.arrived;
    gate.release();
    expect(await flushed).toMatchObject({ exported: 1 });
    expect(receiver.only("work").resource["host.id"]).toBe("found");
  });

  it("takes the service's sampling", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver, {}, new AlwaysOffSampler());
    within("workflow", () => record("task"));
    expect(await service.processor.flush()).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(receiver.requests).toEqual([]);
  });

  it("ends open spans and gives the slot back when the SDK is shut down", async () => {
    await using receiver = await OTLPReceiver.start();
    const service = new Service(receiver);
    const span = open("running");
    await service[Symbol.asyncDispose]();
    expect(span.isEnded).toBe(true);
    expect(receiver.find("running")).toHaveLength(1);
    expect(slot.tracing).toBeUndefined();
  });

  it("does nothing where it is disabled", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver, { isEnabled: false });
    using logger = new HostLogger();
    expect(slot.tracing).toBeUndefined();
    spanOf("ai", "ai.generateText", nothing);
    expect(logger.warnings).toEqual([]);
    expect(await service.processor.flush()).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(service.spans).toHaveLength(1);
  });

  it("refuses options of the provider", () => {
    expect(() => new RespanSpanProcessor({ sampleRate: 1 } as ExportOptions)).toThrow(
      'RespanSpanProcessor has no option "sampleRate"',
    );
    expect(slot.tracing).toBeUndefined();
  });
});

describe("shouldExportSpan", () => {
  it("is called once for each span, when it starts", async () => {
    await using receiver = await OTLPReceiver.start();
    const asked: string[] = [];
    await using service = new Service(receiver, {
      shouldExportSpan: (span, byDefault) => {
        asked.push(`${span.name}${span.ended ? " ended" : ""}`);
        return byDefault;
      },
    });
    http("GET /", () => {
      trace.getActiveSpan()?.setAttribute("gen_ai.request.model", "too late");
    });
    record("work");
    await service.processor.flush();
    expect(asked).toEqual(["GET /", "work"]);
    expect(receiver.spans.map(({ name }) => name)).toEqual(["work"]);
  });
});

describe("a generic OpenAI instrumentation beneath a structured call", () => {
  const instrumentations = [
    "@opentelemetry/instrumentation-openai",
    "@traceloop/instrumentation-openai",
    "@arizeai/openinference-instrumentation-openai",
    "some-vendor",
  ];
  const chat = { "gen_ai.operation.name": "chat" };

  it.each(instrumentations)("%s: no second chat span; its children move to this package's", async (instrumentation) => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver);
    within("instructor.create", () => spanOf(instrumentation, "chat gpt", () => record("inner"), chat), {
      isInsideChat: true,
    });
    await service.processor.flush();
    expect(receiver.spans.map(({ name }) => name).sort()).toEqual(["inner", "instructor.create"]);
    expect(receiver.only("inner").parentSpanId).toBe(receiver.only("instructor.create").spanId);
    expect(service.spans.map(({ name }) => name)).toContain("chat gpt");
  });

  it("outside a structured call its spans are sent", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver);
    within("workflow", () => spanOf("@opentelemetry/instrumentation-openai", "chat gpt", nothing, chat));
    await service.processor.flush();
    expect(receiver.only("chat gpt").parentSpanId).toBe(receiver.only("workflow").spanId);
  });

  it("is sent if shouldExportSpan selects it", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver, { shouldExportSpan: () => true });
    within("instructor.create", () => spanOf("some-vendor", "chat gpt", nothing, chat), { isInsideChat: true });
    await service.processor.flush();
    expect(receiver.only("chat gpt").parentSpanId).toBe(receiver.only("instructor.create").spanId);
  });
});

describe("tracerProvider", () => {
  async function provided(receiver: OTLPReceiver, options: ExportOptions = {}) {
    const kept = new InMemorySpanExporter();
    const processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url, logLevel: "none", ...options });
    const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(kept), processor] });
    return {
      provider,
      processor,
      kept,
      async [Symbol.asyncDispose]() {
        await provider.shutdown();
      },
    };
  }

  it("that carries our processor opens the spans of decorators and clients", async () => {
    await using receiver = await OTLPReceiver.start();
    await using own = await provided(receiver);
    const telemetry = new RespanTelemetry({
      tracerProvider: own.provider,
      customerIdentifier: "customer_1",
      isAutoInstrument: false,
    });
    await within("workflow", async () => {
      await Promise.resolve();
      record("task");
    });
    expect(await telemetry.flush()).toEqual({ exported: 2, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(receiver.only("task").parentSpanId).toBe(receiver.only("workflow").spanId);
    expect(telemetry.stats()).toEqual(own.processor.stats());
    expect(own.kept.getFinishedSpans()).toHaveLength(2);
    await telemetry.shutdown();
    // What is left is the processor's own, as before.
    record("afterwards");
    expect(trace.getTracer("anybody").startSpan("probe").isRecording()).toBe(false);
  });

  it("without one is reported at the first span, once", async () => {
    using logger = new HostLogger();
    const kept = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(kept)] });
    await using telemetry = new RespanTelemetry({ tracerProvider: provider, isAutoInstrument: false });
    expect(logger.warnings).toEqual([]);
    record("work", "more work");
    expect(logger.warnings).toEqual([
      "respan-instructor: a span is not exported because its tracer provider has no RespanSpanProcessor: pass one to the provider's constructor",
    ]);
    expect(kept.getFinishedSpans()).toHaveLength(2);
    expect(await telemetry.flush()).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
  });

  it("of another processor has its own counts", async () => {
    await using receiver = await OTLPReceiver.start();
    await using other = await provided(receiver);
    await using own = await provided(receiver);
    await using telemetry = new RespanTelemetry({ tracerProvider: own.provider, isAutoInstrument: false });
    record("work");
    other.provider
      .getTracer("my-llm")
      .startSpan("chat", { attributes: { "gen_ai.system": "x" } })
      .end();
    expect(await telemetry.flush()).toMatchObject({ exported: 1 });
    expect(other.processor.stats()).toMatchObject({ exported: 0 });
  });

  it("is known through the global provider and a processor that wraps this package's", async () => {
    await using receiver = await OTLPReceiver.start();
    const processor = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url });
    const wrapper = {
      onStart: processor.onStart.bind(processor),
      onEnd: processor.onEnd.bind(processor),
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    };
    const provider = new NodeTracerProvider({ spanProcessors: [wrapper] });
    provider.register();
    await using telemetry = new RespanTelemetry({ tracerProvider: trace.getTracerProvider(), isAutoInstrument: false });
    record("work");
    expect(await telemetry.flush()).toMatchObject({ exported: 1 });
    await provider.shutdown();
    for (const api of [trace, context, propagation]) api.disable();
  });
});

describe("the slot", () => {
  it("is a RespanTelemetry's as long as there is one, and the processor's again afterwards", async () => {
    await using receiver = await OTLPReceiver.start();
    await using service = new Service(receiver);
    const ofProcessor = slot.tracing;
    const telemetry = telemetryTo(receiver);
    expect(slot.tracing).not.toBe(ofProcessor);
    const another = new RespanSpanProcessor({ apiKey: "key", baseUrl: receiver.url });
    expect(slot.tracing?.isIsolated).toBe(true);
    await another.shutdown();
    await telemetry.shutdown();
    expect(slot.tracing).toBe(ofProcessor);
    expect(service.spans).toEqual([]);
  });
});
