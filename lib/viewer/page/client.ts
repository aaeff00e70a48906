import type { TraceDetail, TraceList } from "../api.js";
import { filterQuery } from "./model/route.js";
import type { Filter } from "./model/route.js";

/** An answer of the API other than 200. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
  }
}

export async function get<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(path, { signal, headers: { accept: "application/json" } });
  if (!response.ok) throw new ApiError(response.status, `The server answered ${response.status} to ${path}.`);
  // The server's own types, in ../api.ts.
  return (await response.json()) as Answer;
}

export interface ListQuery {
  readonly filter: Filter;
  readonly limit: number;
  readonly before?: string | undefined;
}

export function fetchTraces({ filter, limit, before }: ListQuery, signal: AbortSignal): Promise<TraceList> {
  const query = filterQuery(filter);
  query.set("limit", String(limit));
  if (before !== undefined) query.set("before", before);
  return get<TraceList>(`/api/traces?${query.toString()}`, signal);
}

export function fetchTrace(traceId: string, signal: AbortSignal): Promise<TraceDetail> {
  return get<TraceDetail>(`/api/traces/${encodeURIComponent(traceId)}`, signal);
}
