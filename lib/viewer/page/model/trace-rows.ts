import type { TraceSummary } from "../../api.js";
import type { Filter } from "./route.js";
import { FILTER_FIELDS } from "./route.js";

/** The traces of the list, newest first; a changed trace replaces what was known of it. */
export class TraceRows {
  readonly #byId = new Map<string, TraceSummary>();
  #sorted: readonly TraceSummary[] | undefined = [];

  get size(): number {
    return this.#byId.size;
  }

  get all(): readonly TraceSummary[] {
    this.#sorted ??= [...this.#byId.values()].sort(
      (a, b) => b.startTime - a.startTime || (a.traceId < b.traceId ? -1 : 1),
    );
    return this.#sorted;
  }

  /** How many of them were not there before. */
  add(traces: readonly TraceSummary[]): number {
    const before = this.#byId.size;
    for (const trace of traces) this.#byId.set(trace.traceId, trace);
    if (traces.length > 0) this.#sorted = undefined;
    return this.#byId.size - before;
  }

  /** Keeps only the newest: the server has dropped older ones. */
  keepNewest(count: number): void {
    if (this.#byId.size <= count) return;
    for (const { traceId } of this.all.slice(count)) this.#byId.delete(traceId);
    this.#sorted = this.all.slice(0, count);
  }

  remove(traceId: string): void {
    if (this.#byId.delete(traceId)) this.#sorted = undefined;
  }

  clear(): void {
    this.#byId.clear();
    this.#sorted = [];
  }
}

/** Whether a trace fits a filter; full text only the server can tell. */
export function fitsFields(trace: TraceSummary, filter: Filter): boolean {
  if (filter.status !== undefined && trace.status !== filter.status) return false;
  return FILTER_FIELDS.every((field) => filter[field] === undefined || trace[field] === filter[field]);
}

/** Values to choose a filter from: the commonest first, at most 200 of each. */
export function filterChoices(
  traces: readonly TraceSummary[],
  field: (typeof FILTER_FIELDS)[number],
): readonly string[] {
  const counts = new Map<string, number>();
  for (const trace of traces) {
    const value = trace[field];
    if (value !== undefined && value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, 200)
    .map(([value]) => value);
}
