export interface Filter {
  readonly workflow?: string;
  readonly customer?: string;
  readonly thread?: string;
  readonly service?: string;
  readonly status?: "ok" | "error";
  readonly q?: string;
}

export const FILTER_FIELDS = ["workflow", "customer", "thread", "service"] as const;

/** Pages about many calls together, and what each of them is asked. */
const ANALYSES = {
  quality: ["responseModel", "schema", "mode", "model", "compare", "with"],
  costs: ["by", "customer"],
  calls: ["customer", "thread"],
} as const;

export type AnalysisPage = keyof typeof ANALYSES;

/** Parameters of an analysis page; empty ones are absent. */
export type AnalysisQuery = Readonly<Partial<Record<string, string>>>;

export type Route =
  | { readonly page: "traces"; readonly filter: Filter }
  | { readonly page: AnalysisPage; readonly query: AnalysisQuery }
  | { readonly page: "trace"; readonly traceId: string; readonly spanId?: string; readonly tab?: string };

/** Reads the hash of a permalink: `#/?customer=acme&status=error`, `#/traces/ID`, `#/traces/ID/spans/ID?tab=messages`, `#/costs?by=thread`. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const analysis = (Object.keys(ANALYSES) as AnalysisPage[]).find((page) => path === `/${page}`);
  if (analysis !== undefined) return { page: analysis, query: queryOf(analysis, parameters) };
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
  if (route.page !== "trace") {
    const query = analysisParameters(route.query).toString();
    return query === "" ? `#/${route.page}` : `#/${route.page}?${query}`;
  }
  const span = route.spanId === undefined ? "" : `/spans/${encodeURIComponent(route.spanId)}`;
  const tab = route.tab === undefined ? "" : `?${new URLSearchParams({ tab: route.tab }).toString()}`;
  return `#/traces/${encodeURIComponent(route.traceId)}${span}${tab}`;
}

function queryOf(page: AnalysisPage, parameters: URLSearchParams): AnalysisQuery {
  const found = ANALYSES[page].map((name) => [name, parameters.get(name) ?? ""] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== ""));
}

/** As the address of the page and of the API have it. */
export function analysisParameters(query: AnalysisQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value) parameters.set(name, value);
  return parameters;
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
