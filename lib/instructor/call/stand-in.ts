import type { InstructorInstance } from "./instance.js";
import { CALL_KEY } from "./ownership.js";

/** An Instructor instance for the length of one call. */
export interface StandIn extends InstructorInstance {
  client: InstructorInstance["client"];
  retryAllErrors: unknown;
}

/** The call that a stand-in is made for. */
interface StandInCall {
  /** Sends an attempt to the provider. */
  readonly send: (request: object, options: unknown) => Promise<unknown>;
  /** Whether content may leave the process now. */
  readonly allowsContent: () => boolean;
}

/** Instructor's own: passes a line to its `logger`, and writes it to the console. */
type Log = (this: { readonly logger: unknown; readonly debug: unknown }, level: string, ...parts: unknown[]) => void;
type Logger = (level: string, ...parts: unknown[]) => void;

/** What Instructor asks itself for during a call. */
interface Asked extends InstructorInstance {
  readonly log?: Log;
}

/** In place of what Instructor has to say, which may be prompts and answers. */
const WITHHELD = "(not shown: content is off)";

const classes = new WeakMap<InstructorInstance, new (call: StandInCall) => StandIn>();

/**
 * Instructor's instance with a client of its own: it inherits everything, and whatever Instructor asks of the
 * provider goes through `send`. So attempts belong to their call without being looked for, and neither the user's
 * client nor the Instructor client is changed.
 */
export function standInFor(instance: InstructorInstance, call: StandInCall): StandIn {
  let Class = classes.get(instance);
  if (Class === undefined) classes.set(instance, (Class = classOf(instance)));
  return new Class(call);
}

/**
 * The class of an instance's stand-ins. The instance is a Proxy, of which each property is dear to read and dearer to
 * set through: what Instructor asks for is read once for each call, into fields, which are defined and not set.
 */
function classOf(instance: Asked): new (call: StandInCall) => StandIn {
  class StandInOfInstance {
    readonly mode = instance.mode;
    readonly provider = instance.provider;
    readonly debug: unknown;
    readonly logger = instance.logger;
    readonly client: InstructorInstance["client"];
    retryAllErrors = instance.retryAllErrors;

    readonly #call: StandInCall;

    constructor(call: StandInCall) {
      this.#call = call;
      // The parser of streams writes what it sees to the console where this is set.
      this.debug = instance.debug === true ? call.allowsContent() : instance.debug;
      const create = call.send as (request: unknown, options?: unknown) => unknown;
      this.client = { baseURL: instance.client.baseURL, chat: { completions: { create } } };
    }

    /** The user's logger is told all; the console, which may be collected, what the content policy allows. */
    log(level: string, ...parts: unknown[]): void {
      const { log, logger, debug } = instance;
      if (this.#call.allowsContent()) {
        log?.call({ logger, debug }, level, ...parts);
        return;
      }
      if (typeof logger === "function") (logger as Logger)(level, ...parts);
      log?.call({ logger: undefined, debug }, level, WITHHELD);
    }
  }
  Object.setPrototypeOf(StandInOfInstance.prototype, instance);
  Object.defineProperty(StandInOfInstance.prototype, CALL_KEY, { value: true });
  return StandInOfInstance as unknown as new (call: StandInCall) => StandIn;
}

/** Whether an Instructor instance stands in for another during a call that is traced already. */
export function isStandIn(instance: object): boolean {
  return CALL_KEY in instance;
}
