import type { DeliveryCounts } from "../delivery/delivery-counts.js";

/** The mark of a span processor of ours, in any copy of this package. */
export const SPAN_PROCESSOR_KEY = Symbol.for("respan-instructor.span-processor.1");

/** What a telemetry over somebody else's provider asks of the processor that the provider carries. */
export interface CarriedProcessor {
  flush(): Promise<DeliveryCounts>;
  stats(): DeliveryCounts;
  /**
   * Whether it was given this very value, by option or variable.
   * @internal as in the class, or the declarations of the two would not fit
   */
  has(option: "apiKey" | "baseUrl", value: string): boolean;
}

const DEEPEST = 6;
const MOST = 2_000;

/**
 * Finds our processor in a provider. OpenTelemetry has no question for it, so this looks through what the provider
 * holds, its wrappers included.
 */
export function carriedProcessor(provider: object): CarriedProcessor | undefined {
  let level: object[] = [provider];
  const seen = new Set<object>(level);
  for (let depth = 0; depth <= DEEPEST && level.length > 0; depth++) {
    const next: object[] = [];
    for (const holder of level) {
      if (SPAN_PROCESSOR_KEY in holder) return holder as unknown as CarriedProcessor;
      for (const held of heldBy(holder)) {
        if (seen.has(held) || seen.size >= MOST) continue;
        seen.add(held);
        next.push(held);
      }
    }
    level = next;
  }
  return undefined;
}

/** Objects in an object's own fields; accessors are left alone. */
function heldBy(holder: object): object[] {
  try {
    return Object.values(Object.getOwnPropertyDescriptors(holder))
      .map((field): unknown => field.value)
      .filter((value): value is object => typeof value === "object" && value !== null);
  } catch {
    return [];
  }
}
