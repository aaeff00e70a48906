import type { ApiCost } from "../api.js";
import type { SpanCall } from "../store/trace-calls.js";
import type { Prices } from "./prices.js";

export interface KnownCost {
  /** US dollars; undefined where the price or the tokens are not known. */
  readonly usd: number | undefined;
  readonly attempts: readonly (number | undefined)[];
}

/** What a call cost, and each of its attempts. */
export function callCost({ facts }: Pick<SpanCall, "facts">, prices: Prices): KnownCost {
  const { call, model, startTime, tokens } = facts;
  const asked = { provider: call.provider, model, requestModel: call.requestModel };
  const attempts = call.attempts.map((attempt) => prices.costOf(asked, attempt, startTime));
  // Reasoning tokens are told for the whole call only. Else the sum is right also where a price grows with a request.
  const isComplete = attempts.length > 0 && attempts.every((usd) => usd !== undefined);
  if (isComplete && (call.reasoning ?? 0) === 0) return { usd: sumOf(attempts).usd, attempts };
  if (tokens === undefined) return { usd: undefined, attempts };
  const { input, output } = tokens;
  const { cached, reasoning } = call;
  return { usd: prices.costOf(asked, { input, output, cached, reasoning }, startTime), attempts };
}

/** The sum of those that are known, and how many are not. */
export function sumOf(costs: readonly (number | undefined)[]): ApiCost {
  const known = costs.filter((usd) => usd !== undefined);
  const unknownCalls = costs.length - known.length;
  if (known.length === 0) return { unknownCalls };
  return { usd: known.reduce((sum, usd) => sum + usd, 0), unknownCalls };
}
