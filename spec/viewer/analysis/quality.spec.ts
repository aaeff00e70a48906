import { qualityReport } from "../../../lib/viewer/analysis/quality.js";
import { TraceStore } from "../../../lib/viewer/store/trace-store.js";
import { received } from "../spans.js";
import { storeOf } from "./structured-call.js";
import type { Call } from "./structured-call.js";

const amount = (index: number) => ({ path: ["lines", index, "amount"], code: "too_small" });
const id = (number: number): string => String(number).padStart(32, "0");
const place = (number: number) => ({ traceId: id(number), spanId: String(number).padStart(16, "0") });

/** Every number below is calculated by hand from these. `small` costs 1, 4 and 0.5 dollars a million tokens. */
const CALLS: readonly Call[] = [
  { at: 1_000, ms: 100, attempts: [{ outcome: "success", tokens: [1_000, 100] }] },
  {
    at: 2_000,
    ms: 300,
    attempts: [
      {
        outcome: "validation_error",
        tokens: [1_000, 200],
        issues: [amount(0), amount(1), { path: ["total"], code: "custom" }],
      },
      { outcome: "success", tokens: [2_000, 100, 1_000] },
    ],
  },
  {
    at: 61_000,
    ms: 500,
    isFailed: true,
    attempts: [
      { outcome: "validation_error", tokens: [1_000, 100], issues: [amount(3)] },
      { outcome: "parse_error", tokens: [1_000, 0] },
    ],
  },
  // Another model, without a price, and with content off.
  {
    at: 3_000,
    ms: 50,
    model: "own-model",
    attempts: [
      { outcome: "validation_error", tokens: [10, 5] },
      { outcome: "success", tokens: [20, 5] },
    ],
  },
];

describe("the quality of structured calls", () => {
  it("is what a calculation by hand gives, for each response model, schema, mode and model", () => {
    const { rows } = qualityReport(storeOf(CALLS), {});
    expect(rows).toEqual([
      {
        responseModel: "Ticket",
        schema: "aaaa",
        mode: "TOOLS",
        model: "small",
        calls: 3,
        firstAttemptSuccesses: 1,
        failures: 1,
        attempts: 5,
        failedAttempts: 3,
        validationFailures: 2,
        explainedFailures: 2,
        latency: { p50: 300, p90: 500, p99: 500 },
        tokens: { input: 6_000, output: 500, total: 6_500 },
        // 0.0014, 0.0018 + 0.0019, 0.0014 + 0.0010
        cost: { usd: expect.closeTo(0.0075, 10) as number, unknownCalls: 0 },
        failedTokens: { input: 3_000, output: 300, total: 3_300 },
        failedCost: { usd: expect.closeTo(0.0042, 10) as number, unknownCalls: 0 },
        firstCallAt: 1_000,
        lastCallAt: 61_000,
      },
      {
        responseModel: "Ticket",
        schema: "aaaa",
        mode: "TOOLS",
        model: "own-model",
        calls: 1,
        firstAttemptSuccesses: 0,
        failures: 0,
        attempts: 2,
        failedAttempts: 1,
        validationFailures: 1,
        explainedFailures: 0,
        latency: { p50: 50, p90: 50, p99: 50 },
        tokens: { input: 30, output: 10, total: 40 },
        cost: { unknownCalls: 1 },
        failedTokens: { input: 10, output: 5, total: 15 },
        failedCost: { unknownCalls: 1 },
        firstCallAt: 3_000,
        lastCallAt: 3_000,
      },
    ]);
  });

  it("counts a field once for an attempt, whatever its indexes, and names the newest calls", () => {
    expect(qualityReport(storeOf(CALLS), {}).fields).toEqual([
      {
        responseModel: "Ticket",
        path: "lines[].amount",
        code: "too_small",
        attempts: 2,
        calls: 2,
        examples: [place(3), place(2)],
      },
      { responseModel: "Ticket", path: "total", code: "custom", attempts: 1, calls: 1, examples: [place(2)] },
    ]);
  });

  it("is shown over time, empty stretches included", () => {
    const { periods, periodMillis } = qualityReport(storeOf([...CALLS, { ...CALLS[0]!, at: 185_000 }]), {});
    expect(periodMillis).toBe(60_000);
    expect(periods).toEqual([
      { start: 0, calls: 3, firstAttemptSuccesses: 1, failures: 0 },
      { start: 60_000, calls: 1, firstAttemptSuccesses: 0, failures: 1 },
      { start: 120_000, calls: 0, firstAttemptSuccesses: 0, failures: 0 },
      { start: 180_000, calls: 1, firstAttemptSuccesses: 1, failures: 0 },
    ]);
    const years = storeOf([CALLS[0]!, { ...CALLS[0]!, at: 1e12 }]);
    expect(qualityReport(years, {}).periods.length).toBeLessThan(60);
  });

  it.each([
    [{ model: "small" }, 3],
    [{ model: "own-model" }, 1],
    [{ responseModel: "Other" }, 0],
    [{ from: 2_000, to: 61_000 }, 2],
  ])("is narrowed by %j", (filter, calls) => {
    const { rows } = qualityReport(storeOf(CALLS), filter);
    expect(rows.reduce((sum, row) => sum + row.calls, 0)).toBe(calls);
  });

  it("separates schema versions and modes", () => {
    const [first] = CALLS;
    const store = storeOf([first!, { ...first!, schema: "bbbb" }, { ...first!, mode: "JSON" }]);
    expect(qualityReport(store, {}).rows).toHaveLength(3);
  });

  it("leaves out calls that asked for no schema, and is empty without calls", () => {
    const store = new TraceStore();
    store.add([
      received("1", "1", { attributes: { "gen_ai.usage.input_tokens": 5, "gen_ai.request.model": "gpt-4o" } }),
    ]);
    expect(qualityReport(store, {})).toMatchObject({ rows: [], fields: [], periods: [] });
  });
});
