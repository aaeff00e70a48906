/** What all copies of this package in the process (ESM and CommonJS, or two versions) agree on. It may only grow. */
interface Shared {
  /** Traced clients, and the Instructor client that each is laid over. */
  readonly traced: WeakMap<object, object>;
  /** Requests on their way to a provider as part of a structured call that is traced. */
  readonly inFlight: WeakSet<object>;
  /** Claims of instrumentors on an Instructor client that they were given. */
  readonly leases: WeakMap<object, Set<{ isHeld: boolean }>>;
  /** What is patched on a prototype of Instructor's. */
  readonly patches: WeakMap<object, unknown>;
}

const SHARED_KEY = Symbol.for("respan-instructor.instructor.1");

/** The one object of the process. */
export const shared: Shared = ((globalThis as Record<symbol, unknown>)[SHARED_KEY] ??= {
  traced: new WeakMap(),
  inFlight: new WeakSet(),
  leases: new WeakMap(),
  patches: new WeakMap(),
}) as Shared;

/** The mark of a stand-in for an Instructor instance through which one call runs: see `structured-call.ts`. */
export const CALL_KEY = Symbol.for("respan-instructor.call.1");
