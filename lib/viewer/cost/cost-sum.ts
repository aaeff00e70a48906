import type { ApiCost } from "../api.js";

/** The sum of the costs that are known, and how many are not. */
export function costSum(costs: readonly (number | undefined)[]): ApiCost {
  let usd: number | undefined;
  let unknownCalls = 0;
  for (const cost of costs) {
    if (cost === undefined) unknownCalls += 1;
    else usd = (usd ?? 0) + cost;
  }
  return usd === undefined ? { unknownCalls } : { usd, unknownCalls };
}
