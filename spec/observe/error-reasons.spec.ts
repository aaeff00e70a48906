import { z } from "zod";
import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor.js";
import { reasonsOf } from "../../lib/observe/errors.js";

const reasons = (error: unknown): string | undefined => reasonsOf(error, DEFAULT_REDACTOR);
const refused = (address: string): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED" });
const refuse = (): never => {
  throw new Error("refused");
};

describe("the reasons of a failure", () => {
  it("are its causes and the errors that it sums up", () => {
    const both = Object.assign(new AggregateError([refused("::1:1"), refused("127.0.0.1:1")]), {
      code: "ECONNREFUSED",
    });
    const error = new Error("Connection error.", { cause: new TypeError("fetch failed", { cause: both }) });
    expect(reasons(error)?.split("\n")).toEqual([
      "Caused by: TypeError: fetch failed",
      "Caused by: AggregateError [ECONNREFUSED]",
      "  1. Error [ECONNREFUSED]: connect ECONNREFUSED ::1:1",
      "  2. Error [ECONNREFUSED]: connect ECONNREFUSED 127.0.0.1:1",
    ]);
  });

  it("are told below the one that they belong to", () => {
    const error = new AggregateError([new Error("first", { cause: "no disk" }), "second"], "both", {
      cause: new RangeError("too many"),
    });
    expect(reasons(error)?.split("\n")).toEqual([
      "  1. Error: first",
      "  Caused by: string: no disk",
      "  2. string: second",
      "Caused by: RangeError: too many",
    ]);
  });

  it("are masked and bounded, each and in all", () => {
    const leak = new Error("outer", { cause: new Error(`key Bearer abcdef0123456789 ${"x".repeat(10_000)}`) });
    expect(reasons(leak)).toMatch(/^Caused by: Error: key Bearer \[redacted\] x+\.\.\.\[cut\]$/);
    expect(reasons(leak)?.length).toBeLessThan(600);
    const many = new AggregateError(Array.from({ length: 10_000 }, () => refused("127.0.0.1:1")));
    expect(reasons(many)?.split("\n")).toHaveLength(10);
    let deep = new Error("0");
    for (let at = 1; at < 10_000; at++) deep = new Error(String(at), { cause: deep });
    expect(reasons(deep)?.split("\n")).toHaveLength(10);
  });

  it("are told once where they contain themselves", () => {
    const error = new Error("a");
    error.cause = new Error("b", { cause: error });
    expect(reasons(error)).toBe("Caused by: Error: b");
  });

  it.each<[string, unknown]>([
    ["an error without", new Error("x")],
    ["a cause that is undefined", new Error("x", { cause: undefined })],
    ["a cause that is null", new Error("x", { cause: null })],
    ["a cause that is a method", Object.assign(new Error("x"), { cause: () => new Error("y") })],
    ["a cause that throws", Object.defineProperty(new Error("x"), "cause", { get: refuse })],
    ["errors that are no list", Object.assign(new Error("x"), { errors: { name: "required" } })],
    ["errors that throw", Object.defineProperty(new Error("x"), "errors", { get: refuse })],
    ["Zod's error, whose message says all", z.object({ a: z.string() }).safeParse({}).error],
    ["a text", "x"],
    ["nothing", undefined],
    ["a revoked Proxy", revoked()],
  ])("are none for %s", (_, error) => {
    expect(reasons(error)).toBeUndefined();
  });

  it("leave out a code that is none", () => {
    const cause = Object.assign(new Error("x"), { code: "the customer Maya" });
    expect(reasons(new Error("y", { cause }))).toBe("Caused by: Error: x");
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
