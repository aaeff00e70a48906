import { LabelSets } from "../../lib/metrics/label-sets.js";

describe("LabelSets", () => {
  it("gives two hundred sets as they are, and one for all others", () => {
    const sets = new LabelSets();
    const given = Array.from({ length: 250 }, (_, number) => sets.bounded({ model: `m${number}`, port: number }));
    expect(given.slice(0, 200)).toEqual(Array.from({ length: 200 }, (_, port) => ({ model: `m${port}`, port })));
    expect(given.slice(200)).toEqual(Array.from({ length: 50 }, () => ({ model: "other" })));
  });

  it("still gives a set that it has given before", () => {
    const sets = new LabelSets();
    for (let number = 0; number < 300; number++) sets.bounded({ model: `m${number}` });
    expect(sets.bounded({ model: "m7" })).toEqual({ model: "m7" });
    expect(sets.bounded({ model: "m207" })).toEqual({ model: "other" });
  });
});
