import { z } from "zod";
import * as variables from "../../wire/environment.js";
import type { RespanTelemetryOptions } from "../telemetry-options.js";
import { isAttributes, isHeaders, isHeaderText, isHttpUrl, isPlainObject } from "./value-checks.js";
import { textAsBoolean, textAsJson, textInLowerCase } from "./variable-text.js";

/** The name of an option of `RespanTelemetry`. */
export type OptionName = keyof RespanTelemetryOptions;

/** One setting: everything that is to be known of it. */
export interface SettingRow {
  readonly option: OptionName;
  /** The environment variable that does the same. */
  readonly variable: string | undefined;
  /** The value where neither is given. */
  readonly default: unknown;
  /** What it takes, in words that complete "must be". */
  readonly wants: string;
  readonly description: string;
  /** Whether its value is never shown. */
  readonly isSecret: boolean;
  /** Whether it is a setting of the provider, which `RespanSpanProcessor` does not have. */
  readonly isOfProvider: boolean;
  /** Whether a value is one of these. */
  accepts(value: unknown): boolean;
  /** The value that the variable's text stands for. */
  read(text: string): unknown;
}

interface RowOptions {
  readonly variable?: string;
  readonly default?: unknown;
  readonly isSecret?: boolean;
  readonly isOfProvider?: boolean;
  readonly read?: (text: string) => unknown;
}

function row(
  option: OptionName,
  schema: z.ZodType,
  wants: string,
  description: string,
  { variable, default: byDefault, isSecret = false, isOfProvider = false, read = (text) => text }: RowOptions = {},
): SettingRow {
  return {
    option,
    variable,
    default: byDefault,
    wants,
    description,
    isSecret,
    isOfProvider,
    accepts: (value) => schema.safeParse(value).success,
    read,
  };
}

let table: readonly SettingRow[] | undefined;

/**
 * Every setting of the package: its option, its variable, its default, what it takes and what it is for. The
 * constructor, the messages of wrong values and the table of the README all come from here. Put together when it is
 * first asked for: whoever only imports the package does not pay for it.
 */
export function settingsTable(): readonly SettingRow[] {
  return (table ??= Object.freeze(rows()));
}

function rows(): SettingRow[] {
  const text = z.string().min(1);
  const flag = z.boolean();
  const milliseconds = z.number().int().min(1).max(2_147_483_647);
  const anyFunction = z.custom((value) => typeof value === "function");
  const withMethods = (...names: string[]): z.ZodType =>
    z.custom((value) =>
      names.every((name) => typeof (value as Record<string, unknown> | null | undefined)?.[name] === "function"),
    );

  return [
    row(
      "apiKey",
      z.custom(isHeaderText),
      "a key without spaces",
      "The Respan API key; without one nothing is exported.",
      {
        variable: variables.RESPAN_API_KEY,
        isSecret: true,
      },
    ),
    row("baseUrl", z.custom(isHttpUrl), "an http(s) URL", "Where spans are sent: `{baseUrl}/v2/traces`.", {
      variable: variables.RESPAN_BASE_URL,
      default: "https://api.respan.ai/api",
    }),
    row("appName", text, "a text", "The service's name (`service.name`); else `OTEL_SERVICE_NAME`, else `respan`.", {
      variable: variables.RESPAN_APP_NAME,
      isOfProvider: true,
    }),
    row("isAutoInstrument", flag, "true or false", "Traces every Instructor client of the process.", {
      default: true,
      isOfProvider: true,
    }),
    row("customerIdentifier", text, "a text", "The customer of every span that has no other.", {
      variable: variables.RESPAN_CUSTOMER_IDENTIFIER,
    }),
    row("customerEmail", text, "a text", "The customer's e-mail address.", {
      variable: variables.RESPAN_CUSTOMER_EMAIL,
    }),
    row("customerName", text, "a text", "The customer's name.", { variable: variables.RESPAN_CUSTOMER_NAME }),
    row("threadIdentifier", text, "a text", "The conversation or job of every span that has no other.", {
      variable: variables.RESPAN_THREAD_IDENTIFIER,
    }),
    row("metadata", z.custom(isPlainObject), "a JSON object", "Metadata of every span.", {
      variable: variables.RESPAN_METADATA,
      read: textAsJson,
    }),
    row("environment", text, "a text", "The environment, for example `production`.", {
      variable: variables.RESPAN_ENVIRONMENT,
    }),
    row(
      "traceContent",
      z.union([flag, anyFunction]),
      "true, false or a function that returns one of them",
      "Whether messages, arguments and results are recorded; any `false` wins, `TRACELOOP_TRACE_CONTENT`'s too.",
      { variable: variables.RESPAN_TRACE_CONTENT, default: true, read: textAsBoolean },
    ),
    row(
      "isEnabled",
      flag,
      "true or false",
      "`false`: no spans and next to no cost; so does `OTEL_SDK_DISABLED=true`.",
      {
        variable: variables.RESPAN_ENABLED,
        default: true,
        read: textAsBoolean,
      },
    ),
    row(
      "isBatchingEnabled",
      flag,
      "true or false",
      "`false` exports spans in the turn of the event loop in which they end (serverless).",
      {
        variable: variables.RESPAN_BATCHING_ENABLED,
        default: true,
        read: textAsBoolean,
      },
    ),
    row(
      "logLevel",
      z.enum(["none", "error", "warn", "info", "debug", "verbose", "all"]),
      'one of "none", "error", "warn", "info", "debug", "verbose", "all"',
      "What is written to stderr where the host has set no `diag` logger.",
      { variable: variables.RESPAN_LOG_LEVEL, default: "warn", read: textInLowerCase },
    ),
    row(
      "headers",
      z.custom(isHeaders),
      "an object of header names and texts",
      "Further headers of each export request.",
      {
        isSecret: true,
      },
    ),
    row(
      "resourceAttributes",
      z.custom(isAttributes),
      "an object of attributes",
      "Further attributes of the resource.",
      {
        isOfProvider: true,
      },
    ),
    row(
      "exporter",
      withMethods("export", "shutdown"),
      "an OpenTelemetry SpanExporter",
      "Sends spans elsewhere than to Respan.",
    ),
    row(
      "spanProcessors",
      z.array(withMethods("onStart", "onEnd", "forceFlush", "shutdown")),
      "an array of OpenTelemetry SpanProcessors",
      "Further processors of the provider.",
      { isOfProvider: true },
    ),
    row(
      "sampler",
      withMethods("shouldSample"),
      "an OpenTelemetry Sampler",
      "Decides which traces are recorded; not together with `sampleRate`.",
      { isOfProvider: true },
    ),
    row(
      "sampleRate",
      z.number().min(0).max(1),
      "a number from 0 to 1",
      "The share of traces that is recorded, by trace id; a span below one of ours follows that.",
      { isOfProvider: true },
    ),
    row(
      "tracerProvider",
      withMethods("getTracer"),
      "an OpenTelemetry TracerProvider",
      "A provider of your own that carries a `RespanSpanProcessor`.",
      { isOfProvider: true },
    ),
    row(
      "redact",
      z.union([anyFunction, z.custom(isPlainObject)]),
      "an object with keys and patterns, or a function",
      "Further credentials to mask, or a function that rewrites each text.",
    ),
    row("spanPostprocess", anyFunction, "a function", "Changes a copy of each span before it is exported."),
    row("shouldExportSpan", anyFunction, "a function", "Chooses which spans are exported; asked when a span starts."),
    row(
      "spanNameStyle",
      z.enum(["legacy", "semantic"]),
      '"legacy" or "semantic"',
      "`semantic` exports `llm.{model}`, `workflow`, `task`, `agent.{name}`, `tool.{name}` as names.",
      { variable: variables.RESPAN_SPAN_NAME_STYLE, default: "legacy", read: textInLowerCase },
    ),
    row("registerGlobal", flag, "true or false", "Registers the provider for the process where no SDK is registered.", {
      default: true,
      isOfProvider: true,
    }),
    row(
      "propagateBaggage",
      z.union([flag, z.object({ metadata: z.array(z.string()).optional() })]),
      "true, false or an object with metadata keys",
      "Customer, thread and chosen metadata keys travel to other services as W3C baggage.",
      { default: false },
    ),
    row("compression", z.enum(["gzip", "none"]), '"gzip" or "none"', "How request bodies are compressed.", {
      default: "gzip",
    }),
    row("timeoutMillis", milliseconds, "a whole number of milliseconds, at least 1", "How long one request may take.", {
      default: 10_000,
    }),
    row(
      "flushTimeoutMillis",
      milliseconds,
      "a whole number of milliseconds, at least 1",
      "How long `flush()` and `shutdown()` may take.",
      { default: 10_000 },
    ),
    row(
      "maxQueueBytes",
      z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
      "a whole number of bytes, at least 1",
      "How many bytes of spans may wait for their export.",
      { default: 64 * 1024 * 1024 },
    ),
    row(
      "httpAgent",
      withMethods("addRequest"),
      "an http.Agent or https.Agent",
      "The agent of export requests: a proxy, a certificate authority of your own.",
    ),
  ];
}
