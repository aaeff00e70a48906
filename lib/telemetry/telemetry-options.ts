import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus, TracerProvider } from "@opentelemetry/api";
import type { ReadableSpan, Sampler, SpanExporter, SpanProcessor, TimedEvent } from "@opentelemetry/sdk-trace-node";
import type { Agent } from "node:http";
import type { LimitsOption } from "../capture/bounds.js";
import type { RedactOption } from "../capture/redact-option.js";
import type { Identifier, Metadata, MetadataValue } from "../scope/propagation.js";

/** Which messages of OpenTelemetry and this package are written to stderr. */
export type LogLevel = "none" | "error" | "warn" | "info" | "debug" | "verbose" | "all";

/** Names of exported spans: `legacy` keeps them, `semantic` exports `llm.{model}`, `agent.{name}`, … */
export type SpanNameStyle = "legacy" | "semantic";

/** Values that are sent to other services as W3C baggage: customer, thread, session, and these metadata keys. */
export interface BaggageOption {
  /** Metadata keys that are sent in addition to customer, thread and session. Default: none. */
  readonly metadata?: readonly string[] | undefined;
}

/**
 * Selects the spans that are exported. Called once for each span, when it starts.
 * @param span the span at its start
 * @param byDefault whether the span would be exported without this function: spans of this package, GenAI spans that do
 *   not repeat a structured call, spans that name their kind, and INTERNAL spans inside one of this package's spans
 * @example `shouldExportSpan: (span, byDefault) => byDefault || span.kind === SpanKind.SERVER`
 */
export type ShouldExportSpan = (span: ReadableSpan, byDefault: boolean) => boolean;

/** The parts of a span that `spanPostprocess` may change or read. The span itself stays as it is. */
export interface EditableSpan {
  /** The exported name. */
  name: string;
  /** All attributes; delete one to keep it in the process. */
  attributes: Attributes;
  /** Whether the span failed, and the error's message. */
  status: SpanStatus;
  /** Events, including attempts and exceptions. */
  events: TimedEvent[];
  /** Links to spans of other traces. */
  links: Link[];
  /** `CLIENT` for a structured call, `INTERNAL` for a decorated method. */
  readonly kind: SpanKind;
  /** Seconds since 1970, and nanoseconds. */
  readonly startTime: HrTime;
  /** Seconds since 1970, and nanoseconds; never before the start. */
  readonly endTime: HrTime;
  /** Seconds and nanoseconds. */
  readonly duration: HrTime;
  /** The exported parent; absent for a root span. */
  readonly parentSpanContext?: SpanContext;
  /** Attributes of the service, such as `service.name`. */
  readonly resource: ReadableSpan["resource"];
  /** `respan-instructor`, or another instrumentation. */
  readonly instrumentationScope: ReadableSpan["instrumentationScope"];
  /** The ids and flags. */
  readonly spanContext: () => SpanContext;
}

/**
 * Changes a copy of a span before it is exported, after the traced call. It must not be async. If it returns `false` or
 * throws, the span is not exported and counts as dropped.
 * @example
 * ```ts
 * spanPostprocess: (span) => {
 *   delete span.attributes["respan.metadata.draft"];
 * }
 * ```
 */
export type SpanPostprocess = (span: EditableSpan) => unknown;

/** Options of both `RespanTelemetry` and `RespanSpanProcessor`: which spans are exported, where and how. */
export interface ExportOptions {
  /**
   * The Respan API key. Without one nothing is exported, one warning says so, and everything else works. A local
   * `baseUrl`, or one that ends in `/traces` (a Collector), needs none. Variable: `RESPAN_API_KEY`.
   */
  readonly apiKey?: string | undefined;
  /**
   * Where spans are sent: `{baseUrl}/v2/traces`. `/api` is added if the URL has no path. A URL that ends in `/traces`
   * is used as it is. Variable: `RESPAN_BASE_URL`. Default: `https://api.respan.ai/api`.
   */
  readonly baseUrl?: string | undefined;
  /** The default customer of spans. Variable: `RESPAN_CUSTOMER_IDENTIFIER`. */
  readonly customerIdentifier?: Identifier | undefined;
  /** The customer's email address. Variable: `RESPAN_CUSTOMER_EMAIL`. */
  readonly customerEmail?: string | undefined;
  /** The customer's name. Variable: `RESPAN_CUSTOMER_NAME`. */
  readonly customerName?: string | undefined;
  /** The default conversation or job of spans. Variable: `RESPAN_THREAD_IDENTIFIER`. */
  readonly threadIdentifier?: Identifier | undefined;
  /** The default session of spans. Variable: `RESPAN_SESSION_IDENTIFIER`. */
  readonly sessionIdentifier?: Identifier | undefined;
  /** Metadata of every span; inner scopes override it key by key. Variable: `RESPAN_METADATA`, a JSON object. */
  readonly metadata?: Metadata | undefined;
  /** A record on every span, as one JSON string, unless its scope has another. */
  readonly properties?: Readonly<Record<string, MetadataValue>> | undefined;
  /** The environment, for example `"production"`. Variable: `RESPAN_ENVIRONMENT`. */
  readonly environment?: string | undefined;
  /**
   * Whether content (messages, arguments, results, schemas, error messages) is recorded. A function is called when a
   * span starts and again when it ends; if it throws or returns anything but `true`, content is off. The strictest
   * setting wins, including `RESPAN_TRACE_CONTENT=false` and `TRACELOOP_TRACE_CONTENT=false`. Default: `true`.
   */
  readonly traceContent?: boolean | (() => boolean) | undefined;
  /**
   * `false` records no spans, at next to no cost. Variables: `RESPAN_ENABLED`, and `OTEL_SDK_DISABLED=true`, which
   * overrides this option. Default: `true`.
   */
  readonly isEnabled?: boolean | undefined;
  /**
   * `false` exports spans in the event loop turn in which they end, for serverless functions. `true` exports batches,
   * which the `OTEL_BSP_*` variables configure. Variable: `RESPAN_BATCHING_ENABLED`. Default: `true`.
   */
  readonly isBatchingEnabled?: boolean | undefined;
  /**
   * The least severe messages that are written to stderr. Ignored if the program has set an OpenTelemetry `diag`
   * logger. Variable: `RESPAN_LOG_LEVEL`. Default: `"warn"`.
   */
  readonly logLevel?: LogLevel | undefined;
  /** Additional headers of export requests. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** An OpenTelemetry `SpanExporter` that receives the spans instead of Respan. Default: the export to Respan. */
  readonly exporter?: SpanExporter | undefined;
  /**
   * Masking rules to add or to turn off, more keys and patterns to mask, or a function that rewrites each text.
   * Default: the built-in rules.
   */
  readonly redact?: RedactOption | undefined;
  /**
   * How much of each value is recorded: `{ payloadBytes, items, depth }`. Variables: `RESPAN_LIMIT_PAYLOAD_BYTES`,
   * `RESPAN_LIMIT_ITEMS`, `RESPAN_LIMIT_DEPTH`. Default: 65,536 bytes of a message and of a structured call's result,
   * 16,384 bytes of other values, 50 items, 8 levels. A span has at most 524,288 bytes of content.
   */
  readonly limits?: LimitsOption | undefined;
  /** Changes a copy of each span before it is exported; returning `false` drops the span. Default: none. */
  readonly spanPostprocess?: SpanPostprocess | undefined;
  /**
   * Selects the spans that are exported, when they start. Default: spans of this package, GenAI spans that do not
   * repeat a structured call, and INTERNAL spans inside this package's spans.
   */
  readonly shouldExportSpan?: ShouldExportSpan | undefined;
  /** Names of exported spans. Variable: `RESPAN_SPAN_NAME_STYLE`. Default: `"legacy"`. */
  readonly spanNameStyle?: SpanNameStyle | undefined;
  /**
   * Sends customer, thread, session and the named metadata keys to other services as W3C baggage, and reads them from
   * incoming requests. Default: `false`, because baggage goes to every host that an HTTP instrumentation calls.
   */
  readonly propagateBaggage?: boolean | BaggageOption | undefined;
  /** Compression of request bodies. Default: `"gzip"`. */
  readonly compression?: "gzip" | "none" | undefined;
  /** Limit of one export request, in milliseconds. Default: 10,000. */
  readonly timeoutMillis?: number | undefined;
  /** Limit of `flush()` and `shutdown()`, in milliseconds. Default: 10,000. */
  readonly flushTimeoutMillis?: number | undefined;
  /** Limit of the export queue, in bytes; spans beyond it are dropped and counted. Default: 67,108,864. */
  readonly maxQueueBytes?: number | undefined;
  /** The agent of export requests, for a proxy or your own certificate authority. Default: an agent with keep-alive. */
  readonly httpAgent?: Agent | undefined;
}

/** Options of `RespanTelemetry`. An option overrides its environment variable, which overrides the default. */
export interface RespanTelemetryOptions extends ExportOptions {
  /** The service's name, `service.name`. Variables: `RESPAN_APP_NAME`, `OTEL_SERVICE_NAME`. Default: `"respan"`. */
  readonly appName?: string | undefined;
  /** Traces every Instructor client of the process, including those that other code constructs. Default: `true`. */
  readonly isAutoInstrument?: boolean | undefined;
  /** Attributes of the resource, in addition to `OTEL_RESOURCE_ATTRIBUTES`. Default: none. */
  readonly resourceAttributes?: Attributes | undefined;
  /** Additional span processors of the provider; they see spans with their inherited attributes. Default: none. */
  readonly spanProcessors?: readonly SpanProcessor[] | undefined;
  /** Decides which spans are recorded. Not together with `sampleRate`. Default: all are. */
  readonly sampler?: Sampler | undefined;
  /** The share of traces that are recorded, from 0 to 1. Child spans follow their parent. Default: 1. */
  readonly sampleRate?: number | undefined;
  /**
   * Your own provider, which must have a `RespanSpanProcessor`. Options of the export and the provider throw beside it:
   * set them on that processor and that provider. Default: a provider of this package.
   */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * Registers the provider globally if no OpenTelemetry SDK is registered. If one is, this option has no effect.
   * Default: `true`.
   */
  readonly registerGlobal?: boolean | undefined;
}
