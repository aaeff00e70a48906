import type { DroppedCounts, TraceList, TraceSummary } from "../../api.js";
import { fetchTraces } from "../client.js";
import { isFiltered } from "../model/route.js";
import type { Filter } from "../model/route.js";
import { fitsFields, TraceRows } from "../model/trace-rows.js";

/** The first page is small, so that it is there at once; the rest follows in large ones. */
const FIRST_PAGE = 200;
const NEXT_PAGE = 2000;
/** A browser holds this many with ease; what is older is found by a filter. */
const MOST_ROWS = 20_000;
const SETTLE_MS = 150;
const RECOUNT_MS = 1000;

export interface ListSnapshot {
  readonly rows: readonly TraceSummary[];
  readonly matching: number;
  readonly total: number;
  readonly dropped: DroppedCounts;
  readonly isLoading: boolean;
  readonly error?: string;
}

/** The traces that fit a filter: loaded page by page, then kept up to date by the server's events. */
export class LiveTraceList {
  readonly #rows = new TraceRows();
  readonly #changed: (snapshot: ListSnapshot) => void;
  #filter: Filter = {};
  #requests = new AbortController();
  #arrived: TraceSummary[] = [];
  #settling: ReturnType<typeof setTimeout> | undefined;
  #recounting: ReturnType<typeof setTimeout> | undefined;
  #snapshot: ListSnapshot = { rows: [], matching: 0, total: 0, dropped: { traces: 0, spans: 0 }, isLoading: true };

  constructor(changed: (snapshot: ListSnapshot) => void) {
    this.#changed = changed;
  }

  /** Reads the list anew. What was shown stays until the first page is there. */
  load(filter: Filter): void {
    this.#requests.abort();
    this.#requests = new AbortController();
    this.#filter = filter;
    this.#arrived = [];
    this.#publish({ isLoading: true });
    void this.#loadPages(filter, this.#requests.signal);
  }

  /** A trace is new or has changed. */
  update(trace: TraceSummary): void {
    this.#recounting ??= setTimeout(() => this.#recount(), RECOUNT_MS);
    if (this.#filter.q !== undefined) return;
    this.#arrived.push(trace);
    this.#settling ??= setTimeout(() => this.#settle(), SETTLE_MS);
  }

  updateDropped(dropped: DroppedCounts): void {
    this.#publish({ dropped });
    this.#recounting ??= setTimeout(() => this.#recount(), RECOUNT_MS);
  }

  close(): void {
    this.#requests.abort();
    clearTimeout(this.#settling);
    clearTimeout(this.#recounting);
  }

  async #loadPages(filter: Filter, signal: AbortSignal): Promise<void> {
    try {
      const first = await fetchTraces({ filter, limit: FIRST_PAGE }, signal);
      this.#rows.clear();
      this.#take(first);
      for (let { next } = first; next !== undefined && this.#rows.size < MOST_ROWS;) {
        const page = await fetchTraces({ filter, limit: NEXT_PAGE, before: next }, signal);
        if (page.traces.length === 0) break;
        this.#take(page);
        next = page.next;
      }
      this.#publish({ isLoading: false });
    } catch (error) {
      if (signal.aborted) return;
      this.#publish({ isLoading: false, error: error instanceof Error ? error.message : String(error) });
    }
  }

  #take({ traces, matching, total, dropped }: TraceList): void {
    this.#rows.add(traces);
    const { error: _, ...before } = this.#snapshot;
    this.#snapshot = { ...before, matching, total, dropped };
    this.#publish({});
  }

  #settle(): void {
    this.#settling = undefined;
    const { matching, total } = this.#snapshot;
    const arrived = this.#arrived.splice(0);
    for (const trace of arrived) if (!fitsFields(trace, this.#filter)) this.#rows.remove(trace.traceId);
    const added = this.#rows.add(arrived.filter((trace) => fitsFields(trace, this.#filter)));
    this.#publish({ matching: matching + added, total: isFiltered(this.#filter) ? total : total + added });
  }

  /** Asks for the newest traces and the counts, which events alone do not tell. */
  #recount(): void {
    const { signal } = this.#requests;
    fetchTraces({ filter: this.#filter, limit: FIRST_PAGE }, signal).then(
      (list) => {
        this.#recounting = undefined;
        if (signal.aborted) return;
        this.#take(list);
        if (list.matching < this.#rows.size) this.#rows.keepNewest(list.matching);
        this.#publish({});
      },
      () => {
        this.#recounting = undefined;
      },
    );
  }

  #publish(change: Partial<ListSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change, rows: this.#rows.all };
    this.#changed(this.#snapshot);
  }
}
