import { countsBetween, NO_COUNTS } from "../../../lib/telemetry/delivery/delivery-counts.js";

describe("counts of spans", () => {
  it("say what became of those between two moments, and how many are pending at the later one", () => {
    const before = { exported: 5, rejected: 4, failed: 3, dropped: 2, pending: 7 };
    const after = { exported: 6, rejected: 14, failed: 103, dropped: 1_002, pending: 1 };
    expect(countsBetween(before, after)).toEqual({
      exported: 1,
      rejected: 10,
      failed: 100,
      dropped: 1_000,
      pending: 1,
    });
  });

  it("of nothing cannot be changed", () => {
    expect(NO_COUNTS).toEqual({ exported: 0, rejected: 0, failed: 0, dropped: 0, pending: 0 });
    expect(Object.isFrozen(NO_COUNTS)).toBe(true);
  });
});
