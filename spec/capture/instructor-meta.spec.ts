import { argumentsWithoutMeta, withoutInstructorMeta } from "../../lib/capture/instructor-meta.js";

const refuse = (): never => {
  throw new Error("refused");
};
const withMeta = (_meta: unknown): object => ({ customer: "ACME", _meta });
const ticket = withMeta({ usage: { total_tokens: 3 }, thinking: undefined });
const bare = { customer: "ACME" };

describe("what Instructor adds to a result", () => {
  it.each<[string, object]>([
    ["usage", { usage: { total_tokens: 3 } }],
    ["thinking", { thinking: "well" }],
    ["what tells of a partial result", { _isValid: true, _activePath: ["a"], _completedPaths: [], _type: "Ticket" }],
    ["all of it", { usage: {}, thinking: "", _isValid: true, _activePath: [], _completedPaths: [], _type: "x" }],
    ["the validity alone", { _isValid: false }],
    ["the active path alone", { _activePath: [] }],
    ["the completed paths alone", { _completedPaths: [] }],
    ["the type alone", { _type: "x" }],
  ])("is left out: %s", (_, meta) => {
    const result = withMeta(meta);
    expect(withoutInstructorMeta(result)).toEqual(bare);
    expect(result).toEqual({ customer: "ACME", _meta: meta });
  });

  it.each<[string, unknown]>([
    ["no object", "text"],
    ["null", null],
    ["undefined", undefined],
    ["a number", 7],
    ["an object without it", bare],
    ["an object that inherits it", Object.create(ticket)],
    ["somebody's own, with members of its own", withMeta({ page: 7 })],
    ["somebody's own, with members of both", withMeta({ usage: {}, page: 7 })],
    ["somebody's own, empty", withMeta({})],
    ["somebody's own, null", withMeta(null)],
    ["somebody's own, a text", withMeta("usage")],
    ["somebody's own, a list", withMeta([])],
    ["one by a getter", Object.defineProperty({}, "_meta", { get: refuse, enumerable: true })],
    ["a function that has it", Object.assign(() => 1, { _meta: { usage: {} } })],
    ["a list without any", [bare, "text", null, 7]],
    ["an empty list", []],
    ["an object that cannot be asked", new Proxy({}, { getOwnPropertyDescriptor: refuse, has: refuse })],
    ["a list that cannot be asked", new Proxy([ticket], { get: refuse })],
  ])("is not: what is recorded of %s is the very thing", (_, value) => {
    expect(withoutInstructorMeta(value)).toBe(value);
  });

  it("is left out of the items of a list, whatever stands beside them", () => {
    const list = [null, "text", undefined, 7, ticket, bare, ticket];
    expect(withoutInstructorMeta(list)).toEqual([null, "text", undefined, 7, bare, bare, bare]);
    expect(list[4]).toBe(ticket);
    expect((withoutInstructorMeta(list) as unknown[])[5]).toBe(bare);
  });

  it("is left out of as many items as are recorded, and no item is lost by it", () => {
    const long = Array.from({ length: 1_000 }, (_, index) => ({ index, _meta: { usage: {} } }));
    const kept = withoutInstructorMeta(long) as { index: number; _meta?: unknown }[];
    expect(kept.length).toBeGreaterThan(50);
    for (let at = 0; at < 50; at++) expect(kept[at]).toEqual({ index: at });
  });

  it("is left out of arguments, of lists among them as well", () => {
    const args = ["text", null, ticket, [ticket, 1], [[ticket]]];
    expect(argumentsWithoutMeta(args)).toEqual(["text", null, bare, [bare, 1], [[ticket]]]);
    const others = ["text", null, bare, [bare]];
    expect(argumentsWithoutMeta(others)).toBe(others);
    const hostile = new Proxy([ticket], { get: refuse });
    expect(argumentsWithoutMeta(hostile)).toBe(hostile);
  });
});
