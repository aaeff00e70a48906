import type { CallFilter } from "../api.js";
import type { TraceQuery } from "../store/trace-query.js";
import { HttpError } from "./response.js";

const DEFAULT_TRACES = 100;
const MAX_TRACES = 10_000;

/** What `GET /api/traces` is asked for. */
export function traceQueryOf(parameters: URLSearchParams): TraceQuery {
  // A filter that is empty is none.
  const given = (name: string): string | undefined => parameters.getAll(name).find((value) => value !== "");
  const status = given("status");
  if (status !== undefined && status !== "ok" && status !== "error") {
    throw new HttpError(400, 'status must be "ok" or "error"');
  }
  return {
    limit: limitOf(parameters, DEFAULT_TRACES, MAX_TRACES),
    before: given("before"),
    workflow: given("workflow"),
    customer: given("customer"),
    thread: given("thread"),
    service: given("service"),
    status,
    text: given("q"),
  };
}

/** What questions about many calls are narrowed to. */
export function filterOf(parameters: URLSearchParams): CallFilter {
  const filter: { -readonly [Name in keyof CallFilter]: CallFilter[Name] } = {};
  for (const name of ["responseModel", "schema", "mode", "model", "workflow", "customer", "thread"] as const) {
    const value = parameters.get(name);
    if (value !== null && value !== "") filter[name] = value;
  }
  for (const name of ["from", "to"] as const) {
    const text = parameters.get(name) ?? "";
    if (text === "") continue;
    if (!Number.isFinite(Number(text))) throw new HttpError(400, `${name} must be milliseconds since 1970`);
    filter[name] = Number(text);
  }
  return filter;
}

/** How many a request asks for: at most so many, and a default where it does not say. */
export function limitOf(parameters: URLSearchParams, byDefault: number, most: number): number {
  const text = parameters.get("limit") ?? "";
  const limit = text === "" ? byDefault : Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw new HttpError(400, "limit must be a positive integer");
  return Math.min(limit, most);
}
