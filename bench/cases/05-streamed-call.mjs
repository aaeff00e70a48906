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
  // A stream takes long compared with what tracing adds to it, so a round has more of them.
  const patient = { ...pace, roundMillis: pace.roundMillis * 4, warmMillis: pace.warmMillis * 3 };
  const inOne = [{ key: "ours", contender: "ours", settings: { isPaired: true } }];
  // The difference is a hundredth of the time of a chunk, so a round needs several pairs.
  const { ours: paired } = await race({ lanes: inOne, pace: { ...patient, roundMillis: pace.roundMillis * 40 } });
  const all = ["untraced", "context-alone", "ours", ...(peers ? Object.keys(PEERS) : [])];
  const { untraced: plain, ours, ...others } = await race({ lanes: lanes(all), pace: patient });
  const error = paired.error ?? plain.error ?? ours.error;
  if (error) return [failure("a chunk", error)];
  const added = (lane) => difference(lane.series.stream.nanos, plain.series.stream.nanos);
  return [
    row("ours, added to a chunk, by turns in one process", summary(paired.series.stream.nanos), micros, {
      atMost: 1_000,
    }),
    row("ours, added to a chunk, over a process that has no OpenTelemetry at all", added(ours), micros),
    row("untraced, a chunk", summary(plain.series.stream.nanos), micros),
    ...Object.entries(others).map(([key, lane]) => {
      const name = PEERS[key] ?? "an active OpenTelemetry context alone";
      return lane.error ? failure(name, lane.error) : row(`${name}, added to a chunk`, added(lane), micros);
    }),
  ];
}
