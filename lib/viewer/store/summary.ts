import type { ApiTokens, TraceSummary } from "../api.js";
import { costSum } from "../cost/cost-sum.js";
import type { SpanFacts } from "./span-facts.js";
import { parentOf } from "./trace-calls.js";
import type { HeldCall, Spans } from "./trace-calls.js";

/** How far up a span's ancestors are looked through. */
const MAX_ANCESTORS = 64;

/** A trace's line in the list, from what is held of its spans; there is at least one. */
export function summaryOf(traceId: string, spans: Spans, calls: readonly HeldCall[]): TraceSummary {
  const inOrder = [...spans.values()].map(({ facts }) => facts).sort((a, b) => a.startTime - b.startTime);
  const first = inOrder.find(({ parentSpanId }) => parentSpanId === undefined) ?? inOrder[0];
  if (first === undefined) throw new Error("a trace has at least one span");
  // The root speaks for its trace; what it does not say, the earliest span that does.
  const said = (fact: "workflow" | "customer" | "thread" | "service" | "model"): string | undefined =>
    first[fact] ?? inOrder.find((span) => span[fact] !== undefined)?.[fact];
  const startTime = inOrder[0]?.startTime ?? first.startTime;
  const endTime = inOrder.reduce((latest, span) => Math.max(latest, span.endTime), startTime);
  const errorCount = inOrder.filter(({ isError }) => isError).length;
  const attempts = sum(inOrder.map((span) => span.attempts));
  return {
    traceId,
    name: first.name,
    ...optional("workflow", said("workflow")),
    ...optional("customer", said("customer")),
    ...optional("thread", said("thread")),
    ...optional("service", said("service")),
    ...optional("model", said("model")),
    startTime,
    durationMs: Math.round((endTime - startTime) * 1e3) / 1e3,
    status: errorCount > 0 ? "error" : "ok",
    spanCount: inOrder.length,
    errorCount,
    ...optional("attempts", attempts),
    tokens: tokensOf(inOrder, spans),
    cost: costSum(calls, ({ facts }) => facts.call.usd),
  };
}

function tokensOf(inOrder: readonly SpanFacts[], spans: Spans): ApiTokens {
  const counted = inOrder.filter((span) => span.tokens !== undefined && !isCountedAbove(span, spans));
  return {
    ...optional("input", sum(counted.map(({ tokens }) => tokens?.input))),
    ...optional("output", sum(counted.map(({ tokens }) => tokens?.output))),
    ...optional("total", sum(counted.map(({ tokens }) => tokens?.total))),
  };
}

/** Other SDKs report usage on an agent's span and again on each call below it: the outermost one counts. */
function isCountedAbove(span: SpanFacts, spans: Spans): boolean {
  let ancestor = parentOf(span, spans);
  for (let up = 0; ancestor !== undefined && up < MAX_ANCESTORS; up++) {
    if (ancestor === span) return false;
    if (ancestor.tokens !== undefined) return true;
    ancestor = parentOf(ancestor, spans);
  }
  return false;
}

function sum(counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length > 0 ? known.reduce((total, count) => total + count, 0) : undefined;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  const found: Partial<Record<Key, Value>> = {};
  if (value !== undefined) found[key] = value;
  return found;
}
