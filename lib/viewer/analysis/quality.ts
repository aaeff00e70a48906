import type { CallFilter, QualityPeriod, QualityReport, QualityRow } from "../api.js";
import { costSum } from "../cost/cost-sum.js";
import { isStructured } from "../store/call-facts.js";
import type { HeldCall } from "../store/trace-calls.js";
import type { TraceStore } from "../store/trace-store.js";
import { fieldFailures } from "./field-failures.js";
import { attemptCount, callTimes, failedAttempts, groupBy, heldCalls, percentiles, tokensSum } from "./held-calls.js";

/** Periods are as long as one of these, so that there are few enough to be seen. */
const PERIODS = [60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000];
const MOST_PERIODS = 48;

/** How structured calls went: by response model, schema version, mode and model, by field and over time. */
export function qualityReport(store: TraceStore, filter: CallFilter): QualityReport {
  const calls = heldCalls(store, filter).filter(({ facts }) => isStructured(facts.call));
  const groups = groupBy(calls, ({ facts: { call, model } }) =>
    [call.responseModel, call.schema, call.mode, model].join("\n"),
  );
  return {
    rows: [...groups.values()].map(rowOf).sort((a, b) => b.calls - a.calls || b.lastCallAt - a.lastCallAt),
    fields: fieldFailures(calls),
    ...periodsOf(calls),
    prices: store.prices.table,
  };
}

function rowOf(calls: readonly HeldCall[]): QualityRow {
  const [first] = calls;
  if (first === undefined) throw new Error("a group has at least one call");
  const { responseModel, schema, mode } = first.facts.call;
  const { model } = first.facts;
  const failed = failedAttempts(calls);
  const invalid = failed.filter(({ outcome }) => outcome === "validation_error");
  return {
    ...(responseModel !== undefined && { responseModel }),
    ...(schema !== undefined && { schema }),
    ...(mode !== undefined && { mode }),
    ...(model !== undefined && { model }),
    calls: calls.length,
    firstAttemptSuccesses: calls.filter(succeededAtOnce).length,
    failures: calls.filter(({ facts }) => facts.isError).length,
    attempts: calls.reduce((sum, call) => sum + attemptCount(call), 0),
    failedAttempts: failed.length,
    validationFailures: invalid.length,
    explainedFailures: invalid.filter(({ issues }) => issues !== undefined).length,
    latency: percentiles(calls.map(({ facts }) => facts.endTime - facts.startTime)),
    tokens: tokensSum(calls, ({ facts }) => facts.tokens),
    cost: costSum(calls, ({ facts }) => facts.call.usd),
    failedTokens: tokensSum(failed, (attempt) => attempt),
    failedCost: costSum(failed, ({ usd }) => usd),
    ...callTimes(calls),
  };
}

function succeededAtOnce(call: HeldCall): boolean {
  if (call.facts.isError) return false;
  const [first] = call.facts.call.attempts;
  return first === undefined ? attemptCount(call) === 1 : first.outcome === "success";
}

function periodsOf(calls: readonly HeldCall[]): { periods: readonly QualityPeriod[]; periodMillis: number } {
  const { firstCallAt: first, lastCallAt: last } = callTimes(calls);
  const fitting = PERIODS.find((millis) => Math.floor(last / millis) - Math.floor(first / millis) < MOST_PERIODS);
  const periodMillis = fitting ?? Math.max(Math.ceil((last - first) / MOST_PERIODS), 1);
  if (calls.length === 0) return { periods: [], periodMillis };
  const start = Math.floor(first / periodMillis);
  const periods = Array.from({ length: Math.floor(last / periodMillis) - start + 1 }, (_, index) => ({
    start: (start + index) * periodMillis,
    calls: 0,
    firstAttemptSuccesses: 0,
    failures: 0,
  }));
  for (const call of calls) {
    const period = periods[Math.floor(call.facts.startTime / periodMillis) - start];
    if (period === undefined) continue;
    period.calls += 1;
    if (succeededAtOnce(call)) period.firstAttemptSuccesses += 1;
    if (call.facts.isError) period.failures += 1;
  }
  return { periods, periodMillis };
}
