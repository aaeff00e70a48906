import { ARGUMENT } from "../application.mjs";
import { lanes } from "../runner/contenders.mjs";
import { failure, micros, row, times } from "../runner/rows.mjs";
import { ratio, summary } from "../runner/statistics.mjs";

export const title = "1, 10, 100, 1,000 calls at once (two nested decorated async methods each)";
export const isQuick = true;

const SIZES = [1, 10, 100, 1_000];

export function prepare(contender) {
  const variant = (size) => ({
    call: () => Promise.all(Array.from({ length: size }, () => contender.nested(ARGUMENT))),
    units: size,
    chunk: Math.max(1, Math.floor(200 / size)),
  });
  return Object.fromEntries(SIZES.map((size) => [size, variant(size)]));
}

export async function measure({ race }) {
  const results = await race({ lanes: lanes(["floor", "ours"]) });
  const { ours, floor } = results;
  if (ours.error || floor.error) return [failure("at once", ours.error ?? floor.error)];
  const at = (lane, size) => lane.series[size].nanos;
  return [
    row("ours, a call at 1,000 ÷ at 1", ratio(at(ours, 1_000), at(ours, 1)), times, { atMost: 1.2 }),
    row("floor, a call at 1,000 ÷ at 1", ratio(at(floor, 1_000), at(floor, 1)), times),
    ...SIZES.map((size) => row(`ours, a call at ${size}`, summary(at(ours, size)), micros)),
    ...SIZES.map((size) => row(`ours ÷ floor at ${size}`, ratio(at(ours, size), at(floor, size)), times)),
  ];
}
