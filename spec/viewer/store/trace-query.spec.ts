import { NEWEST_TRACES, queryTraces } from "../../../lib/viewer/store/trace-query.js";
import type { TraceQuery } from "../../../lib/viewer/store/trace-query.js";
import { TraceStore } from "../../../lib/viewer/store/trace-store.js";
import { received } from "../spans.js";

const query = (store: TraceStore, parts: Partial<TraceQuery> = {}) =>
  queryTraces(store, { ...NEWEST_TRACES, ...parts });

async function idsOf(store: TraceStore, parts: Partial<TraceQuery>): Promise<number[]> {
  return (await query(store, parts)).traces.map(({ traceId }) => Number(traceId));
}

describe("the list", () => {
  it("goes on where the page before it ended, with none twice and none left out", async () => {
    const store = new TraceStore();
    for (let n = 1; n <= 25; n++) store.add([received(String(n), "a", { startTime: Math.floor(n / 4) + 0.125 })]);
    const seen: number[] = [];
    let before: string | undefined;
    do {
      const page = await query(store, { limit: 10, before });
      expect(page).toMatchObject({ matching: 25, total: 25, dropped: { traces: 0, spans: 0 } });
      seen.push(...page.traces.map(({ traceId }) => Number(traceId)));
      before = page.next;
    } while (before !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index));
  });

  it("holds what fits each filter", async () => {
    const store = new TraceStore();
    const attributes = (customer: string, thread: string, workflow: string) => ({
      "respan.customer_params.customer_identifier": customer,
      "respan.threads.thread_identifier": thread,
      "traceloop.workflow.name": workflow,
    });
    store.add([
      received("1", "a", { attributes: attributes("ann", "t1", "w1") }),
      received("2", "a", { attributes: attributes("bob", "t1", "w2"), status: { code: "error" } }),
      received("3", "a", { attributes: attributes("ann", "t2", "w2"), resource: { "service.name": "other" } }),
    ]);
    expect(await idsOf(store, { customer: "ann" })).toEqual([3, 1]);
    expect(await idsOf(store, { customer: "an" })).toEqual([]);
    expect(await idsOf(store, { thread: "t1" })).toEqual([2, 1]);
    expect(await idsOf(store, { workflow: "w2", customer: "ann" })).toEqual([3]);
    expect(await idsOf(store, { service: "other" })).toEqual([3]);
    expect(await idsOf(store, { status: "error" })).toEqual([2]);
    expect(await query(store, { status: "error", limit: 1 })).toMatchObject({ matching: 1, total: 3 });
  });
});

describe("a search", () => {
  const store = new TraceStore();
  store.add([
    received("1", "a", { name: "Extract Invoice" }),
    received("2", "a", { attributes: { "gen_ai.prompt.0.content": 'She said "ÜBER" \\ and\nleft' } }),
    received("3", "a", { events: [{ name: "happened", time: 1, attributes: { note: { deep: ["needle"] } } }] }),
    received("4", "a", { status: { code: "error", message: "quota exceeded" }, attributes: { count: 4711 } }),
  ]);

  it.each([
    ["invoice", [1]],
    ["EXTRACT", [1]],
    ['"über"', [2]],
    ["\\ and\nleft", [2]],
    ["gen_ai.prompt", [2]],
    ["needle", [3]],
    ["happened", [3]],
    ["quota", [4]],
    ["4711", [4]],
    [".*", []],
    ["nowhere", []],
    // Words of the API itself, which stand in each span's JSON.
    ["spanId", []],
    ["attributes", []],
    ["durationMs", []],
  ])("for %j", async (text, found) => {
    expect(await idsOf(store, { text })).toEqual(found);
  });
});
