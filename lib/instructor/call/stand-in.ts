import type { InstructorInstance } from "./instance.js";
import { CALL_KEY } from "./ownership.js";

/** An Instructor instance for the length of one call. */
export interface StandIn extends InstructorInstance {
  client: InstructorInstance["client"];
  retryAllErrors: unknown;
}

type Send = (request: object, options: unknown) => Promise<unknown>;

/** What Instructor asks itself for during a call. */
interface Asked extends InstructorInstance {
  readonly log?: unknown;
}

const classes = new WeakMap<InstructorInstance, new (send: Send) => StandIn>();

/**
 * Instructor's instance with a client of its own: it inherits everything, and whatever Instructor asks of the
 * provider goes through `send`. So attempts belong to their call without being looked for, and neither the user's
 * client nor the Instructor client is changed.
 */
export function standInFor(instance: InstructorInstance, send: Send): StandIn {
  let Class = classes.get(instance);
  if (Class === undefined) classes.set(instance, (Class = classOf(instance)));
  return new Class(send);
}

/**
 * The class of an instance's stand-ins. The instance is a Proxy, of which each property is dear to read and dearer to
 * set through: what Instructor asks for is read once for each call, into fields, which are defined and not set.
 */
function classOf(instance: Asked): new (send: Send) => StandIn {
  class StandInOfInstance {
    readonly mode = instance.mode;
    readonly provider = instance.provider;
    readonly debug = instance.debug;
    readonly logger = instance.logger;
    readonly log = instance.log;
    readonly client: InstructorInstance["client"];
    retryAllErrors = instance.retryAllErrors;

    constructor(send: Send) {
      const create = send as (request: unknown, options?: unknown) => unknown;
      this.client = { baseURL: instance.client.baseURL, chat: { completions: { create } } };
    }
  }
  Object.setPrototypeOf(StandInOfInstance.prototype, instance);
  Object.defineProperty(StandInOfInstance.prototype, CALL_KEY, { value: true });
  return StandInOfInstance as unknown as new (send: Send) => StandIn;
}

/** Whether an Instructor instance stands in for another during a call that is traced already. */
export function isStandIn(instance: object): boolean {
  return CALL_KEY in instance;
}
