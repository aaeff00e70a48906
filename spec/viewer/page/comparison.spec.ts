import { compared } from "../../../lib/viewer/page/model/comparison.js";

describe("two shares side by side", () => {
  it("have Newcombe's interval", () => {
    // The example of Newcombe (1998), table II, method 10: 56 of 70 and 48 of 80.
    const { difference, interval } = compared("", { part: 48, whole: 80 }, { part: 56, whole: 70 });
    expect(difference).toBeCloseTo(0.2, 4);
    expect(interval[0]).toBeCloseTo(0.0524, 4);
    expect(interval[1]).toBeCloseTo(0.3339, 4);
  });

  it("differ where chance hardly explains it, which takes enough calls", () => {
    expect(compared("", { part: 1, whole: 2 }, { part: 2, whole: 2 }).isDifferent).toBe(false);
    expect(compared("", { part: 500, whole: 1_000 }, { part: 900, whole: 1_000 }).isDifferent).toBe(true);
    expect(compared("", { part: 900, whole: 1_000 }, { part: 500, whole: 1_000 }).isDifferent).toBe(true);
    expect(compared("", { part: 0, whole: 0 }, { part: 5, whole: 5 }).isDifferent).toBe(false);
  });
});
