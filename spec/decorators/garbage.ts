import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Collects garbage until something has come of it, or so many times. */
export async function collectUntil(isDone: () => boolean, times = 100): Promise<void> {
  for (let turn = 0; turn < times && !isDone(); turn++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
