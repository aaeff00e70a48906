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
