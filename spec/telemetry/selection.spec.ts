import type { Attributes } from "@opentelemetry/api";
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { RespanSpanProcessor } from "../../lib/telemetry/respan-span-processor.js";
import { RespanTelemetry } from "../../lib/telemetry/respan-telemetry.js";
import type { EditableSpan, ExportOptions } from "../../lib/telemetry/telemetry-options.js";
import { OTLPReceiver } from "../harness/index.js";
import { HostLogger, open, record, setVariables, telemetryTo, within } from "./spans.js";

describe("what is exported by default", () => {
  const spanOf = (instrumentation: string, name: string, fn: () => void, attributes: Attributes = {}): void =>
    trace.getTracer(instrumentation).startActiveSpan(name, { attributes }, (span) => {
      fn();
      span.end();
    });
  const nothing = (): undefined => undefined;

  /** A request through instrumentations, ours and GenAI spans in all mixtures. */
  const work = (): void =>
    spanOf("@opentelemetry/instrumentation-http", "GET /", () => {
      within("workflow", () => {
        spanOf("@opentelemetry/instrumentation-http", "POST /", () => {
          spanOf(
            "my-llm-client",
            "chat",
            () => spanOf("@opentelemetry/instrumentation-http", "POST /v1", () => record("tool")),
            {
              "gen_ai.request.model": "gpt-4o-mini",
            },
          );
        });
        spanOf("@opentelemetry/instrumentation-pg", "SELECT", nothing);
      });
      spanOf("ai", "ai.generateText", nothing);
    });

  const ways: [string, (options: ExportOptions) => { flush(): Promise<unknown>; shutdown(): Promise<void> }][] = [
    ["RespanTelemetry", (options) => new RespanTelemetry({ ...options, isAutoInstrument: false })],
    [
      "RespanSpanProcessor",
      (options) => {
        const processor = new RespanSpanProcessor(options);
        const provider = new NodeTracerProvider({ spanProcessors: [processor] });
        provider.register();
        return {
          flush: () => processor.flush(),
          shutdown: async () => {
            await provider.shutdown();
            for (const api of [trace, context, propagation]) api.disable();
          },
        };
      },
    ],
  ];

  it.each(ways)(
    "is this package's and GenAI spans, each under its nearest exported ancestor (%s)",
    async (_, start) => {
      await using receiver = await OTLPReceiver.start();
      const running = start({ apiKey: "key", baseUrl: receiver.url });
      try {
        work();
        await running.flush();
      } finally {
        await running.shutdown();
      }
      expect(receiver.tree().map(outline)).toEqual([
        ["workflow", [["chat", [["tool", []]]]]],
        ["ai.generateText", []],
      ]);
      expect(new Set(receiver.spans.map(({ traceId }) => traceId)).size).toBe(1);
    },
  );

  type Outline = [string, Outline[]];
  const outline = ({ span, children }: ReturnType<OTLPReceiver["tree"]>[number]): Outline => [
    span.name,
    children.map(outline),
  ];
});

describe("spanPostprocess", () => {
  async function through(spanPostprocess: (span: EditableSpan) => unknown) {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    const kept = new InMemorySpanExporter();
    await using telemetry = telemetryTo(receiver, { spanPostprocess, spanProcessors: [new SimpleSpanProcessor(kept)] });
    const span = open("work", { secret: "x", keep: 1 });
    span.event("happened", { secret: "x" });
    span.end();
    open("other").end();
    await telemetry.flush();
    const original = kept.getFinishedSpans()[0];
    expect(original?.name).toBe("work");
    expect(original?.attributes.secret).toBe("x");
    expect(original?.events[0]?.attributes).toEqual({ secret: "x" });
    return { receiver, stats: telemetry.stats(), warnings: logger.warnings };
  }

  it("changes what is exported, and not the span", async () => {
    const { receiver, stats } = await through((span) => {
      delete span.attributes.secret;
      for (const event of span.events) delete event.attributes?.secret;
      span.attributes.added = true;
      span.name = span.name.toUpperCase();
      span.status = { code: SpanStatusCode.ERROR, message: "changed" };
    });
    const work = receiver.only("WORK");
    expect(work.attributes).toMatchObject({ keep: 1, added: true });
    expect(work.attributes.secret).toBeUndefined();
    expect(work.events[0]?.attributes).toEqual({});
    expect(work.status).toEqual({ code: 2, message: "changed" });
    expect(stats.exported).toBe(2);
  });

  it("is shown all that is known of a span", async () => {
    await using receiver = await OTLPReceiver.start();
    const seen: EditableSpan[] = [];
    const other = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
    await using telemetry = telemetryTo(receiver, {
      appName: "desk",
      spanPostprocess: (span) => void seen.push({ ...span, spanContext: span.spanContext }),
    });
    within("workflow", () => {
      const span = trace.getTracer("ai", "1.0").startSpan("chat", {
        kind: SpanKind.CLIENT,
        startTime: [1_700_000_000, 5],
        attributes: { n: 1 },
        links: [{ context: other, attributes: { why: "cause" } }],
      });
      span.addEvent("happened", { at: 1 });
      span.setStatus({ code: SpanStatusCode.ERROR, message: "refused" });
      span.end([1_700_000_001, 7]);
    });
    await telemetry.flush();
    const [chat, workflow] = seen;
    expect(chat).toMatchObject({
      name: "chat",
      kind: SpanKind.CLIENT,
      attributes: { n: 1 },
      status: { code: SpanStatusCode.ERROR, message: "refused" },
      events: [{ name: "happened", attributes: { at: 1 } }],
      links: [{ context: other, attributes: { why: "cause" } }],
      startTime: [1_700_000_000, 5],
      endTime: [1_700_000_001, 7],
      duration: [1, 2],
      ended: true,
      instrumentationScope: { name: "ai", version: "1.0" },
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    });
    expect(chat?.resource.attributes["service.name"]).toBe("desk");
    expect(chat?.parentSpanContext?.spanId).toBe(workflow?.spanContext().spanId);
    expect(workflow?.parentSpanContext).toBeUndefined();
    expect(receiver.only("chat").links).toHaveLength(1);
  });

  it("leaves a span out by returning false; it counts as dropped", async () => {
    const { receiver, stats, warnings } = await through((span) => span.name !== "work");
    expect(receiver.spans.map(({ name }) => name)).toEqual(["other"]);
    expect(stats).toEqual({ exported: 1, rejected: 0, failed: 0, dropped: 1, pending: 0 });
    expect(warnings).toEqual([]);
  });

  it.each([
    [
      "throws",
      (span: EditableSpan) => {
        if (span.name === "work") throw new Error("boom");
      },
    ],
    ["is async", async (span: EditableSpan) => (span.name === "work" ? Promise.reject(new Error("boom")) : undefined)],
  ])("that %s leaves the span out, with one warning", async (name, change) => {
    const { receiver, stats, warnings } = await through(change);
    expect(receiver.find("work")).toEqual([]);
    expect(stats.exported + stats.dropped).toBe(2);
    expect(stats.dropped).toBe(name === "throws" ? 1 : 2);
    expect(warnings).toEqual([
      name === "throws"
        ? "respan-instructor: spanPostprocess failed; the affected spans are not exported"
        : "respan-instructor: spanPostprocess must not be async; its spans are not exported",
    ]);
  });
});

describe("shouldExportSpan", () => {
  it.each<[string, unknown, string]>([
    ["throws", () => JSON.parse("{") as unknown, "failed; the affected spans are not exported"],
    ["is async", () => Promise.resolve(true), "must not be async; its spans are not exported"],
  ])("that %s keeps its spans in the process, and says why, once", async (_how, shouldExportSpan, why) => {
    await using receiver = await OTLPReceiver.start();
    using logger = new HostLogger();
    await using telemetry = telemetryTo(receiver, { shouldExportSpan: shouldExportSpan as () => boolean });
    record("one", "two");
    expect(await telemetry.flush()).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(logger.warnings).toEqual([`respan-instructor: shouldExportSpan ${why}`]);
  });
});

describe("spanNameStyle", () => {
  function spans(): void {
    open("instructor.create", { "llm.request.type": "chat", "gen_ai.request.model": "gpt-4o-mini" }).end();
    open("chat without a model", { "llm.request.type": "chat" }).end();
    for (const kind of ["workflow", "task", "agent", "tool"]) {
      open(`name.${kind}`, { "traceloop.span.kind": kind, "traceloop.entity.name": "name" }).end();
    }
    record("plain");
  }

  it("is the name as it is by default", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    spans();
    await telemetry.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual([
      "instructor.create",
      "chat without a model",
      "name.workflow",
      "name.task",
      "name.agent",
      "name.tool",
      "plain",
    ]);
  });

  it("semantic renames at export", async () => {
    await using receiver = await OTLPReceiver.start();
    setVariables({ RESPAN_SPAN_NAME_STYLE: "semantic" });
    await using telemetry = telemetryTo(receiver);
    spans();
    await telemetry.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual([
      "llm.gpt-4o-mini",
      "llm",
      "workflow",
      "task",
      "agent.name",
      "tool.name",
      "plain",
    ]);
  });
});

describe("across services", () => {
  /** What an HTTP instrumentation does on either side. */
  const request = (carrier: Record<string, string>) => {
    const span = trace.getTracer("http").startSpan("POST /", { kind: SpanKind.CLIENT });
    propagation.inject(trace.setSpan(context.active(), span), carrier);
    span.end();
  };
  const handle = (carrier: Record<string, string>, fn: () => void) => {
    const remote = propagation.extract(ROOT_CONTEXT, carrier);
    const span = trace.getTracer("http").startSpan("POST /", { kind: SpanKind.SERVER }, remote);
    context.with(trace.setSpan(remote, span), fn);
    span.end();
  };

  it("a span's parent is the nearest one that is exported there, through both services' HTTP spans", async () => {
    await using receiver = await OTLPReceiver.start();
    const carrier: Record<string, string> = {};
    const caller = telemetryTo(receiver);
    within("caller", () => request(carrier));
    await caller.shutdown();
    await using callee = telemetryTo(receiver);
    handle(carrier, () => within("callee", () => undefined));
    await callee.flush();
    const { traceId, spanId } = receiver.only("caller");
    expect(receiver.only("callee")).toMatchObject({ traceId, parentSpanId: spanId });
    expect(receiver.spans).toHaveLength(2);
  });

  it("through a third service that knows nothing of this", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const carrier: Record<string, string> = {};
    within("caller", () => request(carrier));
    const onwards = { ...carrier, traceparent: carrier.traceparent!.replace(/-[0-9a-f]{16}-/, `-${"b".repeat(16)}-`) };
    handle(onwards, () => record("callee"));
    await telemetry.flush();
    expect(receiver.only("callee").parentSpanId).toBe(receiver.only("caller").spanId);
  });

  it("without HTTP spans in between, its parent is the span that made the request", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const carrier: Record<string, string> = {};
    within("caller", () => propagation.inject(context.active(), carrier));
    context.with(propagation.extract(ROOT_CONTEXT, carrier), () => record("callee"));
    await telemetry.flush();
    expect(receiver.only("callee").parentSpanId).toBe(receiver.only("caller").spanId);
  });

  it("through a third service, right under which it stands", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const carrier: Record<string, string> = {};
    within("caller", () => request(carrier));
    const onwards = { ...carrier, traceparent: carrier.traceparent!.replace(/-[0-9a-f]{16}-/, `-${"b".repeat(16)}-`) };
    context.with(propagation.extract(ROOT_CONTEXT, onwards), () => record("callee"));
    await telemetry.flush();
    expect(receiver.only("callee").parentSpanId).toBe(receiver.only("caller").spanId);
  });

  it.each(["nonsense", "0000000000000000", "B".repeat(15), ""])(
    "under a caller that names %j as the span to hang on, it stands as under one that says nothing",
    async (named) => {
      await using receiver = await OTLPReceiver.start();
      await using telemetry = telemetryTo(receiver);
      const carrier = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: `respan=${named}` };
      handle(carrier, () => record("beneath an HTTP span"));
      context.with(propagation.extract(ROOT_CONTEXT, carrier), () => record("right under it"));
      await telemetry.flush();
      expect(receiver.only("beneath an HTTP span").parentSpanId).toBeUndefined();
      expect(receiver.only("right under it").parentSpanId).toBe("b".repeat(16));
    },
  );

  it("what a caller's own trace state says for others is handed on", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const carrier: Record<string, string> = {};
    const incoming = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, tracestate: "vendor=x,respan=y" };
    handle(incoming, () => propagation.inject(context.active(), carrier));
    expect(carrier.tracestate).toBe("vendor=x");
    handle(incoming, () => within("workflow", () => propagation.inject(context.active(), carrier)));
    await telemetry.flush();
    expect(carrier.tracestate).toBe(`respan=${receiver.only("workflow").spanId},vendor=x`);
  });

  it("a request outside of any span carries no trace", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const carrier: Record<string, string> = {};
    propagation.inject(ROOT_CONTEXT, carrier);
    expect(carrier).toEqual({});
    expect(telemetry.stats().failed).toBe(0);
  });

  it("headers are those of W3C trace context and baggage", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    expect([...propagation.fields()].sort()).toEqual(["baggage", "traceparent", "tracestate"]);
    expect(telemetry.stats().failed).toBe(0);
  });

  it("under a caller that says nothing, it keeps a parent of its own trace only where it stands right under it", async () => {
    await using receiver = await OTLPReceiver.start();
    await using telemetry = telemetryTo(receiver);
    const carrier = { traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` };
    handle(carrier, () => record("beneath an HTTP span"));
    context.with(propagation.extract(ROOT_CONTEXT, carrier), () => record("right under it"));
    await telemetry.flush();
    expect(receiver.only("beneath an HTTP span")).toMatchObject({ traceId: "a".repeat(32), parentSpanId: undefined });
    expect(receiver.only("right under it").parentSpanId).toBe("b".repeat(16));
  });
});

describe("a span that a sampler wants recorded and not sent", () => {
  it("is not sent", async () => {
    await using receiver = await OTLPReceiver.start();
    const sampler = { shouldSample: () => ({ decision: 1 }), toString: () => "record" };
    await using telemetry = new RespanTelemetry({
      apiKey: "key",
      baseUrl: receiver.url,
      sampler,
      isAutoInstrument: false,
    });
    record("work");
    expect(await telemetry.flush()).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(receiver.requests).toEqual([]);
  });
});
