import { differences } from "../../../lib/viewer/page/model/differences.js";

describe("what differs between two attempts' answers", () => {
  it("is each field that was added, removed or changed, by its path", () => {
    const before = { total: 1750, vendor: { country: "United Kingdom", name: "Northwind" }, old: true };
    const after = { total: 1750.5, vendor: { country: "GB", name: "Northwind" }, note: null };
    expect(differences(before, after)).toEqual([
      { path: "total", kind: "changed", before: 1750, after: 1750.5 },
      { path: "vendor.country", kind: "changed", before: "United Kingdom", after: "GB" },
      { path: "note", kind: "added", after: null },
      { path: "old", kind: "removed", before: true },
    ]);
  });

  it("looks into lists item by item", () => {
    expect(differences({ lines: [1, 2] }, { lines: [1, 3, 4] })).toEqual([
      { path: "lines[1]", kind: "changed", before: 2, after: 3 },
      { path: "lines[2]", kind: "added", after: 4 },
    ]);
  });

  it("is nothing for the same JSON with its keys in another order, and all for another kind of value", () => {
    expect(differences({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 })).toEqual([]);
    expect(differences([1], { a: 1 })).toEqual([{ path: "", kind: "changed", before: [1], after: { a: 1 } }]);
    expect(differences(undefined, undefined)).toEqual([]);
  });

  it("finds a key that objects inherit only where it is an answer's own", () => {
    expect(differences({}, { toString: 1 })).toEqual([{ path: "toString", kind: "added", after: 1 }]);
  });
});
