/** Keeps a contender's spans, for the case that reads them; the other cases only count them. */
export const kept = process.env.BENCH_KEEP === "1" ? [] : undefined;
