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
  /** What Respan's JavaScript SDK, which takes instrumentors as plugins, calls it. */
  readonly name = "instructor";
  readonly #options: InstructorInstrumentorOptions;
  readonly #prototypes = new Set<object>();
  readonly #instrumented = new WeakMap<object, object>();
  #lease: Lease = { isHeld: true };
  #isActive = false;

  /** @throws TypeError for an option that does not exist or has a wrong type */
  constructor(options: InstructorInstrumentorOptions = {}) {
    this.#options = { ...checkInstrumentorOptions(options) };
  }

  /** Whether this instrumentor is active. Another one may be, too. */
  get isActive(): boolean {
    return this.#isActive;
  }

  /**
   * Traces the structured calls of every `Instructor(...)` client of the process, whenever it was constructed. Calls
   * without a response model are traced by {@link instrument} alone. A second call does nothing.
   *
   * It reaches the build of Instructor that a program imports which imports this package the same way: the ES module
   * build, or by `require` the CommonJS one; `respan-instructor/register` reaches both. Of a second copy of Instructor
   * elsewhere, or within a bundle that leaves this package out, it knows nothing. Where there is no Instructor at all, it
   * warns through `diag`.
   * @throws Error when an active instrumentor has another `traceContent`; nothing is traced then
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
   * Gives back what {@link activate} took, and stops tracing the clients that {@link instrument} was given, unless another
   * instrumentor still wants either. Streams on their way end their spans.
   */
  deactivate(): void {
    this.#isActive = false;
    this.#leave();
    this.#lease.isHeld = false;
    this.#lease = { isHeld: true };
    for (const call of [...streams]) if (!call.origin.isTraced) call.release();
  }

  /**
   * Traces one Instructor client, until {@link deactivate}; it needs no {@link activate}.
   * @param client what `Instructor(...)` returned; it stays as it is
   * @returns a traced client as `createTracedInstructor` gives it, the same one each time
   * @throws TypeError for anything but a client
   */
  instrument<C>(client: { readonly client: C }): TracedInstructor<C>;
  /**
   * Traces one OpenAI client, until {@link deactivate}: its chat completions, its responses and the helpers of both.
   * @param client an OpenAI client, or one that is made like it; it stays as it is
   * @returns a traced client with everything that it has, the same one each time
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
      const options = { decide, streamUsage, ownership };
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
  const add = (load: LoadBuild): void => {
    try {
      factories.push(load());
    } catch (error) {
      reason ||= describeError(error).message.split("\n", 1)[0] ?? "";
    }
  };
  for (const load of [loadInstructor, ...otherBuilds]) add(load);
  if (factories.length === 0) {
    diag.warn(
      `respan-instructor: Instructor clients that others construct are not traced: no @instructor-ai/instructor was found (${reason})`,
    );
  } else if (reason !== "") {
    diag.debug(`respan-instructor: a build of Instructor could not be loaded and is not traced (${reason})`);
  }
  return factories;
}
