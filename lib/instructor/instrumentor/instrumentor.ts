import { describeError } from "../../observe/error-description.js";
import { warnOnce } from "../../observe/warn-once.js";
import type { TracedInstructor } from "../client/client-types.js";
import { checkInstrumentorOptions } from "../client/config.js";
import type { InstructorFactory, InstructorInstance } from "../call/instance.js";
import { isInstructorInstance } from "../call/instance.js";
import { eachInstructor } from "./load.js";
import { vetoOf } from "../call/origin.js";
import { shared } from "../call/ownership.js";
import { joinPatch, leavePatch, prototypeOf } from "./prototype-patch.js";
import { isObserved, tracedClient } from "../client/traced-client.js";

/** Options of {@link InstructorInstrumentor}. */
export interface InstructorInstrumentorOptions {
  /**
   * `false`, or a function that returns `false`, keeps the content of the calls that it traces in the process. The
   * strictest of all settings wins; `RESPAN_TRACE_CONTENT=false` does the same for everything.
   */
  readonly traceContent?: boolean | (() => boolean) | undefined;
  /**
   * Whether streams are asked for their token usage (`stream_options: { include_usage: true }`), for the span; the
   * caller never sees the chunk that brings it. Default: where the provider is known to take it. `true` for others that
   * do, such as vLLM or Ollama.
   */
  readonly streamUsage?: boolean | undefined;
}

/**
 * Traces Instructor clients that somebody else constructs.
 * @example
 * ```ts
 * const telemetry = new RespanTelemetry({ isAutoInstrument: false });
 * new InstructorInstrumentor().activate();
 * const client = Instructor({ client: new OpenAI(), mode: "TOOLS" }); // its structured calls are traced
 * ```
 */
export class InstructorInstrumentor {
  private readonly traceContent: boolean | (() => boolean) | undefined;
  private readonly streamUsage: boolean | undefined;
  private readonly prototypes = new Set<object>();
  private readonly instrumented = new WeakMap<object, object>();
  private stopWatching: (() => void) | undefined;

  /** @throws TypeError for an option that does not exist or has a wrong type */
  constructor(options: InstructorInstrumentorOptions = {}) {
    const { traceContent, streamUsage } = checkInstrumentorOptions(options);
    this.traceContent = traceContent;
    this.streamUsage = streamUsage;
  }

  /** Whether this instrumentor is active. Another one may be, too. */
  get isActive(): boolean {
    return this.stopWatching !== undefined;
  }

  /**
   * Traces the structured calls of every `Instructor(...)` client of the process, whenever it was constructed. Calls
   * without a response model are traced by {@link instrument} alone. A second call does nothing.
   *
   * What it reaches: the ES module build of Instructor in a program that is an ES module, and the CommonJS build
   * wherever it is used. Of a second copy of Instructor elsewhere, or within a bundle, it knows nothing.
   * @throws Error when an active instrumentor has another `traceContent`; nothing is traced then
   */
  activate(): void {
    if (this.isActive) return;
    let isLate = false;
    try {
      this.stopWatching = eachInstructor((factory) => {
        if (isLate) this.joinLate(factory);
        else this.join(factory);
      });
    } catch (error) {
      this.leave();
      throw error;
    }
    isLate = true;
  }

  /** Gives back what {@link activate} took, unless another instrumentor still wants it. Streams on their way end their spans. */
  deactivate(): void {
    this.stopWatching?.();
    this.stopWatching = undefined;
    this.leave();
  }

  /**
   * Traces one Instructor client.
   * @param client what `Instructor(...)` returned; it stays as it is
   * @returns a traced client as `createTracedInstructor` gives it, the same one each time
   * @throws TypeError for anything else
   */
  instrument<C>(client: { readonly client: C }): TracedInstructor<C> {
    if (!isInstructorInstance(client)) {
      throw new TypeError("InstructorInstrumentor.instrument: its argument must be what Instructor(…) returned");
    }
    const instance = (shared.traced.get(client) ?? client) as InstructorInstance;
    // One that is traced already stays what it is, unless this instrumentor is stricter.
    if (instance !== (client as object) && this.veto === undefined) return client as unknown as TracedInstructor<C>;
    let traced = this.instrumented.get(instance);
    if (traced === undefined) {
      traced = tracedClient(instance, {
        decide: this.veto,
        streamUsage: this.streamUsage,
        isObserved: isObserved(client),
      });
      this.instrumented.set(instance, traced);
    }
    return traced as TracedInstructor<C>;
  }

  private get veto(): (() => boolean) | undefined {
    return vetoOf(this.traceContent);
  }

  private join(factory: InstructorFactory): void {
    const prototype = prototypeOf(factory);
    joinPatch(prototype, this, { traceContent: this.traceContent ?? true, streamUsage: this.streamUsage });
    this.prototypes.add(prototype);
  }

  /** A build that is loaded later: by now nobody could catch what goes wrong. */
  private joinLate(factory: InstructorFactory): void {
    try {
      this.join(factory);
    } catch (error) {
      warnOnce("instrument-late", `a build of Instructor is not traced (${describeError(error).type})`);
    }
  }

  private leave(): void {
    for (const prototype of this.prototypes) leavePatch(prototype, this);
    this.prototypes.clear();
  }
}
