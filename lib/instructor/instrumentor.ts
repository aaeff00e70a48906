import type { TracedInstructor } from "./client-types.js";
import { checkTraceContent } from "./config.js";
import { isInstructorInstance } from "./instance.js";
import { loadInstructorBuilds } from "./load.js";
import { vetoOf } from "./origin.js";
import { shared } from "./ownership.js";
import { joinPatch, leavePatch, prototypeOf } from "./prototype-patch.js";
import { tracedClient } from "./traced-client.js";

/** Options of {@link InstructorInstrumentor}. */
export interface InstructorInstrumentorOptions {
  /**
   * `false`, or a function that returns `false`, keeps the content of the calls that it traces in the process. The
   * strictest of all settings wins; `RESPAN_TRACE_CONTENT=false` does the same for everything.
   */
  readonly traceContent?: boolean | (() => boolean) | undefined;
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
  private prototypes: object[] = [];

  /** @throws TypeError for an option of a wrong type */
  constructor(options: InstructorInstrumentorOptions = {}) {
    this.traceContent = checkTraceContent("InstructorInstrumentor", options.traceContent);
  }

  /** Whether this instrumentor holds the hooks. Another one may, too. */
  get isActive(): boolean {
    return this.prototypes.length > 0;
  }

  /**
   * Traces the structured calls of every `Instructor(…)` client of the process, whenever it was constructed. Calls
   * without a response model are traced by {@link instrument} alone. A second call does nothing.
   * @throws Error when Instructor cannot be loaded, or when an active instrumentor has another `traceContent`
   */
  activate(): void {
    if (this.isActive) return;
    const joined: object[] = [];
    try {
      for (const factory of loadInstructorBuilds()) {
        const prototype = prototypeOf(factory);
        joinPatch(prototype, this, this.traceContent ?? true);
        joined.push(prototype);
      }
    } catch (error) {
      for (const prototype of joined) leavePatch(prototype, this);
      throw error;
    }
    this.prototypes = joined;
  }

  /** Gives back what {@link activate} took, unless another instrumentor still wants it. */
  deactivate(): void {
    for (const prototype of this.prototypes) leavePatch(prototype, this);
    this.prototypes = [];
  }

  /**
   * Traces one Instructor client.
   * @param client what `Instructor(…)` returned; it stays as it is
   * @returns the same traced client that `createTracedInstructor` gives; a client that is traced already comes back as it is
   * @throws TypeError for anything else
   */
  instrument<C>(client: { readonly client: C }): TracedInstructor<C> {
    if (!isInstructorInstance(client)) {
      throw new TypeError("InstructorInstrumentor.instrument: its argument must be what Instructor(…) returned");
    }
    const known = shared.traced.get(client);
    if (known !== undefined) return known as TracedInstructor<C>;
    return tracedClient(client, vetoOf(this.traceContent)) as TracedInstructor<C>;
  }
}
