import { types } from "node:util";
import { describeError } from "../../observe/errors.js";
import { warnOnce } from "../../observe/warn-once.js";

/**
 * Instructor's hooks.
 * @example `client.on(HookName.COMPLETION_KWARGS, (request) => console.log(request.model))`
 */
export const HookName = Object.freeze({
  /** Before each attempt, with the request that is sent. */
  COMPLETION_KWARGS: "completion:kwargs",
  /** After each answer, with the provider's completion. */
  COMPLETION_RESPONSE: "completion:response",
  /** After each answer that reports its usage, with the usage of all attempts so far. */
  COMPLETION_USAGE: "completion:usage",
  /** After an attempt that failed at the provider or on the way, with the error. */
  COMPLETION_ERROR: "completion:error",
  /** After an answer that is not JSON or does not fit the schema, with the error. */
  PARSE_ERROR: "parse:error",
  /** When a call has failed finally, with the error that it throws. */
  COMPLETION_LAST_ATTEMPT: "completion:last_attempt",
} as const);

/** A hook's name. */
export type HookName = (typeof HookName)[keyof typeof HookName];

/** The first argument of each hook's handlers. */
export interface HookPayloads {
  /** The parameters of an attempt, as they are sent. */
  "completion:kwargs": HookRequest;
  /** The completion, as the provider's client returned it. */
  "completion:response": unknown;
  /** The usage of all attempts so far, under the provider's names. */
  "completion:usage": HookUsage;
  /** The error of the provider's client. */
  "completion:error": unknown;
  /** The error of the schema or of the JSON parser. */
  "parse:error": unknown;
  /** The error that the call throws. */
  "completion:last_attempt": unknown;
}

/** The second argument of each hook's handlers. */
export interface HookDetails {
  /** The attempt, and how many there can be. */
  "completion:error": HookAttempt;
  "parse:error": HookAttempt;
  "completion:last_attempt": HookAttempt;
  "completion:usage": Pick<HookAttempt, "attempt_number">;
  "completion:kwargs": undefined;
  "completion:response": undefined;
}

/** The attempt of a hook. */
export interface HookAttempt {
  /** From 1; 0 if the call failed before its first request. */
  readonly attempt_number: number;
  /** The most attempts of the call: `max_retries` + 1. */
  readonly max_attempts: number;
}

/** Token counts, summed over attempts. */
export interface HookUsage {
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly total_tokens?: number;
  /** Other counts of the provider. */
  readonly [name: string]: unknown;
}

/** The request of one attempt as it is sent: the caller's parameters and Instructor's additions. */
export interface HookRequest {
  /** The model's name. */
  readonly model: string;
  /** The caller's messages, and those that Instructor added. */
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[];
  /** The tools that the model may call; in the mode `TOOLS` the schema. */
  readonly tools?: readonly unknown[];
  /** Every other parameter. */
  readonly [parameter: string]: unknown;
}

/**
 * A hook's handler. Handlers run in the order in which they were registered, inside the chat span; they are not
 * awaited, and one that throws or rejects does not break the call.
 */
export type HookHandler<Name extends HookName> = (payload: HookPayloads[Name], details: HookDetails[Name]) => unknown;

type AnyHandler = (payload: never, details: never) => unknown;

interface Registered {
  readonly handler: AnyHandler;
  readonly isOnce: boolean;
}

const { then } = Promise.prototype;

const NAMES = new Set<string>(Object.values(HookName));

/** The hooks of one traced client. */
export class Hooks {
  readonly #registered = new Map<string, readonly Registered[]>();

  /** Whether any handler waits at all. */
  get isEmpty(): boolean {
    return this.#registered.size === 0;
  }

  /** Whether any handler waits for this hook. */
  has(name: HookName): boolean {
    return this.#registered.has(name);
  }

  /** @throws TypeError for a name that is no hook's, or a handler that is no function */
  add(name: HookName, handler: AnyHandler, isOnce: boolean): void {
    check(name);
    if (typeof handler !== "function") {
      throw new TypeError(`the handler for "${name}" must be a function, got ${typeof handler}`);
    }
    this.#registered.set(name, [...(this.#registered.get(name) ?? []), { handler, isOnce }]);
  }

  /** Takes off one registration of a handler; without a handler, all of that hook. */
  remove(name: HookName, handler?: AnyHandler): void {
    check(name);
    if (handler === undefined) {
      this.#registered.delete(name);
      return;
    }
    const found = this.#registered.get(name)?.find((one) => one.handler === handler);
    if (found !== undefined) this.#drop(name, found);
  }

  /** Takes off all handlers of a hook, or of all. */
  clear(name?: HookName): void {
    if (name === undefined) this.#registered.clear();
    else this.remove(name);
  }

  /** Takes off one registration; `false` where it is off already. */
  #drop(name: HookName, registration: Registered): boolean {
    const before = this.#registered.get(name);
    if (before?.includes(registration) !== true) return false;
    const after = before.filter((one) => one !== registration);
    if (after.length === 0) this.#registered.delete(name);
    else this.#registered.set(name, after);
    return true;
  }

  /** Runs a hook's handlers. Never throws. */
  emit<Name extends HookName>(name: Name, payload: HookPayloads[Name], details: HookDetails[Name]): void {
    const handlers = this.#registered.get(name);
    if (handlers === undefined) return;
    for (const one of handlers) {
      // A handler before this one may have started a call, which has had its turn with it.
      if (one.isOnce && !this.#drop(name, one)) continue;
      try {
        const result = (one.handler as HookHandler<Name>)(payload, details);
        // `then` by hand: nothing that a handler returned is asked for anything of its own.
        if (types.isPromise(result)) void then.call(result, undefined, (error: unknown) => complain(name, error));
      } catch (error) {
        complain(name, error);
      }
    }
  }
}

function check(name: string): void {
  if (!NAMES.has(name)) {
    throw new TypeError(`"${name}" is not a hook; there are: ${[...NAMES].join(", ")}`);
  }
}

function complain(name: string, error: unknown): void {
  warnOnce(`hook:${name}`, `a handler of the hook "${name}" failed (${describeError(error).type}); the call goes on`);
}
