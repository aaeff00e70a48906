import type { TraceDetail, TraceSummary } from "../../viewer/api.js";
import { everyTrace } from "./trace-source.js";
import type { TraceSearch, TraceSource } from "./trace-source.js";

/** Whether the name is the trace's own: its workflow's or its root span's. */
export function isNamed({ workflow, name }: TraceSummary, wanted: string): boolean {
  return workflow === wanted || name === wanted;
}

/** The traces that have a span of this name, with their spans, newest first. */
export async function* tracesWithSpan(
  source: TraceSource,
  name: string,
  search: TraceSearch,
): AsyncGenerator<TraceDetail> {
  // The search finds the name anywhere in a trace, so that few traces are read that do not have the span.
  for await (const { traceId } of everyTrace(source, { ...search, text: name })) {
    const detail = await source.find(traceId);
    if (detail?.spans.some((span) => span.name === name) === true) yield detail;
  }
}
