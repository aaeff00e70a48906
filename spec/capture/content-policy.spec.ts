import { contentAllowed, contentGate } from "../../lib/capture/content-policy";

function boom(): never {
  throw new Error("no");
}

describe("the content policy", () => {
  it("allows content where no one objects", () => {
    expect(contentAllowed(undefined)).toBe(true);
    expect(contentAllowed(contentGate(undefined, true))).toBe(true);
    expect(contentAllowed(contentGate(undefined, undefined))).toBe(true);
    expect(contentAllowed(contentGate(undefined, () => true))).toBe(true);
    expect(contentAllowed({ outer: undefined, vetoed: false, decide: undefined })).toBe(true);
  });

  it("costs nothing where there is no rule", () => {
    const outer = contentGate(undefined, () => true);
    expect(contentGate(outer, true)).toBe(outer);
    expect(contentGate(outer, undefined)).toBe(outer);
  });

  it.each<[string, (boolean | undefined | (() => boolean))[]]>([
    ["the innermost", [true, undefined, false]],
    ["the outermost", [false, true, true]],
    ["one between", [true, false, true]],
    ["a function", [true, () => false, true]],
    ["a function that throws", [true, boom, true]],
  ])("is the strictest: %s forbids it", (_what, rules) => {
    let gate = contentGate(undefined, undefined);
    for (const rule of rules) gate = contentGate(gate, rule);
    expect(contentAllowed(gate)).toBe(false);
  });

  it("takes anything but true from a function for a veto", () => {
    for (const answer of [undefined, null, 0, 1, "yes", {}, Promise.resolve(true)]) {
      expect(contentAllowed(contentGate(undefined, () => answer as boolean))).toBe(false);
    }
  });

  it("asks functions again each time, and obeys a veto that comes late for good", () => {
    let answer = true;
    const gate = contentGate(undefined, () => answer);
    expect(contentAllowed(gate)).toBe(true);
    answer = false;
    expect(contentAllowed(gate)).toBe(false);
    answer = true;
    expect(contentAllowed(gate)).toBe(true);
    if (gate !== undefined) gate.vetoed = true;
    expect(contentAllowed(gate)).toBe(false);
    expect(contentAllowed(contentGate(gate, true))).toBe(false);
  });

  it("does not ask anybody further when one has said no", () => {
    const outer = jest.fn(() => true);
    expect(contentAllowed(contentGate(contentGate(undefined, outer), false))).toBe(false);
    expect(outer).not.toHaveBeenCalled();
  });
});
