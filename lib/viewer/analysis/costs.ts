import type { CallFilter, CostReport, CostRow } from "../api.js";
import { costSum } from "../cost/cost-sum.js";
import type { HeldCall } from "../store/trace-calls.js";
import type { TraceStore } from "../store/trace-store.js";
import { callTimes, failedAttempts, groupBy, heldCalls, tokensSum } from "./held-calls.js";

export const COST_KEYS = ["customer", "thread", "workflow", "model", "service"] as const;
export type CostKey = (typeof COST_KEYS)[number];

/** What calls cost, those of each customer, thread, workflow, model or service together; the most expensive first. */
export function costReport(store: TraceStore, by: CostKey, filter: CallFilter): CostReport {
  const calls = heldCalls(store, filter);
  const groups = groupBy(calls, ({ facts }) => facts[by]);
  const rows = [...groups].map(([key, group]) => ({ ...(key !== undefined && { key }), ...sums(group) }));
  return {
    rows: rows.sort((a, b) => (b.cost.usd ?? -1) - (a.cost.usd ?? -1) || b.calls - a.calls),
    total: sums(calls),
    prices: store.prices.table,
  };
}

function sums(calls: readonly HeldCall[]): Omit<CostRow, "key"> {
  return {
    calls: calls.length,
    threads: threadCount(calls),
    tokens: tokensSum(calls, ({ facts }) => facts.tokens),
    cost: costSum(calls, ({ facts }) => facts.call.usd),
    failedCost: costSum(failedAttempts(calls), ({ usd }) => usd),
    ...callTimes(calls),
  };
}

function threadCount(calls: readonly HeldCall[]): number {
  const threads = new Set(calls.map(({ facts }) => facts.thread));
  threads.delete(undefined);
  return threads.size;
}
