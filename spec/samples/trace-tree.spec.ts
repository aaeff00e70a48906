import { traceTree } from "../../samples/trace-tree.js";
import type { TreeSpan } from "../../samples/trace-tree.js";

const MILLISECOND = 1_000_000n;

function span(spanId: string, parentSpanId: string | undefined, given: Partial<TreeSpan> = {}): TreeSpan {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId,
    parentSpanId,
    name: spanId,
    status: { code: 0 },
    startTime: 0n,
    endTime: MILLISECOND,
    attributes: {},
    events: [],
    ...given,
  };
}

const SCOPE = {
  "respan.customer_params.customer_identifier": "customer_123",
  "respan.threads.thread_identifier": "ticket_thread_abc",
  "respan.metadata.feature": "support-ticket-extraction",
  "respan.metadata._tracing_sdk_version": "0.2.0",
};

const CHAT = {
  ...SCOPE,
  "respan.metadata.mode": "TOOLS",
  "gen_ai.request.model": "gpt-4o-mini",
  "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
  "gen_ai.usage.input_tokens": 57,
  "gen_ai.usage.output_tokens": 21,
  "llm.usage.total_tokens": 78,
};

const attempt = (outcome: string) => ({
  name: "instructor.attempt",
  attributes: { "instructor.attempt.outcome": outcome },
});

describe("traceTree", () => {
  it("draws names, durations, statuses and what distinguishes each span", () => {
    const spans = [
      span("instructor.create", "extraction.workflow", {
        status: { code: 1 },
        startTime: 1n,
        endTime: 1n + 140n * MILLISECOND,
        attributes: CHAT,
        events: [attempt("validation_error"), attempt("success")],
      }),
      span("extraction.workflow", undefined, { endTime: 1_234n * MILLISECOND, attributes: SCOPE }),
    ];
    expect(traceTree(spans)).toBe(
      [
        "trace 0af7651916cd43dd8448eb211c80319c",
        "extraction.workflow  1.23 s  unset",
        "│  customer  customer_123",
        "│  thread    ticket_thread_abc",
        "│  metadata  feature=support-ticket-extraction",
        "└─ instructor.create  140 ms  ok",
        "      metadata  mode=TOOLS",
        "      model     gpt-4o-mini → gpt-4o-mini-2024-07-18",
        "      tokens    57 in + 21 out = 78",
        "      attempts  2: validation_error, success",
      ].join("\n"),
    );
  });

  it("nests at any depth and keeps the order in which spans started", () => {
    const spans = [
      span("root", undefined),
      span("second", "root", { startTime: 5n, endTime: 5n + 2_500n }),
      span("first", "root", { startTime: 2n }),
      span("leaf", "first", { startTime: 3n, status: { code: 2, message: "refused" } }),
      span("stray", "not here", { startTime: 9n }),
      span("error", undefined, { traceId: "other", status: { code: 2 } }),
    ];
    expect(traceTree(spans)).toBe(
      [
        "trace 0af7651916cd43dd8448eb211c80319c",
        "root  1.0 ms  unset",
        "├─ first  1.0 ms  unset",
        "│  └─ leaf  1.0 ms  error: refused",
        "└─ second  3 µs  unset",
        "stray  1.0 ms  unset",
        "",
        "trace other",
        "error  1.0 ms  error",
      ].join("\n"),
    );
  });

  it("shows what a child changes of its scope, and counts that are missing", () => {
    const spans = [
      span("outer", undefined, { attributes: SCOPE }),
      span("inner", "outer", {
        startTime: 1n,
        attributes: {
          ...SCOPE,
          "respan.customer_params.customer_identifier": "other",
          "respan.metadata.n": 7,
          "gen_ai.request.model": "local",
          "gen_ai.response.model": "local",
          "gen_ai.usage.output_tokens": 3,
        },
      }),
    ];
    expect(traceTree(spans).split("\n").slice(-5)).toEqual([
      "└─ inner  1.0 ms  unset",
      "      customer  other",
      "      metadata  n=7",
      "      model     local",
      "      tokens    ? in + 3 out = ?",
    ]);
  });

  it("lets no value write to the terminal beyond its line", () => {
    const attributes = {
      "respan.customer_params.customer_identifier": "a\u001b[31mb\r\nc\u202ed",
      "respan.threads.thread_identifier": "🎫".repeat(200),
    };
    const [, , customer, thread] = traceTree([span("root", undefined, { attributes })]).split("\n");
    expect(customer).toBe("   customer  a [31mb c d");
    expect(thread).toBe(`   thread    ${"🎫".repeat(100)}…`);
  });

  it("is coloured only when asked", () => {
    const spans = [span("root", undefined, { status: { code: 1 } })];
    expect(traceTree(spans)).not.toContain("\u001b");
    expect(traceTree(spans, { isColored: true })).toContain("\n\u001b[1mroot\u001b[0m  1.0 ms  \u001b[32mok\u001b[0m");
  });
});
