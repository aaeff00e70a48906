/** What a contender records, for the case that looks at it; the other cases only count it. */
export const kept = process.env.BENCH_KEEP === "1" ? [] : undefined;
