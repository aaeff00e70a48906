import { existsSync } from "node:fs";
import type { ApiSpan, TraceDetail, TraceList } from "../../viewer/api.js";
import { readSegments } from "../../viewer/store/segments.js";
import { NEWEST_TRACES, queryTraces } from "../../viewer/store/trace-query.js";
import { TraceStore } from "../../viewer/store/trace-store.js";
import type { TraceSearch, TraceSource } from "./trace-source.js";

/** The traces that a folder of `dev --store` held when it was opened. A `dev` may be writing to it. */
export class StoreSource implements TraceSource {
  readonly place: string;
  readonly #store: TraceStore;

  private constructor(folder: string, store: TraceStore) {
    this.place = `in ${folder}`;
    this.#store = store;
  }

  static async open(folder: string): Promise<StoreSource> {
    if (!existsSync(folder)) throw new Error(`there is no folder ${folder}`);
    const store = new TraceStore();
    await readSegments(folder, (span) => store.add([span]));
    return new StoreSource(folder, store);
  }

  list(search: TraceSearch): Promise<TraceList> {
    return queryTraces(this.#store, { ...NEWEST_TRACES, ...search });
  }

  find(traceId: string): Promise<TraceDetail | undefined> {
    const trace = this.#store.find(traceId.toLowerCase());
    if (trace === undefined) return Promise.resolve(undefined);
    // The store holds the JSON of spans.
    const spans = [...trace.spanTexts()].map((text) => JSON.parse(text) as ApiSpan);
    return Promise.resolve({ summary: trace.summary, spans, costs: trace.costs() });
  }
}
