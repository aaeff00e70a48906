import type { Tracing } from "../../scope/tracing.js";
import { slot } from "../../scope/tracing.js";

/** Somebody who provides tracing for the process. */
interface Owner {
  readonly tracing: Tracing;
  /** Whether it steps back for others: a span processor in a host's own pipeline. */
  readonly isFallback: boolean;
}

const OWNERS_KEY = Symbol.for("respan-instructor.owners.1");

/** All who provide tracing now, in every copy of this package; the last one's is in the slot. */
const owners = ((globalThis as Record<symbol, unknown>)[OWNERS_KEY] ??= []) as Owner[];

/**
 * Puts tracing into the slot. The newest telemetry has it; a fallback has it only where no telemetry is.
 * @returns gives it back: the slot goes to the one before, or is empty again
 */
export function provideTracing(tracing: Tracing, isFallback: boolean): () => void {
  const owner: Owner = { tracing, isFallback };
  const firstTelemetry = owners.findIndex((other) => !other.isFallback);
  owners.splice(isFallback && firstTelemetry !== -1 ? firstTelemetry : owners.length, 0, owner);
  fillSlot();
  return () => {
    const at = owners.indexOf(owner);
    if (at === -1) return;
    owners.splice(at, 1);
    fillSlot();
  };
}

/** Whether a telemetry (not just a span processor) provides tracing now. */
export function hasTelemetry(): boolean {
  return owners.some((owner) => !owner.isFallback);
}

function fillSlot(): void {
  slot.tracing = owners.at(-1)?.tracing;
}
