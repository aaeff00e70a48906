import { answersAtAttempt, ticketRequest } from "../application.mjs";
import { PEERS, lanes } from "../runner/contenders.mjs";
import { failure, micros, row } from "../runner/rows.mjs";
import { difference, summary } from "../runner/statistics.mjs";

export const title = "A structured call of three attempts";
export const isQuick = false;

export function prepare(contender) {
  const create = contender.structured(answersAtAttempt(3));
  const request = ticketRequest();
  return { retries: { call: () => create(request), chunk: 50 } };
}

export async function measure({ race, peers }) {
  const results = await race({ lanes: lanes(["untraced", "ours", ...(peers ? Object.keys(PEERS) : [])]) });
  const { untraced } = results;
  if (untraced.error) return [failure("untraced", untraced.error)];
  const plain = untraced.series.retries.nanos;
  return Object.values(results).map((lane) => {
    const name = PEERS[lane.key] ?? lane.key;
    if (lane.error) return failure(name, lane.error);
    return lane === untraced
      ? row("untraced call", summary(plain), micros)
      : row(`${name} adds`, difference(lane.series.retries.nanos, plain), micros);
  });
}
