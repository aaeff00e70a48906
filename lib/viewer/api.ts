/**
 * The JSON that the local page and everything else reads: `GET /api/traces`, `GET /api/traces/:id`, and the server-sent
 * events of `GET /api/events`. Times are milliseconds since 1970 unless a name says otherwise.
 */

/** An attribute's value as OTLP carries it; bytes are base64 text, a 64-bit integer beyond 2^53 is text. */
export type ApiValue = string | number | boolean | null | readonly ApiValue[] | { readonly [key: string]: ApiValue };

export type ApiAttributes = Readonly<Record<string, ApiValue>>;

/** Sums over a trace's attempts; a count that no span reported is absent. */
export interface ApiTokens {
  readonly input?: number;
  readonly output?: number;
  readonly total?: number;
}

/** What calls cost. Without a known price or known tokens a call has no cost, which is not the same as 0. */
export interface ApiCost {
  /** US dollars of the calls whose cost is known; absent where none is. */
  readonly usd?: number;
  /** Calls that the sum is without, because their price or tokens are not known. */
  readonly unknownCalls: number;
}

/** A line of the list: what is known of a trace so far. */
export interface TraceSummary {
  readonly traceId: string;
  /** The root span's name, or the earliest span's where no root has arrived. */
  readonly name: string;
  readonly workflow?: string;
  readonly customer?: string;
  readonly thread?: string;
  readonly service?: string;
  readonly model?: string;
  readonly startTime: number;
  readonly durationMs: number;
  readonly status: "ok" | "error";
  readonly spanCount: number;
  readonly errorCount: number;
  /** Attempts of all structured calls in the trace; absent where there was none. */
  readonly attempts?: number;
  readonly tokens: ApiTokens;
  readonly cost: ApiCost;
}

/** What no longer is in the store, since it started. */
export interface DroppedCounts {
  readonly traces: number;
  readonly spans: number;
}

/**
 * `GET /api/traces?limit=100&before=CURSOR&workflow=&customer=&thread=&service=&q=&status=error`: newest first, 10,000 at
 * most. `q` finds text in names, attributes, events and status messages of a trace's spans, whatever its case; the others
 * are whole values.
 */
export interface TraceList {
  readonly traces: readonly TraceSummary[];
  /** How many traces fit the filter, on this page or not. */
  readonly matching: number;
  /** How many traces are held in all. */
  readonly total: number;
  readonly dropped: DroppedCounts;
  /** What to send as `before` for the next page; absent on the last one. */
  readonly next?: string;
}

export interface ApiEvent {
  readonly name: string;
  readonly time: number;
  readonly attributes: ApiAttributes;
}

export interface ApiLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: ApiAttributes;
}

export interface ApiSpan {
  readonly spanId: string;
  /** Absent on a root. It may name a span that has not arrived. */
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: "internal" | "server" | "client" | "producer" | "consumer" | "unspecified";
  readonly startTime: number;
  readonly durationMs: number;
  readonly status: { readonly code: "unset" | "ok" | "error"; readonly message?: string };
  readonly attributes: ApiAttributes;
  readonly events: readonly ApiEvent[];
  readonly links: readonly ApiLink[];
  /** Attributes of the service. */
  readonly resource: ApiAttributes;
  readonly scope: { readonly name: string; readonly version?: string };
}

/** `GET /api/traces/:id`: 404 with `{"error": "…"}` where the store does not hold it. */
export interface TraceDetail {
  readonly summary: TraceSummary;
  /** In order of their start. */
  readonly spans: readonly ApiSpan[];
  /** By span id: what each model call cost, and each of its attempts; null where it is not known. */
  readonly costs: Readonly<Record<string, CallCost>>;
}

export interface CallCost {
  readonly usd: number | null;
  readonly attempts: readonly (number | null)[];
}

/** Where prices come from. */
export interface PriceTable {
  readonly name: string;
  readonly version: string;
  /** The day on which the table was released. */
  readonly date: string;
  /** The file with the user's own prices, which come first. */
  readonly ownFile?: string;
}

/**
 * Events of `GET /api/events`: `trace` with a {@link TraceSummary} each time a trace has changed (at most twice a second
 * for one trace), `dropped` with {@link DroppedCounts}, and `hello` with a {@link Hello} at the start of a connection: a
 * page that sees another `startedAt` than before reads the list anew. A page reads the list after the first `hello`, and
 * then misses nothing: a connection that is made again goes on where the last one ended.
 */
export interface Hello {
  readonly startedAt: number;
  readonly version: string;
}

/** What `/api/quality`, `/api/costs`, `/api/calls` and `/api/export` can be narrowed to: whole values, times in milliseconds. */
export interface CallFilter {
  readonly responseModel?: string;
  readonly schema?: string;
  readonly mode?: string;
  readonly model?: string;
  readonly workflow?: string;
  readonly customer?: string;
  readonly thread?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** How structured calls went: of one response model, schema version, mode and model. */
export interface QualityRow {
  readonly responseModel?: string;
  /** The schema's hash. */
  readonly schema?: string;
  readonly mode?: string;
  readonly model?: string;
  readonly calls: number;
  /** Calls whose first attempt succeeded. */
  readonly firstAttemptSuccesses: number;
  /** Calls that ended without a result. */
  readonly failures: number;
  readonly attempts: number;
  readonly failedAttempts: number;
  /** Attempts whose answer did not fit the schema, and how many of these say why (content was on). */
  readonly validationFailures: number;
  readonly explainedFailures: number;
  /** Milliseconds that the calls took. */
  readonly latency: Percentiles;
  readonly tokens: ApiTokens;
  readonly cost: ApiCost;
  /** What the failed attempts took; `unknownCalls` counts attempts here. */
  readonly failedTokens: ApiTokens;
  readonly failedCost: ApiCost;
  readonly firstCallAt: number;
  readonly lastCallAt: number;
}

/** A field that failed, by its path with `[]` for each index, and by the code. */
export interface FieldFailure {
  readonly responseModel?: string;
  readonly path: string;
  readonly code: string;
  /** How many attempts had it, and of how many calls. */
  readonly attempts: number;
  readonly calls: number;
  /** The newest calls that had it, five at most. */
  readonly examples: readonly CallPlace[];
}

export interface CallPlace {
  readonly traceId: string;
  readonly spanId: string;
}

/** What happened in a stretch of time. */
export interface QualityPeriod {
  readonly start: number;
  readonly calls: number;
  readonly firstAttemptSuccesses: number;
  readonly failures: number;
}

/** `GET /api/quality` with a {@link CallFilter}: the rows with the most calls first, the fields that fail most first. */
export interface QualityReport {
  readonly rows: readonly QualityRow[];
  readonly fields: readonly FieldFailure[];
  /** Stretches of equal length, first to last; empty ones are included. */
  readonly periods: readonly QualityPeriod[];
  readonly periodMillis: number;
  readonly prices: PriceTable;
}

/** `GET /api/costs?by=customer|thread|workflow|model|service` with a {@link CallFilter}: the most expensive first. */
export interface CostReport {
  readonly rows: readonly CostRow[];
  readonly total: Omit<CostRow, "key">;
  readonly prices: PriceTable;
}

export interface CostRow {
  /** Absent on the row of the calls that do not say. */
  readonly key?: string;
  readonly calls: number;
  readonly threads: number;
  readonly tokens: ApiTokens;
  readonly cost: ApiCost;
  readonly failedCost: ApiCost;
  readonly firstCallAt: number;
  readonly lastCallAt: number;
}

/** `GET /api/calls?limit=200&after=CURSOR` with a {@link CallFilter}: model calls, first to last. */
export interface CallList {
  readonly calls: readonly CallLine[];
  readonly matching: number;
  /** What to send as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

export interface CallLine extends CallPlace {
  readonly startTime: number;
  readonly durationMs: number;
  readonly status: "ok" | "error";
  readonly workflow?: string;
  readonly thread?: string;
  readonly responseModel?: string;
  readonly model?: string;
  readonly attempts: number;
  readonly tokens: ApiTokens;
  readonly usd: number | null;
  /** The last message of the user and the result, as far as they were recorded; cut after some length. */
  readonly asked?: string;
  readonly answered?: string;
}
