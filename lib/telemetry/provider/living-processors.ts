import type { DeliveryCounts } from "../delivery/delivery-counts.js";

/** A `RespanSpanProcessor` that has not been shut down, of any copy of this package. */
export interface LivingProcessor {
  flush(): Promise<DeliveryCounts>;
  stats(): DeliveryCounts;
  /** Whether it was given this very value, by option or variable. */
  has(option: "apiKey" | "baseUrl", value: string): boolean;
}

interface ProcessorSlot {
  readonly living: Set<LivingProcessor>;
  /** While a span of ours starts whose processors are wanted: those that were told of it. */
  told: Set<LivingProcessor> | undefined;
}

const SLOT_KEY = Symbol.for("respan-instructor.processors.1");

/** Shared by every copy of this package in the process. */
const slot = ((globalThis as Record<symbol, unknown>)[SLOT_KEY] ??= {
  living: new Set(),
  told: undefined,
}) as ProcessorSlot; // Only this module writes it.

/** All that live now. */
export const livingProcessors: ReadonlySet<LivingProcessor> = slot.living;

/** @returns takes it out of the living */
export function registerProcessor(processor: LivingProcessor): () => void {
  slot.living.add(processor);
  return () => slot.living.delete(processor);
}

/** Called by a processor when it was told of a span that started. */
export function noteStarted(processor: LivingProcessor): void {
  slot.told?.add(processor);
}

/** Runs `start`, and gives the processors that were told of the span which it starts. */
export function processorsTold<R>(start: () => R): readonly [R, ReadonlySet<LivingProcessor>] {
  const told = new Set<LivingProcessor>();
  slot.told = told;
  try {
    return [start(), told];
  } finally {
    slot.told = undefined;
  }
}
