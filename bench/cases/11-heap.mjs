import { fileURLToPath } from "node:url";
import { bytes, failure, note, row } from "../runner/rows.mjs";
import { script } from "../runner/script.mjs";
import { summary } from "../runner/statistics.mjs";

export const title = "Heap held by an open span, and growth from 100,000 to 1,000,000 spans";
export const isQuick = false;

const HEAP = fileURLToPath(new URL("../runner/heap.mjs", import.meta.url));
const STEP = 100_000;
const STEPS = 10;
const OPEN = 20_000;
const REPEATS = 3;

const heap = (task) => script(["--expose-gc", HEAP, JSON.stringify(task)]);

export async function measure() {
  const rows = [];
  const plain = await held("untraced");
  for (const contender of ["floor", "ours"]) {
    try {
      const own = await held(contender);
      rows.push(
        row(`${contender}: held by an open span`, summary(own.map((value, round) => value - plain[round])), bytes),
      );
    } catch (error) {
      rows.push(failure(`${contender}: held by an open span`, error));
    }
  }
  for (const contender of ["ours", "floor"]) {
    try {
      rows.push(...grown(contender, await heap({ contender, of: "growth", spans: STEP, steps: STEPS })));
    } catch (error) {
      rows.push(failure(`${contender}: growth`, error));
    }
  }
  return rows;
}

async function held(contender) {
  const values = [];
  for (let round = 0; round < REPEATS; round++) values.push(await heap({ contender, of: "open", spans: OPEN }));
  return values;
}

/** Student's t for 95 % and the 8 degrees of freedom of a line through ten points. */
const T = 2.306;
/** Less than this for a span is below what the heap's own bookkeeping (compiled code, feedback) moves it by. */
const RESOLUTION = 0.1;

function grown(contender, points) {
  const { slope, error } = line(points);
  const value = { median: slope / STEP, low: (slope - T * error) / STEP, high: (slope + T * error) / STEP };
  const figure = row(`${contender}: growth for a span, 100,000 → 1,000,000 (95 % interval)`, value, bytes);
  const kept = note(
    `${contender}: heap at 100,000 and at 1,000,000 spans`,
    `${megabytes(points[0])} and ${megabytes(points.at(-1))}`,
  );
  if (contender !== "ours") return [figure, kept];
  return [{ ...figure, target: "not to be told from 0", isMet: value.low <= 0 || value.median < RESOLUTION }, kept];
}

const megabytes = (value) => `${(value / 1_048_576).toFixed(2)} MiB`;

/** Least squares through the points, and the standard error of the slope. */
function line(points) {
  const count = points.length;
  const middle = (count - 1) / 2;
  const mean = points.reduce((sum, value) => sum + value, 0) / count;
  const spread = points.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const slope = points.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread;
  const rest = points.reduce((sum, value, at) => sum + (value - mean - slope * (at - middle)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (count - 2) / spread) };
}
