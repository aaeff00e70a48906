import type { CallFilter, CostReport, CostRow } from "../api.js";
import { sumOf } from "../cost/call-cost.js";
import type { TraceStore } from "../store/trace-store.js";
import { heldCalls, tokensSum } from "./held-calls.js";
import type { HeldCall } from "./held-calls.js";

export const COST_KEYS = ["customer", "thread", "workflow", "model", "service"] as const;
export type CostKey = (typeof COST_KEYS)[number];

/** What calls cost, those of each customer, thread, workflow, model or service together; the dearest first. */
export function costReport(store: TraceStore, by: CostKey, filter: CallFilter): CostReport {
  const calls = [...heldCalls(store, filter)];
  const groups = new Map<string | undefined, HeldCall[]>();
  for (const call of calls) {
    const key = call.facts[by];
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  const rows = [...groups].map(([key, group]) => ({ ...(key !== undefined && { key }), ...sums(group) }));
  return {
    rows: rows.sort((a, b) => (b.cost.usd ?? -1) - (a.cost.usd ?? -1) || b.calls - a.calls),
    total: sums(calls),
    prices: store.prices.table,
  };
}

function sums(calls: readonly HeldCall[]): Omit<CostRow, "key"> {
  let [firstCallAt, lastCallAt] = [Number.POSITIVE_INFINITY, 0];
  for (const { facts } of calls) {
    firstCallAt = Math.min(firstCallAt, facts.startTime);
    lastCallAt = Math.max(lastCallAt, facts.startTime);
  }
  const failed = calls.flatMap(({ facts, cost }) =>
    cost.attempts.filter((_, index) => facts.call.attempts[index]?.outcome !== "success"),
  );
  return {
    calls: calls.length,
    threads: new Set(calls.flatMap(({ facts }) => facts.thread ?? [])).size,
    tokens: tokensSum(calls.flatMap(({ facts }) => facts.tokens ?? [])),
    cost: sumOf(calls.map(({ cost }) => cost.usd)),
    failedCost: sumOf(failed),
    firstCallAt: calls.length === 0 ? 0 : firstCallAt,
    lastCallAt,
  };
}
