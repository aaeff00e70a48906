import { types } from "node:util";
import { ignoreRejection } from "../capture/unwanted-promise.js";
import { describeError } from "../observe/error-description.js";
import { warnOnce } from "../observe/warn-once.js";
import { callUntraced } from "../scope/untraced.js";
import type { Entity } from "./entity.js";

/** What a function of the user's, given as an option, keeps; `undefined`, and one warning, where it throws. */
export function chosenBy<Args extends unknown[]>(
  { where }: Entity,
  option: "captureInput" | "captureOutput",
  keep: (...args: Args) => unknown,
  ...args: Args
): unknown {
  try {
    const kept = callUntraced(keep, undefined, () => keep(...args));
    if (!types.isPromise(kept) || args.some((one) => one === kept)) return kept;
    ignoreRejection(kept);
    warnOnce(`${option}:${where}`, `${where}: ${option} must not be async; nothing was kept`);
    return undefined;
  } catch (error) {
    warnOnce(`${option}:${where}`, `${where}: ${option} threw (${describeError(error).type}); nothing was kept`);
    return undefined;
  }
}
