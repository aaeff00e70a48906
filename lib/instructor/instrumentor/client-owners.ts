import type { Ownership } from "../call/origin.js";
import { shared } from "../call/origin.js";

/** An instrumentor's claim on the clients that it was given; it ends for all of them at once. */
export interface Lease {
  isHeld: boolean;
}

/** Streams of these clients that are on their way. */
const streams: Ownership["streams"] = new Set();

/** Which instrumentors own a client that they were given; it is released when the last one leaves. */
export class ClientOwnership implements Ownership {
  readonly streams = streams;
  readonly #instance: object;
  readonly #leases: Set<Lease>;

  constructor(instance: object) {
    this.#instance = instance;
    let leases = shared.leases.get(instance);
    if (leases === undefined) shared.leases.set(instance, (leases = new Set()));
    this.#leases = leases;
  }

  join(lease: Lease): void {
    this.#leases.add(lease);
  }

  isTraced(): boolean {
    for (const lease of this.#leases) {
      if (lease.isHeld) return true;
      this.#leases.delete(lease);
    }
    // Every client is an active instrumentor's.
    const prototype = Object.getPrototypeOf(this.#instance) as object;
    const patch = shared.patches.get(prototype) as { readonly owners: ReadonlySet<object> } | undefined;
    return patch !== undefined && patch.owners.size > 0;
  }
}

/** Ends a lease, and the spans of streams whose clients have no owner left. */
export function endLease(lease: Lease): void {
  lease.isHeld = false;
  for (const call of [...streams]) if (!call.origin.isTraced) call.release();
}
