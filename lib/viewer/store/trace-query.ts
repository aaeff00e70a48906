import type { ApiSpan, ApiValue, TraceList, TraceSummary } from "../api.js";
import type { HeldTrace } from "./held-trace.js";
import { compare } from "./trace-store.js";
import type { TracePlace, TraceStore } from "./trace-store.js";

export interface TraceQuery {
  readonly limit: number;
  /** The cursor that the page before this one ended with. */
  readonly before: string | undefined;
  readonly workflow: string | undefined;
  readonly customer: string | undefined;
  readonly thread: string | undefined;
  readonly service: string | undefined;
  readonly status: "ok" | "error" | undefined;
  /** Text to be found in names, attributes and events, whatever its case. */
  readonly text: string | undefined;
}

/** The newest traces, whatever they are. */
export const NEWEST_TRACES: TraceQuery = {
  limit: 100,
  before: undefined,
  workflow: undefined,
  customer: undefined,
  thread: undefined,
  service: undefined,
  status: undefined,
  text: undefined,
};

/** How long a search works before it lets requests in between. */
const SLICE_MILLIS = 15;

/** The traces that fit, newest first. A search through texts lets other requests in between. */
export async function queryTraces(store: TraceStore, query: TraceQuery): Promise<TraceList> {
  const matches = matcherOf(query);
  const found: TraceSummary[] = [];
  let sliceEnd = performance.now() + SLICE_MILLIS;
  for (const trace of store.newestFirst()) {
    if (fits(trace.summary, query) && matches(trace)) found.push(trace.summary);
    if (query.text === undefined || performance.now() < sliceEnd) continue;
    await new Promise(setImmediate);
    sliceEnd = performance.now() + SLICE_MILLIS;
  }
  const after = query.before === undefined ? undefined : readCursor(query.before);
  const rest = after === undefined ? found : found.filter((summary) => compare(after, summary) < 0);
  const traces = rest.slice(0, query.limit);
  const last = traces.at(-1);
  return {
    traces,
    matching: found.length,
    total: store.size,
    dropped: store.dropped,
    ...(last !== undefined && rest.length > traces.length && { next: `${last.startTime}-${last.traceId}` }),
  };
}

function fits(summary: TraceSummary, query: TraceQuery): boolean {
  const { workflow, customer, thread, service, status } = query;
  return (
    (workflow === undefined || summary.workflow === workflow) &&
    (customer === undefined || summary.customer === customer) &&
    (thread === undefined || summary.thread === thread) &&
    (service === undefined || summary.service === service) &&
    (status === undefined || summary.status === status)
  );
}

function readCursor(cursor: string): TracePlace {
  const [, startTime = "0", traceId = ""] = /^(.*)-(.*)$/.exec(cursor) ?? [];
  return { startTime: Number(startTime), traceId };
}

function matcherOf({ text }: TraceQuery): (trace: HeldTrace) => boolean {
  if (text === undefined || text === "") return () => true;
  const sought = new RegExp(escaped(text), "iu");
  // In a span's JSON the text stands as JSON writes it.
  const soughtInJson = new RegExp(escaped(JSON.stringify(text).slice(1, -1)), "iu");
  return (trace) => {
    for (const json of trace.ownTexts()) {
      // What the JSON adds (the API's own field names, numbers, ids) is no find: only a likely span is parsed.
      if (soughtInJson.test(json) && isIn(JSON.parse(json) as ApiSpan, sought)) return true;
    }
    return false;
  };
}

function isIn({ name, attributes, events, status }: ApiSpan, sought: RegExp): boolean {
  if (sought.test(name) || sought.test(status.message ?? "") || isInValue(attributes, sought)) return true;
  return events.some((event) => sought.test(event.name) || isInValue(event.attributes, sought));
}

function isInValue(value: ApiValue, sought: RegExp): boolean {
  if (value === null) return false;
  if (typeof value !== "object") return sought.test(String(value));
  return Object.entries(value).some(
    ([key, item]) => (!Array.isArray(value) && sought.test(key)) || isInValue(item, sought),
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
