import type { CallFilter, QualityPeriod, QualityReport, QualityRow } from "../api.js";
import { sumOf } from "../cost/call-cost.js";
import type { AttemptFacts } from "../store/call-facts.js";
import type { TraceStore } from "../store/trace-store.js";
import { fieldFailures } from "./field-failures.js";
import { heldCalls, percentiles, tokensSum } from "./held-calls.js";
import type { HeldCall } from "./held-calls.js";

/** Periods are as long as one of these, so that there are few enough to be seen. */
const PERIODS = [60_000, 300_000, 900_000, 3_600_000, 21_600_000, 86_400_000, 604_800_000];
const MOST_PERIODS = 48;

/** How structured calls went: by response model, schema version, mode and model, by field and over time. */
export function qualityReport(store: TraceStore, filter: CallFilter): QualityReport {
  const calls = [...heldCalls(store, filter)].filter((call) => call.isStructured);
  const groups = new Map<string, HeldCall[]>();
  for (const call of calls) {
    const { responseModel, schema, mode } = call.facts.call;
    const key = [responseModel, schema, mode, call.facts.model].join("\n");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  const rows = [...groups.values()].map(rowOf);
  return {
    rows: rows.sort((a, b) => b.calls - a.calls || b.lastCallAt - a.lastCallAt),
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
  const failed = calls.flatMap(({ facts, cost }) =>
    facts.call.attempts.flatMap((attempt, index) =>
      isFailed(attempt) ? [{ attempt, usd: cost.attempts[index] }] : [],
    ),
  );
  const invalid = failed.filter(({ attempt }) => attempt.outcome === "validation_error");
  const times = calls.map(({ facts }) => facts.startTime).sort((a, b) => a - b);
  return {
    ...(responseModel !== undefined && { responseModel }),
    ...(schema !== undefined && { schema }),
    ...(mode !== undefined && { mode }),
    ...(model !== undefined && { model }),
    calls: calls.length,
    firstAttemptSuccesses: calls.filter(succeededAtOnce).length,
    failures: calls.filter(({ status }) => status === "error").length,
    attempts: calls.reduce((sum, { attempts }) => sum + attempts, 0),
    failedAttempts: failed.length,
    validationFailures: invalid.length,
    explainedFailures: invalid.filter(({ attempt }) => attempt.issues !== undefined).length,
    latency: percentiles(calls.map(({ facts }) => facts.endTime - facts.startTime)),
    tokens: tokensSum(calls.flatMap(({ facts }) => facts.tokens ?? [])),
    cost: sumOf(calls.map(({ cost }) => cost.usd)),
    failedTokens: tokensSum(failed.map(({ attempt }) => attempt)),
    failedCost: sumOf(failed.map(({ usd }) => usd)),
    firstCallAt: times[0] ?? 0,
    lastCallAt: times.at(-1) ?? 0,
  };
}

function isFailed({ outcome }: AttemptFacts): boolean {
  return outcome !== "success";
}

function succeededAtOnce({ facts, attempts, status }: HeldCall): boolean {
  const [first] = facts.call.attempts;
  return first === undefined ? attempts === 1 && status === "ok" : first.outcome === "success" && status === "ok";
}

function periodsOf(calls: readonly HeldCall[]): { periods: readonly QualityPeriod[]; periodMillis: number } {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { facts } of calls) {
    first = Math.min(first, facts.startTime);
    last = Math.max(last, facts.startTime);
  }
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
    if (call.status === "error") period.failures += 1;
  }
  return { periods, periodMillis };
}
