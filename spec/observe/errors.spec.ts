import OpenAI from "openai";
import { describeError, reasonsOf } from "../../lib/observe/errors.js";
import { z } from "zod";
import { DEFAULT_REDACTOR } from "../../lib/capture/masking/redactor.js";

const refuse = (): never => {
  throw new Error("refused");
};
const named = (name: unknown): object => ({ name, message: "m" });
/** An instance of a class of that name. */
const madeBy = (name: string): object => {
  class Made {}
  Object.defineProperty(Made, "name", { value: name });
  return new Made();
};

describe("what is told of a thrown value", () => {
  it("is the class, the message and the stack of an error", () => {
    const error = new TypeError("no such customer");
    expect(describeError(error)).toEqual({ type: "TypeError", message: "no such customer", stack: error.stack });
    expect(error.stack).toContain("no such customer");
  });

  it.each<[string, unknown, string]>([
    [
      "an error that has only its class to tell it",
      new (class APIConnectionError extends Error {})("x"),
      "APIConnectionError",
    ],
    ["an object of a class that is no error", madeBy("Failure"), "Failure"],
    ["a name of its own", named("AbortError"), "AbortError"],
    ["a name with a path in it", named("app.errors:Not-Found_1$"), "app.errors:Not-Found_1$"],
    ["a name that begins with _", named("_Private"), "_Private"],
    ["a name of one letter", named("E"), "E"],
    ["a name of 100 characters", named("E".repeat(100)), "E".repeat(100)],
    ["a class of 100 characters", madeBy("E".repeat(100)), "E".repeat(100)],
    ["a class that a bundler renamed because it refers to itself", madeBy("_RateLimitError"), "RateLimitError"],
    ["a class that a bundler renamed because there are two", madeBy("RateLimitError2"), "RateLimitError"],
    ["a class of its own with a number", madeBy("Http2Failure3"), "Http2Failure3"],
  ])("has a type that tells what it is: %s", (_, error, type) => {
    expect(describeError(error).type).toBe(type);
  });

  it.each<[string, unknown]>([
    ["a name that is a sentence", named("the customer Maya was not found")],
    ["a name that begins with a class and goes on", named("TypeError: Maya")],
    ["a name that ends as a class", named("Maya: TypeError")],
    ["a name of 101 characters", named("E".repeat(101))],
    ["a class of 101 characters", madeBy("E".repeat(101))],
    ["a name that begins with a digit", named("4xx")],
    ["an empty name", named("")],
    ["a name that is no text", named(42)],
    ["a class whose name is a sentence", madeBy("the customer Maya")],
    ["a class whose name begins as one", madeBy("E Maya")],
    ["a class whose name ends as one", madeBy("Maya E")],
    ["a class whose name a minifier took", madeBy("Na")],
    ["a class whose name a minifier numbered", madeBy("t12")],
    ["a class without a name", new (class {})()],
    ["a plain object", {}],
    ["an object without a prototype", Object.create(null)],
    ["a name that throws", Object.defineProperty(new Error("m"), "name", { get: refuse })],
    ["a constructor that is null", { constructor: null }],
    ["a constructor that is missing", { constructor: undefined }],
    ["a constructor that is a text", { constructor: "Maya" }],
    ["a constructor that is an object without a name", { constructor: {} }],
    ["a constructor that throws", Object.defineProperty({}, "constructor", { get: refuse })],
    ["a revoked Proxy", revoked()],
  ])("is an Error, and nothing of its content, where it has no name of a class: %s", (_, error) => {
    expect(describeError(error).type).toBe("Error");
  });

  it("takes the class of an error that kept the name of Error from its constructor, which may be any object", () => {
    expect(describeError({ constructor: { name: "Remote" } }).type).toBe("Remote");
  });

  it.each<[string, unknown]>([
    ["that are missing", {}],
    ["that are no texts", { message: 7, stack: ["at"] }],
    ["that throw", Object.defineProperties({}, { message: { get: refuse }, stack: { get: refuse } })],
    ["of a revoked Proxy", revoked()],
  ])("has an empty message and no stack in place of those %s", (_, error) => {
    expect(describeError(error)).toEqual({ type: "Error", message: "", stack: undefined });
  });

  it.each<[unknown, string, string]>([
    ["out of stock", "string", "out of stock"],
    [42, "number", "42"],
    [10n, "bigint", "10"],
    [false, "boolean", "false"],
    [undefined, "undefined", "undefined"],
    [null, "object", "null"],
    [Symbol("s"), "symbol", "Symbol(s)"],
    // Its text would be its source.
    [() => "Maya", "function", "function"],
  ])("is the type and the text of what is no object: %p", (thrown, type, message) => {
    expect(describeError(thrown)).toEqual({ type, message, stack: undefined });
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

describe("the type of an error of a minified OpenAI client", () => {
  it.each<[status: number | undefined, message: string, type: string]>([
    [400, "x", "BadRequestError"],
    [401, "x", "AuthenticationError"],
    [403, "x", "PermissionDeniedError"],
    [404, "x", "NotFoundError"],
    [409, "x", "ConflictError"],
    [422, "x", "UnprocessableEntityError"],
    [429, "x", "RateLimitError"],
    [500, "x", "InternalServerError"],
    [503, "x", "InternalServerError"],
    [418, "x", "APIError"],
    [undefined, "Connection error.", "APIConnectionError"],
    [undefined, "Request timed out.", "APIConnectionTimeoutError"],
    [undefined, "Request was aborted.", "APIUserAbortError"],
  ])("with status %p and the message %p is its class", (status, message, type) => {
    const { APIError, APIConnectionError, APIConnectionTimeoutError, APIUserAbortError } = OpenAI;
    const whole =
      status !== undefined
        ? APIError.generate(status, undefined, message, new Headers())
        : message.endsWith("aborted.")
          ? new APIUserAbortError()
          : message.endsWith("out.")
            ? new APIConnectionTimeoutError()
            : new APIConnectionError({ message });
    expect(describeError(whole).type).toBe(type);
    const minified = Object.defineProperty(whole, "constructor", { value: class Na {} });
    expect(describeError(minified).type).toBe(type);
  });
});

const reasons = (error: unknown): string | undefined => reasonsOf(error, DEFAULT_REDACTOR);
const refused = (address: string): Error =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED" });

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
