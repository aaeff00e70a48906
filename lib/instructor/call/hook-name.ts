/**
 * Instructor's hooks.
 * @example `client.on(HookName.COMPLETION_KWARGS, (request) => console.log(request.model))`
 */
export const HookName = Object.freeze({
  /** Before each attempt, with the request as it goes to the provider. */
  COMPLETION_KWARGS: "completion:kwargs",
  /** After each attempt that was answered, with the provider's completion. */
  COMPLETION_RESPONSE: "completion:response",
  /** After each answer that reports its usage, with the usage of all attempts so far. */
  COMPLETION_USAGE: "completion:usage",
  /** After an attempt that the provider refused or that never reached it, with the error. */
  COMPLETION_ERROR: "completion:error",
  /** After an answer that is not JSON or does not fit the schema, with the error. */
  PARSE_ERROR: "parse:error",
  /** When a call has failed for good, with the error that it throws. */
  COMPLETION_LAST_ATTEMPT: "completion:last_attempt",
} as const);

/** A hook's name. */
export type HookName = (typeof HookName)[keyof typeof HookName];
