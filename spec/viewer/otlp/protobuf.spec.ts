import { SpanKind, SpanStatusCode, trace, ROOT_CONTEXT } from "@opentelemetry/api";
import fc from "fast-check";
import { Writer } from "protobufjs/minimal";
import { readRequest } from "../../../lib/viewer/otlp/protobuf.js";
import { MalformedBodyError, spansOf } from "../../../lib/viewer/otlp/spans.js";
import { recorded } from "../spans.js";

const NOW = 1_800_000_000_000;
const LINKED = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };

const bodies = recorded((tracer) => {
  const root = tracer.startSpan("root", { kind: SpanKind.SERVER, startTime: [1_700_000_000, 123_456_000] });
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  const child = tracer.startSpan(
    "child",
    {
      kind: SpanKind.CLIENT,
      startTime: [1_700_000_000, 200_000_000],
      links: [{ context: LINKED, attributes: { why: "because" } }],
      attributes: {
        text: "ünïcode 漢字 😀",
        integer: 42,
        negative: -42,
        large: 2 ** 52,
        double: 0.25,
        yes: true,
        no: false,
        texts: ["a", "b"],
        numbers: [1, 2.5, -3],
        __proto__own: "kept",
      },
    },
    inside,
  );
  child.addEvent("happened", { step: 1 }, [1_700_000_000, 300_000_000]);
  child.setStatus({ code: SpanStatusCode.ERROR, message: "it failed" });
  child.end([1_700_000_001, 200_000_000]);
  root.setStatus({ code: SpanStatusCode.OK });
  root.end([1_700_000_002, 123_456_000]);
});

describe("a request in protobuf", () => {
  it("is read as the same request in JSON is", () => {
    const fromProtobuf = spansOf(readRequest(bodies.protobuf), NOW);
    expect(fromProtobuf).toEqual(spansOf(JSON.parse(Buffer.from(bodies.json).toString()), NOW));
    const [child, root] = fromProtobuf.spans;
    expect(root?.span).toMatchObject({
      name: "root",
      kind: "server",
      startTime: 1_700_000_000_123.456,
      durationMs: 2_000,
      status: { code: "ok" },
      resource: { "service.name": "desk", "host.cpus": 2 },
      scope: { name: "spec", version: "1.2.3" },
    });
    expect(root?.span.parentSpanId).toBeUndefined();
    expect(child).toMatchObject({
      traceId: root?.traceId,
      span: {
        parentSpanId: root?.span.spanId,
        kind: "client",
        status: { code: "error", message: "it failed" },
        attributes: {
          text: "ünïcode 漢字 😀",
          integer: 42,
          negative: -42,
          large: 2 ** 52,
          double: 0.25,
          yes: true,
          no: false,
          texts: ["a", "b"],
          numbers: [1, 2.5, -3],
        },
        events: [{ name: "happened", time: 1_700_000_000_300, attributes: { step: 1 } }],
        links: [{ traceId: LINKED.traceId, spanId: LINKED.spanId, attributes: { why: "because" } }],
      },
    });
  });

  it("keeps 64-bit integers exact, bytes as base64 and maps as objects", () => {
    const pair = (key: string, write: (value: Writer) => Writer = (value) => value) =>
      new Writer().uint32(10).string(key).uint32(18).bytes(write(new Writer()).finish()).finish();
    const message = (tag: number, bytes: Uint8Array) => new Writer().uint32(tag).bytes(bytes).finish();
    const inside = pair("in", (value) => value.uint32(10).string("side"));
    const pairs = [
      pair("max", (value) => value.uint32(24).int64("9223372036854775807")),
      pair("min", (value) => value.uint32(24).int64("-9223372036854775808")),
      pair("bytes", (value) => value.uint32(58).bytes(new Uint8Array([1, 2, 255]))),
      pair("nan", (value) => value.uint32(33).double(Number.NaN)),
      pair("map", (value) => value.uint32(50).bytes(message(10, inside))),
      pair("nothing"),
    ];
    const span = new Writer().uint32(10).bytes(new Uint8Array(16).fill(1)).uint32(18).bytes(new Uint8Array(8).fill(2));
    for (const bytes of pairs) span.uint32(74).bytes(bytes);
    const body = message(10, message(18, message(18, span.finish())));
    expect(spansOf(readRequest(body), NOW).spans[0]?.span.attributes).toEqual({
      max: "9223372036854775807",
      min: "-9223372036854775808",
      bytes: "AQL/",
      nan: "NaN",
      map: { in: "side" },
      nothing: null,
    });
  });

  it("is refused where it ends too early", () => {
    // An empty body is a request without spans.
    for (let length = 1; length < bodies.protobuf.length; length++) {
      expect(() => readRequest(bodies.protobuf.subarray(0, length))).toThrow(MalformedBodyError);
    }
  });

  it("is read or refused, whatever its bytes are", () => {
    const isReadOrRefused = (body: Uint8Array): void => {
      try {
        spansOf(readRequest(body), NOW);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedBodyError);
      }
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), isReadOrRefused), { numRuns: 1_000 });
    const at = fc.nat({ max: bodies.protobuf.length - 1 });
    const damaged = fc.tuple(at, fc.nat({ max: 255 }), at, fc.nat({ max: 255 })).map(([i, a, j, b]) => {
      const body = Uint8Array.from(bodies.protobuf);
      [body[i], body[j]] = [a, b];
      return body;
    });
    fc.assert(fc.property(damaged, isReadOrRefused), { numRuns: 1_000 });
  });

  it("is refused where it nests without end", () => {
    const depth = 5_000;
    const writer = new Writer();
    // resourceSpans, resource, attributes, then in each value a list of one value.
    for (const tag of [10, 10, 10, 18]) writer.uint32(tag).fork();
    for (let level = 0; level < depth; level++) writer.uint32(42).fork().uint32(10).fork();
    for (let level = 0; level < 4 + 2 * depth; level++) writer.ldelim();
    const body = writer.finish();
    expect(() => readRequest(body)).toThrow("the body nests too deeply");
  });
});
