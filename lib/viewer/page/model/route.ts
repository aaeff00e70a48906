export interface Filter {
  readonly workflow?: string;
  readonly customer?: string;
  readonly thread?: string;
  readonly service?: string;
  readonly status?: "ok" | "error";
  readonly q?: string;
}

export const FILTER_FIELDS = ["workflow", "customer", "thread", "service"] as const;

export type Route =
  | { readonly page: "traces"; readonly filter: Filter }
  | { readonly page: "trace"; readonly traceId: string; readonly spanId?: string; readonly tab?: string };

/** Reads the hash of a permalink: `#/?customer=acme&status=error`, `#/traces/ID`, `#/traces/ID/spans/ID?tab=messages`. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const [, trace, spans] = /^\/traces\/([^/]+)(?:\/spans\/([^/]+))?\/?$/.exec(path) ?? [];
  if (trace === undefined) return { page: "traces", filter: filterOf(parameters) };
  const tab = parameters.get("tab");
  return {
    page: "trace",
    traceId: decoded(trace),
    ...(spans !== undefined && { spanId: decoded(spans) }),
    ...(tab !== null && { tab }),
  };
}

export function routeHash(route: Route): string {
  if (route.page === "traces") {
    const query = filterQuery(route.filter).toString();
    return query === "" ? "#/" : `#/?${query}`;
  }
  const span = route.spanId === undefined ? "" : `/spans/${encodeURIComponent(route.spanId)}`;
  const tab = route.tab === undefined ? "" : `?${new URLSearchParams({ tab: route.tab }).toString()}`;
  return `#/traces/${encodeURIComponent(route.traceId)}${span}${tab}`;
}

export function filterQuery(filter: Filter): URLSearchParams {
  const query = new URLSearchParams();
  for (const field of [...FILTER_FIELDS, "status", "q"] as const) {
    const value = filter[field];
    if (value !== undefined && value !== "") query.set(field, value);
  }
  return query;
}

function filterOf(query: URLSearchParams): Filter {
  const filter: { -readonly [key in keyof Filter]: Filter[key] } = {};
  for (const field of [...FILTER_FIELDS, "q"] as const) {
    const value = query.get(field);
    if (value !== null && value !== "") filter[field] = value;
  }
  const status = query.get("status");
  if (status === "ok" || status === "error") filter.status = status;
  return filter;
}

export function isFiltered(filter: Filter): boolean {
  return filterQuery(filter).size > 0;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
