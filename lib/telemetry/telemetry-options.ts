import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus, TracerProvider } from "@opentelemetry/api";
import type { ReadableSpan, Sampler, SpanExporter, SpanProcessor, TimedEvent } from "@opentelemetry/sdk-trace-node";
import type { Agent } from "node:http";
import type { LimitsOption } from "../capture/bounds.js";
import type { RedactOption } from "../capture/masking/redactor.js";
import type { Identifier, Metadata, MetadataValue } from "../scope/propagation.js";

/** Which messages of OpenTelemetry and this package are written to stderr. */
export type LogLevel = "none" | "error" | "warn" | "info" | "debug" | "verbose" | "all";

/** A span's exported name: `legacy` is the name as it is, `semantic` is `llm.{model}`, `agent.{name}`, … */
export type SpanNameStyle = "legacy" | "semantic";

/** Values that may travel to other services as W3C baggage: customer, thread and session, and these metadata keys. */
export interface BaggageOption {
  /** Metadata keys that travel beside customer, thread and session. Default: none. */
  readonly metadata?: readonly string[] | undefined;
}

/**
 * Chooses whether a span is exported. Asked once, when the span starts, with what it was started with.
 * @param span the span as of its start
 * @param byDefault whether it would be exported without this function: spans of this package, GenAI spans that do not
 *   merely repeat a structured call, spans that name their kind, and INTERNAL spans of a program inside one of this package
 * @example `shouldExportSpan: (span, byDefault) => byDefault || span.kind === SpanKind.SERVER`
 */
export type ShouldExportSpan = (span: ReadableSpan, byDefault: boolean) => boolean;

/** The parts of a span that `spanPostprocess` may change or read. The span itself stays as it is. */
export interface EditableSpan {
  /** Its name at Respan. */
  name: string;
  /** All of them: deleting one keeps it in the process. */
  attributes: Attributes;
  /** Whether it failed, and the error's message. */
  status: SpanStatus;
  /** Attempts and exceptions among them, each with a time and attributes. */
  events: TimedEvent[];
  /** Spans of other traces that it belongs to. */
  links: Link[];
  /** `CLIENT` for a structured call, `INTERNAL` for a decorated method. */
  readonly kind: SpanKind;
  /** Seconds since 1970, and nanoseconds. */
  readonly startTime: HrTime;
  /** Seconds since 1970, and nanoseconds; never before the start. */
  readonly endTime: HrTime;
  /** Seconds and nanoseconds. */
  readonly duration: HrTime;
  /** The span that it hangs on at Respan; absent for a root. */
  readonly parentSpanContext?: SpanContext;
  /** Attributes of the service, `service.name` among them. */
  readonly resource: ReadableSpan["resource"];
  /** Who made it: `respan-instructor`, or an instrumentation. */
  readonly instrumentationScope: ReadableSpan["instrumentationScope"];
  /** Its ids and flags. */
  readonly spanContext: () => SpanContext;
}

/**
 * Changes a span before it is exported. It is given a copy, off the path of the traced call, and is not awaited.
 * Returning `false` leaves the span out; so does a throw, because what it was to take away is still there. Spans that
 * are left out count as dropped.
 * @example
 * ```ts
 * spanPostprocess: (span) => {
 *   delete span.attributes["respan.metadata.draft"];
 * }
 * ```
 */
export type SpanPostprocess = (span: EditableSpan) => unknown;

/** Options that `RespanTelemetry` and `RespanSpanProcessor` have in common: which spans leave the process, where to and how. */
export interface ExportOptions {
  /**
   * The Respan API key. Without one nothing is exported: one warning, and everything else works. A `baseUrl` that ends
   * in `/traces` (a Collector) needs none. Variable: `RESPAN_API_KEY`.
   */
  readonly apiKey?: string | undefined;
  /**
   * Where spans are sent: `{baseUrl}/v2/traces`. `/api` is added where there is no path; one that ends in `/traces` is
   * used as it is. Variable: `RESPAN_BASE_URL`. Default: `https://api.respan.ai/api`.
   */
  readonly baseUrl?: string | undefined;
  /** The customer of every span that has no other. Variable: `RESPAN_CUSTOMER_IDENTIFIER`. */
  readonly customerIdentifier?: Identifier | undefined;
  /** The customer's e-mail address. Variable: `RESPAN_CUSTOMER_EMAIL`. */
  readonly customerEmail?: string | undefined;
  /** The customer's name. Variable: `RESPAN_CUSTOMER_NAME`. */
  readonly customerName?: string | undefined;
  /** The conversation or job of every span that has no other. Variable: `RESPAN_THREAD_IDENTIFIER`. */
  readonly threadIdentifier?: Identifier | undefined;
  /** The session of every span that has no other. Variable: `RESPAN_SESSION_IDENTIFIER`. */
  readonly sessionIdentifier?: Identifier | undefined;
  /** Metadata of every span; an inner scope's wins key by key. Variable: `RESPAN_METADATA`, a JSON object. */
  readonly metadata?: Metadata | undefined;
  /** A record that every span carries as one JSON text, unless its scope has another. */
  readonly properties?: Readonly<Record<string, MetadataValue>> | undefined;
  /** The environment, for example `"production"`. Variable: `RESPAN_ENVIRONMENT`. */
  readonly environment?: string | undefined;
  /**
   * Whether content (messages, arguments, results, schemas, error messages) is recorded; a function is asked at each
   * span, when it starts and again when it ends. Any word against it wins: `RESPAN_TRACE_CONTENT=false` and
   * `TRACELOOP_TRACE_CONTENT=false` do even where this is `true`. Default: `true`.
   */
  readonly traceContent?: boolean | (() => boolean) | undefined;
  /**
   * `false`: no spans, and next to no cost. Variables: `RESPAN_ENABLED`, and `OTEL_SDK_DISABLED=true`, which always
   * wins. Default: `true`.
   */
  readonly isEnabled?: boolean | undefined;
  /**
   * `false` exports spans in the turn of the event loop in which they end, for serverless functions. Variable: `RESPAN_BATCHING_ENABLED`. Default:
   * `true`; batches as the `OTEL_BSP_*` variables say.
   */
  readonly isBatchingEnabled?: boolean | undefined;
  /**
   * The least severe messages that are written to stderr where the host has set no OpenTelemetry `diag` logger. Variable: `RESPAN_LOG_LEVEL`.
   * Default: `"warn"`.
   */
  readonly logLevel?: LogLevel | undefined;
  /** Headers of each export request, beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sends spans elsewhere than to Respan: any OpenTelemetry `SpanExporter`. */
  readonly exporter?: SpanExporter | undefined;
  /**
   * Masking rules to add or to take off in everything that is recorded, further keys and patterns to mask, or a function
   * that rewrites each text.
   */
  readonly redact?: RedactOption | undefined;
  /**
   * How much of each value is recorded: `{ payloadBytes, items, depth }`. Variables: `RESPAN_LIMIT_PAYLOAD_BYTES`,
   * `RESPAN_LIMIT_ITEMS`, `RESPAN_LIMIT_DEPTH`. Default: 65,536 bytes of a message and of the result of a structured
   * call, 16,384 of anything else, 50 items, 8 levels. A span holds at most 524,288 bytes in all.
   */
  readonly limits?: LimitsOption | undefined;
  /** Changes a copy of each span before it is exported, or leaves the span out by returning `false`. */
  readonly spanPostprocess?: SpanPostprocess | undefined;
  /**
   * Which spans are exported; asked when a span starts. Default: spans of this package, and spans with `gen_ai.*`
   * attributes or of a known GenAI instrumentation that do not merely repeat a structured call.
   */
  readonly shouldExportSpan?: ShouldExportSpan | undefined;
  /** Names of exported spans. Variable: `RESPAN_SPAN_NAME_STYLE`. Default: `"legacy"`, the API and entity names. */
  readonly spanNameStyle?: SpanNameStyle | undefined;
  /**
   * Lets customer, thread, session and the metadata keys named here travel to other services as W3C baggage, and picks them up
   * there. Off by default, because they leave the process with every HTTP request that carries the context.
   */
  readonly propagateBaggage?: boolean | BaggageOption | undefined;
  /** How request bodies are compressed. Default: `"gzip"`. */
  readonly compression?: "gzip" | "none" | undefined;
  /** How long one export request may take, in milliseconds. Default: 10,000. */
  readonly timeoutMillis?: number | undefined;
  /** How long `flush()` and `shutdown()` may take, in milliseconds. Default: 10,000. */
  readonly flushTimeoutMillis?: number | undefined;
  /** How many bytes of spans may wait for their export; what is over is dropped and counted. Default: 67,108,864. */
  readonly maxQueueBytes?: number | undefined;
  /** The agent of export requests, for a proxy or a certificate authority of your own. Default: one that keeps alive. */
  readonly httpAgent?: Agent | undefined;
}

/** Options of `RespanTelemetry`. Each one wins over its environment variable, which wins over the default. */
export interface RespanTelemetryOptions extends ExportOptions {
  /** The service's name, `service.name`. Variables: `RESPAN_APP_NAME`, `OTEL_SERVICE_NAME`. Default: `"respan"`. */
  readonly appName?: string | undefined;
  /** Whether every Instructor client of the process is traced, whichever code constructed it. Default: `true`. */
  readonly isAutoInstrument?: boolean | undefined;
  /** Further attributes of the resource, beside those of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes?: Attributes | undefined;
  /** Further processors, which see every span of the provider after its scope has been stamped on it. */
  readonly spanProcessors?: readonly SpanProcessor[] | undefined;
  /** Decides which traces are recorded. Not together with `sampleRate`. Default: all. */
  readonly sampler?: Sampler | undefined;
  /** The share of traces that is recorded, from 0 to 1, decided by trace id; a span below another of this package follows it. */
  readonly sampleRate?: number | undefined;
  /**
   * A provider of your own, which must carry a `RespanSpanProcessor` already. Options of the export and of the provider
   * belong to that processor and to your provider; they are refused here.
   */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * Whether the provider is registered for the whole process where no OpenTelemetry SDK is. Default: `true`. With an SDK
   * registered already, it never is.
   */
  readonly registerGlobal?: boolean | undefined;
}
