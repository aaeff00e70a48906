import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/**
 * Collects garbage until something has come of it, or so many times. What is to be collected must have been dropped by
 * a function that has returned: the registers of one that still runs may hold it.
 */
export async function collectUntil(isDone: () => boolean, times = 200): Promise<void> {
  for (let turn = 0; turn < times && !isDone(); turn++) {
    collect();
    // What is called for collected objects runs in a task of its own, later on a machine that is busy.
    await nextTurn();
    if (!isDone()) await sleep(Math.min(turn, 20));
  }
}

/** Runs what drops objects, in a function of its own. */
export async function dropping(work: () => unknown): Promise<void> {
  await work();
}
