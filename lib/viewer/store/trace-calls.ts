import { isStructured } from "./call-facts.js";
import type { CallFacts } from "./call-facts.js";
import type { SpanFacts } from "./span-facts.js";

/** How far up a span's ancestors are looked through. */
const MAX_ANCESTORS = 64;

/** A trace's spans by their ids. */
export type Spans = ReadonlyMap<string, { readonly facts: SpanFacts }>;

/** A model call, and where its span is held. */
export interface HeldCall {
  readonly traceId: string;
  readonly spanId: string;
  readonly facts: SpanFacts & { readonly call: CallFacts };
}

/**
 * A trace's model calls, each once: other SDKs repeat usage on the spans around a call, and an instrumentation of the
 * provider's client repeats it on a span below a structured call.
 */
export function callsOf(traceId: string, spans: Spans): readonly HeldCall[] {
  const calls: HeldCall[] = [];
  const around = new Set<SpanFacts>();
  for (const [spanId, { facts }] of spans) {
    if (hasCall(facts) && !isWithinStructured(facts, spans, around)) calls.push({ traceId, spanId, facts });
  }
  return around.size === 0 ? calls : calls.filter(({ facts }) => isStructured(facts.call) || !around.has(facts));
}

/** Walks up to a structured call, or to the root; notes the calls on the way. */
function isWithinStructured(facts: SpanFacts, spans: Spans, around: Set<SpanFacts>): boolean {
  let ancestor = parentOf(facts, spans);
  for (let up = 0; ancestor !== undefined && ancestor !== facts && up < MAX_ANCESTORS; up++) {
    if (ancestor.call !== undefined) {
      if (isStructured(ancestor.call) && (facts.call === undefined || !isStructured(facts.call))) return true;
      around.add(ancestor);
    }
    ancestor = parentOf(ancestor, spans);
  }
  return false;
}

export function parentOf({ parentSpanId }: SpanFacts, spans: Spans): SpanFacts | undefined {
  return parentSpanId === undefined ? undefined : spans.get(parentSpanId)?.facts;
}

function hasCall(facts: SpanFacts): facts is SpanFacts & { readonly call: CallFacts } {
  return facts.call !== undefined;
}
