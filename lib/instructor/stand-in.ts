import type { InstructorInstance } from "./instance.js";
import { CALL_KEY } from "./ownership.js";

/** An Instructor instance for the length of one call. */
export interface StandIn extends InstructorInstance {
  client: InstructorInstance["client"];
  retryAllErrors: unknown;
}

/**
 * Instructor's instance with a client of its own: it inherits everything, and whatever Instructor asks of the
 * provider goes through `send`. So attempts belong to their call without being looked for, and neither the user's
 * client nor the Instructor client is changed.
 */
export function standInFor(
  instance: InstructorInstance,
  send: (request: object, options: unknown) => Promise<unknown>,
): StandIn {
  const create = send as (request: unknown, options?: unknown) => unknown;
  // Set one by one: a literal with a prototype and a symbol takes fifty times as long.
  const standIn = Object.create(instance) as StandIn & { [CALL_KEY]: true };
  standIn.client = { baseURL: instance.client.baseURL, chat: { completions: { create } } };
  standIn.retryAllErrors = instance.retryAllErrors;
  standIn[CALL_KEY] = true;
  return standIn;
}

/** Whether an Instructor instance stands in for another during a call that is traced already. */
export function isStandIn(instance: object): boolean {
  return CALL_KEY in instance;
}
