import OpenAI from "openai";
import { abortError, httpStatusOf, isAbort, isAborted, signalOf } from "../../../lib/instructor/call/transport.js";
import type { CompletionClient } from "../../../lib/instructor/call/instance.js";

const hostile: object = new Proxy(
  {},
  {
    get: () => {
      throw new Error("no");
    },
  },
);
const aborted = (reason?: unknown) => AbortSignal.abort(reason);

describe("the HTTP status of an error", () => {
  it.each<[what: string, error: unknown, status: number | undefined]>([
    ["OpenAI's error", new OpenAI.RateLimitError(429, undefined, "slow down", new Headers()), 429],
    ["the lowest", { status: 100 }, 100],
    ["the highest", { status: 599 }, 599],
    ["a function's", Object.assign(() => undefined, { status: 500 }), 500],
    ["a number below all", { status: 99 }, undefined],
    ["a number above all", { status: 600 }, undefined],
    ["part of a number", { status: 404.5 }, undefined],
    ["a text", { status: "404" }, undefined],
    ["an error without one", new Error("404"), undefined],
    ["a text that was thrown", "404", undefined],
    ["nothing", undefined, undefined],
    ["null", null, undefined],
    ["an error that cannot be read", hostile, undefined],
  ])("is told where there is one: %s", (_, error, status) => {
    expect(httpStatusOf(error)).toBe(status);
  });
});

describe("an error by which the caller stopped the request", () => {
  const own = new Error("enough");
  /** A minified client's error: the name of its class is lost. */
  const minified = (message: string, status?: number): Error =>
    Object.assign(new (class a extends Error {})(message), { status, headers: undefined, error: undefined });

  it.each<[what: string, error: unknown, signal: unknown, expected: boolean]>([
    ["OpenAI's", new OpenAI.APIUserAbortError(), undefined, true],
    ["that of a minified client", minified("Request was aborted."), undefined, true],
    ["that of a minified client with words of its own, while the signal fired", minified("stopped"), aborted(), true],
    ["a minified client's time-out, while the signal fired", minified("Request timed out."), aborted(), false],
    ["a minified client's refused connection", minified("Connection error."), undefined, false],
    ["a minified client's answer, while the signal fired", minified("429 slow down", 429), aborted(), false],
    ["Node's, by its code", Object.assign(new Error("stopped"), { code: "ABORT_ERR" }), undefined, true],
    ["axios's, by its code", Object.assign(new Error("canceled"), { code: "ERR_CANCELED" }), undefined, true],
    ["a refused connection, by its code", Object.assign(new Error("x"), { code: "ECONNREFUSED" }), undefined, false],
    ["the platform's", new DOMException("stopped", "AbortError"), undefined, true],
    ["any other", own, undefined, false],
    ["any other, while the signal fired", own, aborted(), false],
    ["the reason that the signal fired with", own, aborted(own), true],
    ["a text that the signal fired with", "enough", aborted("enough"), true],
    ["a signal's reason that did not fire", own, { aborted: false, reason: own }, false],
    ["no error, and a signal without a reason", undefined, { aborted: true }, false],
    ["an error that cannot be read", hostile, undefined, false],
    ["an error, and a signal that cannot be read", own, hostile, false],
  ])("is known: %s", (_, error, signal, expected) => {
    expect(isAbort(error, signal)).toBe(expected);
  });

  it("is seen by the signal of the request's options", () => {
    const signal = aborted();
    expect(signalOf({ signal })).toBe(signal);
    expect([undefined, null, 7, hostile].map(signalOf)).toEqual([undefined, undefined, undefined, undefined]);
    expect(
      [signal, new AbortController().signal, { aborted: "true" }, undefined, null, hostile].map(isAborted),
    ).toEqual([true, false, false, false, false, false]);
  });

  it("is of the class that the caller's own client throws", () => {
    const openai = new OpenAI({ apiKey: "sk-local" }) as unknown as CompletionClient;
    expect(abortError(openai, { signal: aborted(own) })).toBeInstanceOf(OpenAI.APIUserAbortError);
  });

  it.each<[what: string, options: unknown]>([
    ["without options", undefined],
    ["without a signal", {}],
    ["without a reason", { signal: { aborted: true } }],
  ])("is the signal's reason for a client without such a class, and the platform's %s", (_, options) => {
    const client: CompletionClient = { chat: { completions: { create: () => undefined } } };
    expect(abortError(client, { signal: aborted(own) })).toBe(own);
    const made = abortError(client, options) as DOMException;
    expect(made).toBeInstanceOf(DOMException);
    expect([made.name, made.message]).toEqual(["AbortError", "This operation was aborted"]);
  });
});
