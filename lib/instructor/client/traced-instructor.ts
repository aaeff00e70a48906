import type { ChatClient, Mode, TracedInstructor, TracedInstructorConfig } from "./client-types.js";
import { checkConfig } from "./config.js";
import { isInstructorInstance } from "../call/instance.js";
import { loadInstructor } from "../instrumentor/load.js";
import { vetoOf } from "../call/origin.js";
import { tracedClient, untracedClient } from "./traced-client.js";

/**
 * Creates a traced Instructor client: each structured call is one chat span under the active decorated method. The
 * client has everything that `Instructor(config)` returns, and `create`, `createWithCompletion`, `createIterable`,
 * `createPartial` and hooks. Without telemetry it works the same, untraced. The OpenAI client is not changed.
 *
 * @param config Instructor's configuration, and options of this package; see {@link TracedInstructorConfig}
 * @throws TypeError for an invalid or unknown option
 * @example
 * ```ts
 * const client = createTracedInstructor({ client: new OpenAI(), mode: "TOOLS" });
 * ```
 */
export function createTracedInstructor<C extends ChatClient>(config: TracedInstructorConfig<C>): TracedInstructor<C>;
/**
 * As above, with a client and a mode instead of a configuration.
 * @param client an OpenAI client
 * @param mode how structured output is requested. Default: `"TOOLS"`
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
  return tracedClient(instance, { decide: vetoOf(traceContent), streamUsage: () => streamUsage });
}
