import type { ApiCost } from "../api.js";

/** The sum of the costs that are known, and how many are not. */
export function costSum<Item>(items: readonly Item[], usdOf: (item: Item) => number | undefined): ApiCost {
  let usd: number | undefined;
  let unknownCalls = 0;
  for (const item of items) {
    const cost = usdOf(item);
    if (cost === undefined) unknownCalls += 1;
    else usd = (usd ?? 0) + cost;
  }
  return usd === undefined ? { unknownCalls } : { usd, unknownCalls };
}
