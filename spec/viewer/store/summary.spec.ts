import type { ApiSpan, TraceSummary } from "../../../lib/viewer/api.js";
import { TraceStore } from "../../../lib/viewer/store/trace-store.js";
import { received } from "../spans.js";

/** The summary of a trace with these spans, in this order of arrival. */
function summaryOf(...spans: (Partial<ApiSpan> & { spanId: string })[]): TraceSummary {
  const store = new TraceStore();
  for (const { spanId, ...parts } of spans) {
    const parentSpanId = parts.parentSpanId?.padStart(16, "0");
    store.add([received("1", spanId, { ...parts, ...(parentSpanId !== undefined && { parentSpanId }) })]);
  }
  const [trace] = store.newestFirst();
  if (trace === undefined) throw new Error("no trace is held");
  return trace.summary;
}

describe("a trace's summary", () => {
  it("reads the attributes of this package's spans", () => {
    const inherited = {
      "respan.customer_params.customer_identifier": "customer_123",
      "respan.threads.thread_identifier": "thread_abc",
      "traceloop.workflow.name": "extraction",
    };
    const chat = {
      ...inherited,
      "gen_ai.request.model": "gpt-4o-mini",
      "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
      "gen_ai.usage.input_tokens": 57,
      "gen_ai.usage.prompt_tokens": 57,
      "gen_ai.usage.output_tokens": 21,
      "gen_ai.usage.completion_tokens": 21,
      "llm.usage.total_tokens": 78,
      "instructor.attempts": 2,
    };
    const summary = summaryOf(
      { spanId: "b", parentSpanId: "a", name: "instructor.create", startTime: 1_010, durationMs: 80, attributes: chat },
      { spanId: "a", name: "extraction.workflow", startTime: 1_000, durationMs: 100, attributes: inherited },
    );
    expect(summary).toEqual({
      traceId: "1".padStart(32, "0"),
      name: "extraction.workflow",
      workflow: "extraction",
      customer: "customer_123",
      thread: "thread_abc",
      service: "desk",
      model: "gpt-4o-mini-2024-07-18",
      startTime: 1_000,
      durationMs: 100,
      status: "ok",
      spanCount: 2,
      errorCount: 0,
      attempts: 2,
      tokens: { input: 57, output: 21, total: 78 },
      // 57 × 0.15 and 21 × 0.60 dollars a million.
      cost: { usd: expect.closeTo(0.00002115, 10) as number, unknownCalls: 0 },
    });
  });

  it("has the earliest span's name while no root is there", () => {
    const late = { spanId: "b", parentSpanId: "9", name: "late", startTime: 20 };
    expect(summaryOf(late, { spanId: "c", parentSpanId: "9", name: "early", startTime: 10 }).name).toBe("early");
  });

  it("leaves out what no span says", () => {
    expect(summaryOf({ spanId: "a", resource: {} })).toEqual({
      traceId: "1".padStart(32, "0"),
      name: "work",
      startTime: 1_000,
      durationMs: 10,
      status: "ok",
      spanCount: 1,
      errorCount: 0,
      tokens: {},
      cost: { unknownCalls: 0 },
    });
  });

  it("is an error where a span failed", () => {
    const failed = { spanId: "b", parentSpanId: "a", status: { code: "error" as const } };
    expect(summaryOf({ spanId: "a" }, failed)).toMatchObject({ status: "error", errorCount: 1 });
  });

  it("adds up calls, and counts attempts by their events where there is no number", () => {
    const attempt = { name: "instructor.attempt", time: 1, attributes: {} };
    const summary = summaryOf(
      { spanId: "a" },
      { spanId: "b", parentSpanId: "a", attributes: { "gen_ai.usage.input_tokens": 5 }, events: [attempt, attempt] },
      { spanId: "c", parentSpanId: "a", attributes: { "gen_ai.usage.output_tokens": 7, "instructor.attempts": 3 } },
    );
    expect(summary).toMatchObject({ attempts: 5, tokens: { input: 5, output: 7, total: 12 } });
  });

  it("counts usage once that an outer span repeats", () => {
    const usage = { "gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": 2 };
    const summary = summaryOf(
      { spanId: "a", attributes: usage },
      { spanId: "b", parentSpanId: "a" },
      { spanId: "c", parentSpanId: "b", attributes: usage },
    );
    expect(summary.tokens).toEqual({ input: 5, output: 2, total: 7 });
  });

  it("does not mind spans that are each other's parents", () => {
    const usage = { "gen_ai.usage.input_tokens": 5 };
    const own = summaryOf({ spanId: "a", parentSpanId: "a", attributes: usage });
    expect(own.tokens).toEqual({ input: 5, total: 5 });
    expect(summaryOf({ spanId: "a", parentSpanId: "b" }, { spanId: "b", parentSpanId: "a" }).spanCount).toBe(2);
  });

  it.each<[string, object, Partial<TraceSummary>]>([
    ["OpenTelemetry's conversation", { "gen_ai.conversation.id": "c1" }, { thread: "c1" }],
    ["a session", { "session.id": "s1" }, { thread: "s1" }],
    ["a user", { "user.id": 7 }, { customer: "7" }],
    ["OpenInference's counts", { "llm.token_count.prompt": 3 }, { tokens: { input: 3, total: 3 } }],
    ["text where a number belongs", { "gen_ai.usage.input_tokens": "3" }, { tokens: {} }],
  ])("reads other SDKs' names: %s", (_what, attributes, expected) => {
    expect(summaryOf({ spanId: "a", attributes: { ...attributes } })).toMatchObject(expected);
  });
});
