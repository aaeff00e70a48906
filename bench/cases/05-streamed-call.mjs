import { STREAMED_CHUNKS, answersInChunks, consume, ticketRequest } from "../application.mjs";
import * as untraced from "../contenders/untraced.mjs";
import { PEERS, lanes } from "../runner/contenders.mjs";
import { failure, micros, row } from "../runner/rows.mjs";
import { difference, summary } from "../runner/statistics.mjs";

export const title = "A streamed structured call of 500 chunks, per chunk";
export const isQuick = true;

export function prepare(contender, { isPaired }) {
  const { model, messages, response_model } = ticketRequest();
  const request = { model, messages, response_model, stream: true };
  const calling = ({ structured }) => {
    const create = structured(answersInChunks());
    return async () => consume(await create(request));
  };
  const call = calling(contender);
  return {
    stream: isPaired
      ? { call, base: calling(untraced.start()), units: STREAMED_CHUNKS }
      : { call, units: STREAMED_CHUNKS, chunk: 2 },
  };
}

export async function measure({ race, peers, pace }) {
  // A stream takes long beside what is added to it: more of them make a round.
  const patient = { ...pace, roundMillis: pace.roundMillis * 10, warmMillis: pace.warmMillis * 4 };
  const { ours } = await race({
    lanes: [{ key: "ours", contender: "ours", settings: { isPaired: true } }],
    pace: patient,
  });
  if (ours.error) return [failure("a chunk", ours.error)];
  const rows = [
    row("ours, added to a chunk", summary(ours.series.stream.nanos), micros, { atMost: 1_000 }),
    row("untraced, a chunk", summary(ours.series.stream.baseNanos), micros),
  ];
  if (peers) rows.push(...besidePeers(await race({ lanes: lanes(["untraced", "ours", ...Object.keys(PEERS)]) })));
  return rows;
}

function besidePeers(results) {
  const { untraced: plain, ...others } = results;
  if (plain.error) return [failure("untraced", plain.error)];
  return Object.entries(others).map(([key, lane]) => {
    const name = PEERS[key] ?? key;
    if (lane.error) return failure(name, lane.error);
    return row(
      `a process each: ${name}, added to a chunk`,
      difference(lane.series.stream.nanos, plain.series.stream.nanos),
      micros,
    );
  });
}
