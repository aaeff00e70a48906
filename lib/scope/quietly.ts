import { describeError } from "./error-description.js";
import { warnOnce } from "./warn-once.js";

/**
 * Runs work of ours on values of others' so that nothing of it reaches the caller.
 * @param what it was about, for the warning
 * @returns `undefined` where it threw
 */
export function quietly<R>(what: string, work: () => R): R | undefined {
  try {
    return work();
  } catch (error) {
    warnOnce(`quietly:${what}`, `${what} (${describeError(error).type})`);
    return undefined;
  }
}
