import { diag } from "@opentelemetry/api";
import { describeError } from "../../observe/errors.js";
import type { ChatClient, InstructorInstrumentorOptions, TracedInstructor } from "../client/client-types.js";
import { checkInstrumentorOptions } from "../client/config.js";
import type { CompletionClient, InstructorFactory } from "../call/instance.js";
import { isCompletionClient, isInstructorInstance } from "../call/instance.js";
import { loadInstructor } from "./load.js";
import type { Ownership } from "../call/origin.js";
import { vetoOf, shared } from "../call/origin.js";
import { isPatched, joinPatch, leavePatch, prototypeOf } from "./prototype-patch.js";
import { isObserved, tracedClient, tracedOpenAI } from "../client/traced-client.js";
import { sharedState } from "../../wire/package.js";

/** Loads one of Instructor's two builds, the ES module or the CommonJS one. */
type LoadBuild = () => InstructorFactory;

/** Builds of Instructor that are traced beside the one that this build of the package loads. */
export const otherBuilds = sharedState<LoadBuild[]>("builds.1", () => []);

/** An instrumentor's claim on the clients that it was given; it ends for all of them at once. */
interface Lease {
  isHeld: boolean;
}

/** Streams of these clients that are on their way. */
const streams: Ownership["streams"] = new Set();

/** Which instrumentors own a client that they were given; it is released when the last one leaves. */
function ownershipOf(client: object, lease: Lease): Ownership {
  const leases: Set<Lease> = shared.leases.get(client) ?? new Set();
  shared.leases.set(client, leases.add(lease));
  return {
    streams,
    isTraced() {
      for (const one of leases) if (!one.isHeld) leases.delete(one);
      // Every client is an active instrumentor's.
      return leases.size > 0 || isPatched(Object.getPrototypeOf(client) as object);
    },
  };
}

/**
 * Traces Instructor clients that are constructed elsewhere.
 * @example
 * ```ts
 * const telemetry = new RespanTelemetry({ isAutoInstrument: false });
 * new InstructorInstrumentor().activate();
 * const client = Instructor({ client: new OpenAI(), mode: "TOOLS" }); // its structured calls are traced
 * ```
 */
export class InstructorInstrumentor {
  /** The name under which `@respan/respan` lists it as a plugin. */
  readonly name = "instructor";
  readonly #options: InstructorInstrumentorOptions;
  readonly #prototypes = new Set<object>();
  readonly #instrumented = new WeakMap<object, object>();
  #lease: Lease = { isHeld: true };
  #isActive = false;

  /** @throws TypeError for an unknown option, or a value of a wrong type */
  constructor(options: InstructorInstrumentorOptions = {}) {
    this.#options = { ...checkInstrumentorOptions(options) };
  }

  /** Whether this instrumentor is active. Others may be active too. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /**
   * Traces the structured calls of every `Instructor(...)` client of the process, whenever it was constructed. Calls
   * without a response model are traced only by {@link instrument}. A second call does nothing.
   *
   * It traces the build of Instructor that the program loads in the same way as this package: the ES modules with
   * `import`, the CommonJS build with `require`. `respan-instructor/register` traces both. It does not reach another
   * copy of Instructor, or one inside a bundle. If Instructor is not installed, it warns through `diag`.
   * @throws Error if an active instrumentor has another `traceContent`
   */
  activate(): void {
    if (this.#isActive) return;
    const factories = installedBuilds();
    try {
      for (const factory of factories) this.#join(factory);
    } catch (error) {
      this.#leave();
      throw error;
    }
    this.#isActive = true;
  }

  /**
   * Stops tracing, unless another instrumentor is active or has instrumented the same client. Spans of open streams
   * end.
   */
  deactivate(): void {
    this.#isActive = false;
    this.#leave();
    this.#lease.isHeld = false;
    this.#lease = { isHeld: true };
    for (const call of [...streams]) if (!call.origin.isTraced) call.release();
  }

  /**
   * Traces one Instructor client until {@link deactivate}. It does not need {@link activate}.
   * @param client the result of `Instructor(...)`, which is not changed
   * @returns a traced client, as `createTracedInstructor` returns it; the same one each time
   * @throws TypeError for anything but a client
   */
  instrument<C>(client: { readonly client: C }): TracedInstructor<C>;
  /**
   * Traces one OpenAI client until {@link deactivate}: chat completions, responses, and the helpers of both.
   * @param client an OpenAI client or a similar one, which is not changed
   * @returns a traced client of the same type; the same one each time
   * @throws TypeError for anything but a client
   * @example `const openai = new InstructorInstrumentor().instrument(new OpenAI());`
   */
  instrument<C extends ChatClient>(client: C): C;
  instrument(client: object): object {
    const isInstructor = isInstructorInstance(client);
    if (!isInstructor && !isCompletionClient(client)) {
      throw new TypeError(
        "InstructorInstrumentor.instrument: its argument must be what Instructor(…) returned, or an OpenAI client",
      );
    }
    const inner = shared.traced.get(client) ?? client;
    const ownership = ownershipOf(inner, this.#lease);
    const { traceContent, streamUsage } = this.#options;
    const decide = vetoOf(traceContent);
    // One that is traced already stays what it is, unless this instrumentor is stricter.
    if (inner !== client && decide === undefined) return client;
    let traced = this.#instrumented.get(inner);
    if (traced === undefined) {
      const options = { decide, streamUsage: () => streamUsage, ownership };
      traced = isInstructorInstance(inner)
        ? tracedClient(inner, { ...options, isObserved: isObserved(client) })
        : tracedOpenAI(inner as CompletionClient, options);
      this.#instrumented.set(inner, traced);
    }
    return traced;
  }

  #join(factory: InstructorFactory): void {
    const prototype = prototypeOf(factory);
    joinPatch(prototype, this, this.#options);
    this.#prototypes.add(prototype);
  }

  #leave(): void {
    for (const prototype of this.#prototypes) leavePatch(prototype, this);
    this.#prototypes.clear();
  }
}

/** Every build of Instructor that can be loaded, with a warning where there is none. */
function installedBuilds(): InstructorFactory[] {
  const factories: InstructorFactory[] = [];
  let reason = "";
  for (const load of [loadInstructor, ...otherBuilds]) {
    try {
      factories.push(load());
    } catch (error) {
      reason ||= describeError(error).message.split("\n", 1)[0] ?? "";
    }
  }
  if (factories.length === 0) {
    diag.warn(
      `respan-instructor: Instructor clients that other code constructs are not traced: no @instructor-ai/instructor was found (${reason})`,
    );
  } else if (reason !== "") {
    diag.debug(`respan-instructor: a build of Instructor could not be loaded and is not traced (${reason})`);
  }
  return factories;
}
