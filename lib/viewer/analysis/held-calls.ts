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

export function failedAttempts(calls: readonly HeldCall[]): readonly AttemptFacts[] {
  const failed: AttemptFacts[] = [];
  for (const { facts } of calls) {
    for (const attempt of facts.call.attempts) if (attempt.outcome !== "success") failed.push(attempt);
  }
  return failed;
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

/** What is known of a call's or an attempt's tokens. */
interface Tokens {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

/** Adds up tokens; what none of them reports stays absent. */
export function tokensSum<Item>(items: readonly Item[], tokensOf: (item: Item) => Tokens | undefined): ApiTokens {
  let input: number | undefined;
  let output: number | undefined;
  for (const item of items) {
    const tokens = tokensOf(item);
    if (tokens?.input !== undefined) input = (input ?? 0) + tokens.input;
    if (tokens?.output !== undefined) output = (output ?? 0) + tokens.output;
  }
  if (input === undefined && output === undefined) return {};
  return {
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    total: (input ?? 0) + (output ?? 0),
  };
}

/** By the nearest rank: the smallest value that so many of a hundred do not exceed. */
export function percentiles(values: readonly number[]): Percentiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
  return { p50: at(50), p90: at(90), p99: at(99) };
}
