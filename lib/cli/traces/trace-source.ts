import { resolve } from "node:path";
import { isLoopback } from "../../telemetry/exporter/loopback.js";
import type { TraceDetail, TraceList, TraceSummary } from "../../viewer/api.js";
import type { TraceQuery } from "../../viewer/store/trace-query.js";
import { RESPAN_BASE_URL } from "../../wire/environment.js";
import { DEFAULT_PORT } from "../dev/dev.js";
import { HttpSource } from "./http-source.js";
import { StoreSource } from "./store-source.js";

/** Which traces are meant, and how many of them. */
export type TraceSearch = Partial<TraceQuery>;

/** Where traces are read from: a running `dev`, or a folder that one has written to. */
export interface TraceSource {
  /** For messages: `at http://127.0.0.1:4319`, `in ./traces`. */
  readonly place: string;
  list(search: TraceSearch): Promise<TraceList>;
  find(traceId: string): Promise<TraceDetail | undefined>;
}

/** The options of every command that reads traces. */
export interface SourceOptions {
  readonly url?: string;
  readonly token?: string;
  readonly store?: string;
}

const PAGE = 200;

/** @throws Error where there is nothing to read from */
export function openSource({ url, token, store }: SourceOptions): Promise<TraceSource> {
  if (store !== undefined) {
    if (url !== undefined) throw new Error("--url and --store cannot be given together");
    return StoreSource.open(resolve(store));
  }
  return Promise.resolve(new HttpSource(url ?? defaultAddress(process.env), token));
}

/** Every trace that fits, newest first, page by page. */
export async function* everyTrace(source: TraceSource, search: TraceSearch): AsyncGenerator<TraceSummary> {
  let before: string | undefined;
  do {
    const page: TraceList = await source.list({ ...search, limit: PAGE, before });
    yield* page.traces;
    before = page.next;
  } while (before !== undefined);
}

/** The program beside this command may have been told where `dev` is. */
function defaultAddress(env: NodeJS.ProcessEnv): string {
  const baseUrl = env[RESPAN_BASE_URL]?.trim() ?? "";
  if (URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname)) return new URL(baseUrl).origin;
  return `http://127.0.0.1:${DEFAULT_PORT}`;
}
