import type { ApiTokens, CallFilter, Percentiles } from "../api.js";
import { callCost } from "../cost/call-cost.js";
import type { KnownCost } from "../cost/call-cost.js";
import { isStructured } from "../store/call-facts.js";
import type { HeldTrace } from "../store/held-trace.js";
import type { SpanCall } from "../store/trace-calls.js";
import type { TraceStore } from "../store/trace-store.js";

/** A model call with what is asked of many of them together. */
export interface HeldCall extends SpanCall {
  readonly trace: HeldTrace;
  readonly cost: KnownCost;
  readonly status: "ok" | "error";
  readonly isStructured: boolean;
  /** Attempts that were made; a call that tells of none made one. */
  readonly attempts: number;
}

/** The held calls that fit a filter, in no order. */
export function* heldCalls(store: TraceStore, filter: CallFilter): Generator<HeldCall> {
  for (const trace of store.all()) {
    for (const call of trace.calls()) {
      if (!fits(call, filter)) continue;
      const { facts, spanId } = call;
      // Written out: an object made by a spread gets a hidden class of its own, which is slow for thousands of them.
      yield {
        spanId,
        facts,
        trace,
        cost: callCost(call, store.prices),
        status: facts.isError ? "error" : "ok",
        isStructured: isStructured(facts.call),
        attempts: facts.attempts ?? 1,
      };
    }
  }
}

function fits({ facts }: SpanCall, filter: CallFilter): boolean {
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
