import { TraceStore } from "../../../lib/viewer/store/trace-store.js";
import { received } from "../spans.js";

const MEBIBYTE = 1024 * 1024;

function spansIn(store: TraceStore, traceId: string): string[] {
  const trace = store.find(traceId.padStart(32, "0"));
  return [...(trace?.spanTexts() ?? [])].map((text) =>
    (JSON.parse(text) as { spanId: string }).spanId.replace(/^0+/, ""),
  );
}

const idsOf = (store: TraceStore): string[] => store.newestFirst().map(({ traceId }) => traceId.replace(/^0+/, ""));

describe("the store", () => {
  it("gives a span back as it came, whatever is in it", () => {
    const store = new TraceStore();
    const one = received("1", "a", {
      attributes: JSON.parse('{"__proto__":"own","text":"\\u2028 \\ud800 漢字 </script>","list":[1,null,{"a":true}]}'),
      events: [{ name: "event", time: 1, attributes: { key: "value" } }],
      resource: { "service.name": "ünïcode" },
      scope: { name: "scope", version: "1" },
    });
    store.add([one]);
    const [text = ""] = store.find(one.traceId)?.spanTexts() ?? [];
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(one.span)));
  });

  it("puts a trace's spans together in any order, over many requests", () => {
    const store = new TraceStore();
    store.add([received("1", "c", { startTime: 3 }), received("2", "d")]);
    store.add([received("1", "a", { startTime: 1 })]);
    store.add([received("1", "b", { startTime: 2 })]);
    expect(spansIn(store, "1")).toEqual(["a", "b", "c"]);
    expect(store.size).toBe(2);
  });

  it("replaces a span that comes again", () => {
    const store = new TraceStore();
    store.add([received("1", "a", { name: "first" })]);
    expect(store.find("1".padStart(32, "0"))?.summary.name).toBe("first");
    store.add([received("1", "a", { name: "second" })]);
    expect(spansIn(store, "1")).toEqual(["a"]);
    expect(store.find("1".padStart(32, "0"))?.summary).toMatchObject({ name: "second", spanCount: 1 });
    expect(store.dropped).toEqual({ traces: 0, spans: 0 });
  });

  it("lists the latest start first, whatever came last", () => {
    const store = new TraceStore();
    store.add([
      received("1", "a", { startTime: 2 }),
      received("2", "b", { startTime: 3 }),
      received("3", "c", { startTime: 1 }),
      received("4", "d", { startTime: 3 }),
    ]);
    expect(idsOf(store)).toEqual(["4", "2", "1", "3"]);
  });
});

describe("the store's limits", () => {
  it("let the trace go that has been quiet for longest, and count it", () => {
    const store = new TraceStore({ maxTraces: 2, maxBytes: MEBIBYTE });
    store.add([received("1", "a"), received("1", "b"), received("2", "c")]);
    store.add([received("1", "d")]);
    store.add([received("3", "e")]);
    expect(idsOf(store).sort()).toEqual(["1", "3"]);
    expect(store.dropped).toEqual({ traces: 1, spans: 1 });
    store.add([received("4", "f")]);
    expect(idsOf(store).sort()).toEqual(["3", "4"]);
    expect(store.dropped).toEqual({ traces: 2, spans: 4 });
  });

  it("hold for bytes, and each span is held or counted", () => {
    const store = new TraceStore({ maxTraces: 1_000, maxBytes: MEBIBYTE });
    const text = "x".repeat(1_024);
    for (let n = 1; n <= 5_000; n++) store.add([received(String(n % 500), String(n), { attributes: { text } })]);
    const held = store.newestFirst().reduce((sum, trace) => sum + trace.spanCount, 0);
    expect(held).toBeGreaterThan(500);
    expect(held).toBeLessThan(1_024);
    expect(held + store.dropped.spans).toBe(5_000);
    expect(store.newestFirst().reduce((sum, trace) => sum + trace.bytes, 0)).toBeLessThanOrEqual(MEBIBYTE);
  });

  it("let the first spans of a single trace go that is larger than all room", () => {
    const store = new TraceStore({ maxTraces: 10, maxBytes: 20_000 });
    for (let n = 1; n <= 100; n++) store.add([received("1", String(n), { startTime: n })]);
    const held = spansIn(store, "1");
    expect(held.at(-1)).toBe("100");
    expect(held.length).toBeGreaterThan(5);
    expect(held.length + store.dropped.spans).toBe(100);
    expect(store.dropped.traces).toBe(0);
  });

  it("refuse a single span that is larger than all room", () => {
    const store = new TraceStore({ maxTraces: 10, maxBytes: 2_000 });
    store.add([received("1", "a", { attributes: { text: "x".repeat(3_000) } })]);
    expect([store.size, store.dropped]).toEqual([0, { traces: 0, spans: 1 }]);
    store.add([received("1", "b")]);
    expect(spansIn(store, "1")).toEqual(["b"]);
  });
});

describe("what has changed", () => {
  it("is each changed trace once, in the order of its last change", () => {
    const store = new TraceStore();
    store.add([received("1", "a"), received("2", "b"), received("1", "c")]);
    const all = store.changedSince(0, 10);
    expect(all.traces.map(({ traceId }) => Number(traceId))).toEqual([2, 1]);
    expect(store.changedSince(all.cursor, 10)).toEqual({ traces: [], cursor: all.cursor });
    store.add([received("3", "d")]);
    expect(store.changedSince(all.cursor, 10).traces.map(({ traceId }) => Number(traceId))).toEqual([3]);
  });

  it("is handed out in parts, and none is left out", () => {
    const store = new TraceStore();
    for (let n = 1; n <= 5; n++) store.add([received(String(n), "a")]);
    const seen: number[] = [];
    let cursor = 0;
    for (let parts = 0; parts < 3; parts++) {
      const changes = store.changedSince(cursor, 2);
      seen.push(...changes.traces.map(({ traceId }) => Number(traceId)));
      cursor = changes.cursor;
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });
});
