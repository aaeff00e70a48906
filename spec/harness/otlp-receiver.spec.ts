import { gzipSync } from "node:zlib";
import { context, SpanKind, SpanStatusCode, trace, TraceFlags } from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import { JsonTraceSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import { OTLPReceiver, resetMidAnswer, resetMidRequest } from "./index.js";

/** A child with every field set, then its parent with none that can be left out. */
function spansOfTheSDK(): ReadableSpan[] {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "desk", shards: [1, 2] }),
    spanProcessors: [new SimpleSpanProcessor(memory)],
    spanLimits: { attributeCountLimit: 9 },
  });
  const tracer = provider.getTracer("desk.tracer", "1.2.3");
  const remote = {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    traceState: new TraceState("vendor=value"),
  };
  const parent = tracer.startSpan("parent", { root: true });
  const child = tracer.startSpan(
    "child",
    {
      kind: SpanKind.CLIENT,
      startTime: [1_700_000_000, 123_456_789],
      links: [{ context: parent.spanContext(), attributes: { why: "cause" } }],
      attributes: {
        text: "Müller 🎫",
        empty: "",
        no: false,
        yes: true,
        zero: 0,
        negative: -7,
        large: Number.MAX_SAFE_INTEGER,
        fraction: 0.1,
        list: ["a", "b"],
      },
    },
    trace.setSpanContext(context.active(), remote),
  );
  child.setAttribute("beyond the limit", true);
  child.addEvent("attempt", { number: 1, issues: ["x"] }, [1_700_000_000, 223_456_789]);
  child.setStatus({ code: SpanStatusCode.ERROR, message: "refused" });
  child.end([1_700_000_001, 1]);
  parent.end();
  return memory.getFinishedSpans();
}

async function post(receiver: OTLPReceiver, headers: Record<string, string> = {}, body?: Uint8Array | string) {
  return fetch(receiver.tracesUrl, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf", ...headers },
    body: (body ?? ProtobufTraceSerializer.serializeRequest(spansOfTheSDK())!) as string,
    redirect: "manual",
  });
}

describe("OTLPReceiver", () => {
  let receiver: OTLPReceiver;

  beforeEach(async () => {
    receiver = await OTLPReceiver.start();
  });

  afterEach(() => receiver.close());

  describe("decodes", () => {
    const forms = {
      protobuf: { type: "application/x-protobuf", serializer: ProtobufTraceSerializer },
      JSON: { type: "application/json", serializer: JsonTraceSerializer },
    };

    it.each(["protobuf", "JSON"] as const)("every field that the SDK sends as %s", async (form) => {
      const { type, serializer } = forms[form];
      const sent = spansOfTheSDK();
      await post(receiver, { "content-type": type }, serializer.serializeRequest(sent));

      expect(receiver.errors).toEqual([]);
      const [child, parent] = sent;
      expect(receiver.only("child")).toEqual({
        traceId: "0af7651916cd43dd8448eb211c80319c",
        spanId: child!.spanContext().spanId,
        parentSpanId: "b7ad6b7169203331",
        name: "child",
        kind: SpanKind.CLIENT,
        status: { code: SpanStatusCode.ERROR, message: "refused" },
        startTime: 1_700_000_000_123_456_789n,
        endTime: 1_700_000_001_000_000_001n,
        attributes: {
          text: "Müller 🎫",
          empty: "",
          no: false,
          yes: true,
          zero: 0,
          negative: -7,
          large: Number.MAX_SAFE_INTEGER,
          fraction: 0.1,
          list: ["a", "b"],
        },
        droppedAttributesCount: 1,
        events: [
          {
            name: "attempt",
            time: 1_700_000_000_223_456_789n,
            attributes: { number: 1, issues: ["x"] },
            droppedAttributesCount: 0,
          },
        ],
        droppedEventsCount: 0,
        links: [
          {
            traceId: parent!.spanContext().traceId,
            spanId: parent!.spanContext().spanId,
            traceState: "",
            flags: expect.any(Number),
            attributes: { why: "cause" },
            droppedAttributesCount: 0,
          },
        ],
        droppedLinksCount: 0,
        resource: { "service.name": "desk", shards: [1, 2] },
        scope: { name: "desk.tracer", version: "1.2.3" },
        // Sampled, the parent known to be remote.
        flags: 0x301,
        traceState: "vendor=value",
      });
      expect(receiver.only("parent")).toMatchObject({
        parentSpanId: undefined,
        kind: SpanKind.INTERNAL,
        status: { code: SpanStatusCode.UNSET },
        attributes: {},
        events: [],
        links: [],
        traceState: "",
      });
      expect(receiver.only("parent").status).not.toHaveProperty("message");
    });

    it("values that only other senders use: bytes, maps, nested arrays, integers beyond a double", async () => {
      const value = {
        arrayValue: {
          values: [
            { kvlistValue: { values: [{ key: "x", value: { intValue: "9007199254740993" } }] } },
            { arrayValue: { values: [{}] } },
            { bytesValue: "AAE=" },
          ],
        },
      };
      const span = {
        traceId: "0A".repeat(16),
        spanId: "0B".repeat(8),
        name: "other",
        attributes: [{ key: "v", value }],
      };
      const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
      await post(receiver, { "content-type": "application/json; charset=utf-8" }, body);
      const other = receiver.only("other");
      expect(other.attributes).toEqual({ v: [{ x: 9_007_199_254_740_993n }, [undefined], Buffer.from([0, 1])] });
      expect(other.traceId).toBe("0a".repeat(16));
    });

    it("nothing of what is not OTLP: it answers 400 and keeps the error", async () => {
      for (const [headers, body] of [
        [{}, "not protobuf"],
        [{ "content-type": "application/json" }, "{"],
        [{ "content-type": "text/plain" }, "spans"],
        [{ "content-encoding": "gzip" }, "not gzip"],
        [{ "content-encoding": "lzw" }, "unknown"],
      ] as const) {
        expect((await post(receiver, headers, body)).status).toBe(400);
      }
      expect(receiver.errors).toHaveLength(5);
      expect(receiver.spans).toEqual([]);
    });

    it("no attribute that is there twice", async () => {
      const pair = { key: "k", value: { stringValue: "v" } };
      const body = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: "twice", attributes: [pair, pair] }] }] }] };
      await post(receiver, { "content-type": "application/json" }, JSON.stringify(body));
      expect(receiver.errors[0]?.message).toContain("k was sent twice");
    });
  });

  describe("answers", () => {
    it("as Respan does by default", async () => {
      const response = await post(receiver);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(await response.json()).toEqual({ partialSuccess: { rejectedSpans: 0, errorMessage: "" } });
    });

    it("not at all when it resets the connection, before or after it took the spans", async () => {
      receiver.respond(resetMidRequest(), resetMidAnswer());
      await expect(post(receiver)).rejects.toThrow();
      expect(receiver.spans).toHaveLength(0);
      await expect(post(receiver).then((response) => response.text())).rejects.toThrow();
      expect(receiver.spans).toHaveLength(2);
    });
  });

  it("shows which spans came twice", async () => {
    const body = ProtobufTraceSerializer.serializeRequest(spansOfTheSDK())!;
    await post(receiver, { "content-encoding": "gzip" }, gzipSync(body));
    expect(receiver.duplicates).toEqual([]);
    await post(receiver, {}, body);
    expect([...receiver.deliveries.values()]).toEqual([2, 2]);
    expect(receiver.duplicates).toHaveLength(2);
  });

  it("nests spans by their parents, in the order in which they started", async () => {
    const span = (spanId: string, parentSpanId: string, start: number) => ({
      traceId: "a",
      spanId,
      parentSpanId,
      name: spanId,
      startTimeUnixNano: `${start}`,
    });
    const spans = [span("d", "b", 4), span("c", "b", 3), span("a", "", 1), span("b", "a", 2), span("e", "gone", 5)];
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    await post(receiver, { "content-type": "application/json" }, body);
    const names = (nodes: ReturnType<OTLPReceiver["tree"]>): unknown[] =>
      nodes.map(({ span: { name }, children }) => (children.length > 0 ? [name, names(children)] : name));
    expect(names(receiver.tree())).toEqual([["a", [["b", ["c", "d"]]]], "e"]);
  });
});
