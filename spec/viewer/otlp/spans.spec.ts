import { MalformedBodyError, spansOf } from "../../../lib/viewer/otlp/spans.js";

const NOW = 1_800_000_000_000;
const IDS = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };

const oneOf = (span: object) => {
  const { spans, rejected } = spansOf({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }, NOW);
  return { ...spans[0], rejected };
};
const attributeOf = (value: unknown) => oneOf({ ...IDS, attributes: [{ key: "key", value }] }).span?.attributes.key;

describe("spans of others", () => {
  it("need two ids and nothing else", () => {
    expect(oneOf(IDS)).toEqual({
      traceId: IDS.traceId,
      rejected: 0,
      span: {
        spanId: IDS.spanId,
        name: "",
        kind: "unspecified",
        startTime: NOW,
        durationMs: 0,
        status: { code: "unset" },
        attributes: {},
        events: [],
        links: [],
        resource: {},
        scope: { name: "" },
      },
    });
  });

  it.each<[string, object]>([
    ["no trace id", { spanId: IDS.spanId }],
    ["no span id", { traceId: IDS.traceId }],
    ["an id of zeros", { ...IDS, spanId: "0".repeat(16) }],
    ["an id that is too short", { ...IDS, traceId: "abc" }],
    ["an id that is not hexadecimal", { ...IDS, spanId: "<script>alert()<" }],
    ["an id that is no text", { ...IDS, spanId: 1 }],
  ])("are left out and counted with %s", (_what, span) => {
    expect(oneOf(span)).toEqual({ rejected: 1 });
  });

  it("are read whatever their fields hold", () => {
    const wrong = [null, 0, -1, "", "text", true, [], {}, [null], [1], [[]], { key: 1 }];
    const fields = ["parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes", "events"];
    for (const field of [...fields, "links", "status"]) {
      for (const value of wrong) expect(oneOf({ ...IDS, [field]: value })).toMatchObject({ rejected: 0 });
    }
    for (const value of wrong) {
      expect(spansOf({ resourceSpans: [value, { resource: value, scopeSpans: value }] }, NOW).spans).toEqual([]);
      expect(spansOf({ resourceSpans: [{ scopeSpans: [{ scope: value, spans: [IDS] }] }] }, NOW).spans).toHaveLength(1);
    }
  });

  it("have ids in lower case", () => {
    expect(oneOf({ traceId: IDS.traceId.toUpperCase(), spanId: IDS.spanId.toUpperCase() })).toMatchObject({
      traceId: IDS.traceId,
      span: { spanId: IDS.spanId },
    });
  });

  it("may name kinds and status codes, as some senders do", () => {
    expect(oneOf({ ...IDS, kind: "SPAN_KIND_CLIENT", status: { code: "STATUS_CODE_ERROR" } }).span).toMatchObject({
      kind: "client",
      status: { code: "error" },
    });
  });

  it("may end before they start, and then have no duration", () => {
    const span = { ...IDS, startTimeUnixNano: "1700000000000000000", endTimeUnixNano: "1600000000000000000" };
    expect(oneOf(span).span).toMatchObject({ startTime: 1_700_000_000_000, durationMs: 0 });
  });

  it("may come under the first name of a scope", () => {
    const ofScope = { instrumentationLibrary: { name: "old" }, spans: [IDS] };
    const { spans } = spansOf({ resourceSpans: [{ instrumentationLibrarySpans: [ofScope] }] }, NOW);
    expect(spans[0]?.span.scope).toEqual({ name: "old" });
  });

  it.each<[unknown, unknown]>([
    [{ stringValue: "text" }, "text"],
    [{ boolValue: false }, false],
    [{ intValue: "42" }, 42],
    [{ intValue: 42 }, 42],
    [{ intValue: "9223372036854775807" }, "9223372036854775807"],
    [{ intValue: "" }, ""],
    [{ doubleValue: 1.5 }, 1.5],
    [{ doubleValue: "NaN" }, "NaN"],
    [{ bytesValue: "AQL/" }, "AQL/"],
    [{ arrayValue: {} }, []],
    [{ kvlistValue: { values: [{ key: "a", value: { intValue: 1 } }] } }, { a: 1 }],
    [{}, null],
    [null, null],
    [{ intValue: {} }, null],
  ])("have a value %j", (value, shown) => {
    expect(attributeOf(value)).toEqual(shown);
  });

  it("may have an attribute with any name", () => {
    const attributes = [{ key: "__proto__", value: { stringValue: "own" } }];
    expect(JSON.stringify(oneOf({ ...IDS, attributes }).span?.attributes)).toBe('{"__proto__":"own"}');
  });

  it("have values that are cut where they nest too deeply", () => {
    let value: object = { stringValue: "inside" };
    for (let depth = 0; depth < 200; depth++) value = { arrayValue: { values: [value] } };
    const text = JSON.stringify(attributeOf(value));
    expect(text).toContain("[nested too deeply]");
    expect(text.length).toBeLessThan(200);
  });
});

describe("a body that is no request", () => {
  it.each([[null], [[]], ["text"], [1], [{ resourceSpans: "text" }], [{ resourceSpans: {} }]])(
    "%j is refused",
    (body) => {
      expect(() => spansOf(body, NOW)).toThrow(MalformedBodyError);
    },
  );

  it.each([[{}], [{ resourceSpans: null }], [{ resourceSpans: [] }]])("%j is a request without spans", (body) => {
    expect(spansOf(body, NOW)).toEqual({ spans: [], rejected: 0 });
  });
});
