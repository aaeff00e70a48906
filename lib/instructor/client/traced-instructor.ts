import type { ChatClient, Mode, TracedInstructor, TracedInstructorConfig } from "./client-types.js";
import { checkConfig } from "./config.js";
import { isInstructorInstance } from "../call/instance.js";
import { loadInstructor } from "../instrumentor/load.js";
import { vetoOf } from "../call/origin.js";
import { tracedClient, untracedClient } from "./traced-client.js";

/**
 * Makes an Instructor client whose calls are traced: each structured call is one chat span under the decorated method
 * that is active. It is everything that `Instructor(config)` gives, and has `create`, `createWithCompletion`,
 * `createIterable`, `createPartial` and hooks besides; all of it works the same, untraced, where telemetry is absent,
 * disabled or shut down. Neither the OpenAI client nor its class is changed.
 *
 * @param config what `Instructor(…)` takes, and `traceContent`
 * @throws TypeError naming the option, what it got and what it wants
 * @example
 * ```ts
 * const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });
 * ```
 */
export function createTracedInstructor<C extends ChatClient>(config: TracedInstructorConfig<C>): TracedInstructor<C>;
/**
 * The same for a client alone.
 * @param client an OpenAI client
 * @param mode default `"TOOLS"`
 * @example `const client = createTracedInstructor(new OpenAI());`
 */
export function createTracedInstructor<C extends ChatClient>(client: C, mode?: Mode): TracedInstructor<C>;
export function createTracedInstructor(first: unknown, second?: unknown): unknown {
  const { forInstructor, factory, traceContent, streamUsage } = checkConfig(first, second);
  // A client that is traced already is taken apart: its calls would be traced twice.
  const inner = untracedClient(forInstructor.client);
  const make = factory ?? loadInstructor();
  const instance: unknown = make({ ...forInstructor, client: inner });
  if (!isInstructorInstance(instance)) {
    throw new TypeError(
      "createTracedInstructor: this version of @instructor-ai/instructor is not supported; 1.6 and 1.7 are",
    );
  }
  return tracedClient(instance, { decide: vetoOf(traceContent), streamUsage });
}
