import { ARGUMENT } from "../application.mjs";
import { lanes } from "../runner/contenders.mjs";
import { failure, micros, row, times } from "../runner/rows.mjs";
import { difference, summary } from "../runner/statistics.mjs";

export const title = "Inherited scope: 0, 10, 100 metadata keys on a decorated sync method";
export const isQuick = false;

const SIZES = [0, 10, 100];
const CALLS_IN_SCOPE = 50;

export function prepare(contender) {
  const variant = (size) => {
    const metadata = Object.fromEntries(Array.from({ length: size }, (_, index) => [`key_${index}`, `value ${index}`]));
    const calls = () => {
      for (let index = 0; index < CALLS_IN_SCOPE; index++) contender.syncWithMetadata(ARGUMENT);
    };
    return { call: () => contender.withMetadata(metadata, calls), isSync: true, units: CALLS_IN_SCOPE, chunk: 4 };
  };
  return Object.fromEntries(SIZES.map((size) => [size, variant(size)]));
}

export async function measure({ race }) {
  const { floor, ours } = await race({ lanes: lanes(["floor", "ours"]) });
  if (ours.error || floor.error) return [failure("inherited", ours.error ?? floor.error)];
  const over = (size) => difference(ours.series[size].nanos, floor.series[size].nanos);
  const [ten, hundred] = [over(10), over(100)];
  return [
    overByHand(ten, hundred),
    row("10 keys: ours over setting them by hand", ten, micros),
    row("100 keys: ours over setting them by hand", hundred, micros),
    ...SIZES.map((size) => row(`${size} keys: ours, a call`, summary(ours.series[size].nanos), micros)),
    ...SIZES.map((size) => row(`${size} keys: by hand, a call`, summary(floor.series[size].nanos), micros)),
  ];
}

/** Where ours costs less than doing it by hand with 100 keys there is nothing to compare: the promise is kept. */
function overByHand(ten, hundred) {
  const what = "what 100 keys cost over setting them by hand ÷ what 10 keys do";
  if (hundred.median <= 0) {
    return { ...row(what, hundred, micros), figure: "less than by hand", target: "≤ 2.00×", isMet: true };
  }
  if (ten.median <= 0) {
    return {
      ...row(what, hundred, micros),
      figure: "10 keys less than by hand, 100 more",
      target: "≤ 2.00×",
      isMet: false,
    };
  }
  const quotient = hundred.median / ten.median;
  return row(what, { median: quotient, low: hundred.low / ten.high, high: hundred.high / ten.low }, times, {
    atMost: 2,
  });
}
