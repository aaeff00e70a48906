import type { TraceDetail, TraceList, TraceSummary } from "../../viewer/api.js";
import type { TraceQuery } from "../../viewer/store/trace-query.js";

/** Which traces are meant, and how many of them. */
export type TraceSearch = Partial<TraceQuery>;

/** Where traces are read from: a running `dev`, or a folder that one has written to. */
export interface TraceSource {
  /** For messages: `at http://127.0.0.1:4319`, `in ./traces`. */
  readonly place: string;
  list(search: TraceSearch): Promise<TraceList>;
  find(traceId: string): Promise<TraceDetail | undefined>;
}

const PAGE = 200;

/** Every trace that fits, newest first, page by page. */
export async function* everyTrace(source: TraceSource, search: TraceSearch): AsyncGenerator<TraceSummary> {
  let before: string | undefined;
  do {
    const page: TraceList = await source.list({ ...search, limit: PAGE, before });
    yield* page.traces;
    before = page.next;
  } while (before !== undefined);
}
