import { ITEMS } from "../application.mjs";
import * as untraced from "../contenders/untraced.mjs";
import { lanes } from "../runner/contenders.mjs";
import { failure, nanos, row } from "../runner/rows.mjs";
import { summary } from "../runner/statistics.mjs";

export const title = "A decorated generator of 1,000 items";
export const isQuick = true;

const iterate = (contender) => () => {
  let sum = 0;
  for (const item of contender.items(ITEMS)) sum += item;
  return sum;
};

export function prepare(contender) {
  return { items: { call: iterate(contender), base: iterate(untraced.start()), units: ITEMS } };
}

export async function measure({ race }) {
  const { ours, floor } = await race({ lanes: lanes(["ours", "floor"]) });
  if (ours.error) return [failure("an item", ours.error)];
  const { nanos: added, baseNanos } = ours.series.items;
  return [
    row("ours, added to an item", summary(added), nanos, { atMost: 150 }),
    row("plain generator, an item", summary(baseNanos), nanos),
    floor.error
      ? failure("floor, added to an item", floor.error)
      : row("floor, added to an item", summary(floor.series.items.nanos), nanos),
  ];
}
