import type { TraceSummary } from "../../../lib/viewer/api.js";
import { filterChoices, fitsFields, TraceRows } from "../../../lib/viewer/page/model/trace-rows.js";

const summary = (traceId: string, startTime: number, parts: Partial<TraceSummary> = {}): TraceSummary => ({
  traceId,
  name: "work",
  startTime,
  durationMs: 1,
  status: "ok",
  spanCount: 1,
  errorCount: 0,
  tokens: {},
  cost: { unknownCalls: 0 },
  ...parts,
});
const ids = (rows: TraceRows) => rows.all.map(({ traceId }) => traceId);

describe("the rows of the list", () => {
  it("are newest first, and a changed trace replaces its row", () => {
    const rows = new TraceRows();
    expect(rows.add([summary("a", 1), summary("b", 3)])).toBe(2);
    expect(rows.add([summary("c", 2), summary("a", 1, { status: "error" })])).toBe(1);
    expect(ids(rows)).toEqual(["b", "c", "a"]);
    expect(rows.all.at(-1)?.status).toBe("error");
  });

  it("lose their oldest, one of them, or all", () => {
    const rows = new TraceRows();
    rows.add([summary("a", 1), summary("b", 2), summary("c", 3)]);
    rows.keepNewest(2);
    expect(ids(rows)).toEqual(["c", "b"]);
    rows.remove("c");
    expect([ids(rows), rows.size]).toEqual([["b"], 1]);
    rows.clear();
    expect(ids(rows)).toEqual([]);
  });

  it("fit a filter by each field", () => {
    const trace = summary("a", 1, { customer: "acme", status: "error" });
    expect(fitsFields(trace, { customer: "acme", status: "error" })).toBe(true);
    expect(fitsFields(trace, { status: "ok" })).toBe(false);
    expect(fitsFields(trace, { thread: "t" })).toBe(false);
  });

  it("offer the commonest values of a field first", () => {
    const traces = ["b", "a", "b", "c", "a", "b", ""].map((customer, n) => summary(String(n), n, { customer }));
    expect(filterChoices(traces, "customer")).toEqual(["b", "a", "c"]);
  });
});
