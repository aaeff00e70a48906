import { ARGUMENT } from "../application.mjs";
import { PEERS, lanes } from "../runner/contenders.mjs";
import { failure, micros, row, times } from "../runner/rows.mjs";
import { ratio, summary } from "../runner/statistics.mjs";

export const title = "A decorated sync method";
export const isQuick = true;

/** Peers that keep a sync function sync. The others turn it into an async one. */
const SYNC_PEERS = ["openinference", "langfuse"];

export function prepare(contender) {
  return { sync: { call: () => contender.sync(ARGUMENT), isSync: true } };
}

export async function measure({ race, peers }) {
  const results = await race({ lanes: lanes(["floor", "ours", ...(peers ? SYNC_PEERS : [])]) });
  const { floor, ours } = results;
  if (floor.error || ours.error) return [failure("ours ÷ floor", floor.error ?? ours.error)];
  const [base, own] = [floor.series.sync.nanos, ours.series.sync.nanos];
  return [
    row("ours ÷ floor", ratio(own, base), times, { atMost: 1.15 }),
    row("floor, a call", summary(base), micros),
    row("ours, a call", summary(own), micros),
    ...SYNC_PEERS.flatMap((key) => {
      const lane = results[key];
      if (lane === undefined) return [];
      if (lane.error) return [failure(PEERS[key], lane.error)];
      return [row(`${PEERS[key]} ÷ ours`, ratio(lane.series.sync.nanos, own), times)];
    }),
  ];
}
