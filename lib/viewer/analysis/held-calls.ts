import type { ApiTokens, CallFilter, Percentiles } from "../api.js";
import type { AttemptFacts } from "../store/call-facts.js";
import type { HeldCall } from "../store/trace-calls.js";
import type { TraceStore } from "../store/trace-store.js";

/** The held calls that fit a filter, in no order. */
export function heldCalls(store: TraceStore, filter: CallFilter): HeldCall[] {
  const calls: HeldCall[] = [];
  for (const trace of store.all()) {
    for (const call of trace.calls) if (fits(call, filter)) calls.push(call);
  }
  return calls;
}

function fits({ facts }: HeldCall, filter: CallFilter): boolean {
  const { call } = facts;
  const isSame = (wanted: string | undefined, found: string | undefined): boolean =>
    wanted === undefined || wanted === (found ?? "");
  return (
    isSame(filter.responseModel, call.responseModel) &&
    isSame(filter.schema, call.schema) &&
    isSame(filter.mode, call.mode) &&
    isSame(filter.model, facts.model) &&
    isSame(filter.workflow, facts.workflow) &&
    isSame(filter.customer, facts.customer) &&
    isSame(filter.thread, facts.thread) &&
    facts.startTime >= (filter.from ?? Number.NEGATIVE_INFINITY) &&
    facts.startTime < (filter.to ?? Number.POSITIVE_INFINITY)
  );
}

/** Attempts that were made; a call that tells of none made one. */
export function attemptCount({ facts }: HeldCall): number {
  return facts.attempts ?? 1;
}

export function failedAttempts({ facts }: HeldCall): readonly AttemptFacts[] {
  return facts.call.attempts.filter(({ outcome }) => outcome !== "success");
}

/** When the first and the last of some calls began; 0 without calls. */
export function callTimes(calls: readonly HeldCall[]): { readonly firstCallAt: number; readonly lastCallAt: number } {
  let [firstCallAt, lastCallAt] = [calls[0]?.facts.startTime ?? 0, 0];
  for (const { facts } of calls) {
    firstCallAt = Math.min(firstCallAt, facts.startTime);
    lastCallAt = Math.max(lastCallAt, facts.startTime);
  }
  return { firstCallAt, lastCallAt };
}

/** The calls of each key together. */
export function groupBy<Key>(calls: readonly HeldCall[], keyOf: (call: HeldCall) => Key): ReadonlyMap<Key, HeldCall[]> {
  const groups = new Map<Key, HeldCall[]>();
  for (const call of calls) {
    const key = keyOf(call);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [call]);
    else group.push(call);
  }
  return groups;
}

/** Adds up tokens; what none of them reports stays absent. */
export function tokensSum(
  counts: readonly { readonly input: number | undefined; readonly output: number | undefined }[],
): ApiTokens {
  const input = sumOfKnown(counts.map((count) => count.input));
  const output = sumOfKnown(counts.map((count) => count.output));
  if (input === undefined && output === undefined) return {};
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    total: (input ?? 0) + (output ?? 0),
  };
}

function sumOfKnown(counts: readonly (number | undefined)[]): number | undefined {
  let sum: number | undefined;
  for (const count of counts) if (count !== undefined) sum = (sum ?? 0) + count;
  return sum;
}

/** By the nearest rank: the smallest value that so many of a hundred do not exceed. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return { p50: at(50), p90: at(90), p99: at(99) };
}
