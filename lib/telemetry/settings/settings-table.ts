import type { AttributeValue, TracerProvider } from "@opentelemetry/api";
import type { Sampler, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { Agent } from "node:http";
import { z } from "zod/v3";
import type { LimitsOption } from "../../capture/bounds.js";
import { MOST_DEPTH, SPAN_BYTES } from "../../capture/bounds.js";
import type { RedactOption } from "../../capture/redact-option.js";
import * as variables from "../../wire/environment.js";
import type { RespanTelemetryOptions, ShouldExportSpan, SpanPostprocess } from "../telemetry-options.js";

/** The name of an option of `RespanTelemetry`. */
export type OptionName = keyof RespanTelemetryOptions;

export type SettingsSchema = ReturnType<typeof buildSchema>;

let built: SettingsSchema | undefined;

/**
 * What each option takes, what it is where it is not given, and, as its description, what a message says it must be.
 * Built when it is first asked for: importing the package need not pay for it.
 */
export function settingsSchema(): SettingsSchema {
  return (built ??= buildSchema());
}

/** Options of the provider, which `RespanSpanProcessor` does not have. */
export const OF_PROVIDER = {
  appName: true,
  isAutoInstrument: true,
  resourceAttributes: true,
  spanProcessors: true,
  sampler: true,
  sampleRate: true,
  tracerProvider: true,
  registerGlobal: true,
} as const;

const TRUE = new Set(["true", "1", "yes", "on"]);
const FALSE = new Set(["false", "0", "no", "off"]);

/** A variable's text as a boolean; any other text stays as it is, for the check to refuse. */
export function textAsBoolean(text: string): unknown {
  const word = text.toLowerCase();
  return TRUE.has(word) || (FALSE.has(word) ? false : text);
}

function textAsJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Levels that Python's `logging` calls otherwise. */
const LEVELS = new Map(Object.entries({ warning: "warn", critical: "error", fatal: "error" }));

const textInLowerCase = (text: string): string => text.toLowerCase();

interface Variable {
  readonly name: string;
  /** Reads the text as a value; a text that is none stays as it is. Default: the text. */
  readonly read?: (text: string) => unknown;
}

/** Variables that do the same as an option. */
export const VARIABLES: Readonly<Partial<Record<OptionName, Variable>>> = {
  apiKey: { name: variables.RESPAN_API_KEY },
  baseUrl: { name: variables.RESPAN_BASE_URL },
  appName: { name: variables.RESPAN_APP_NAME },
  customerIdentifier: { name: variables.RESPAN_CUSTOMER_IDENTIFIER },
  customerEmail: { name: variables.RESPAN_CUSTOMER_EMAIL },
  customerName: { name: variables.RESPAN_CUSTOMER_NAME },
  threadIdentifier: { name: variables.RESPAN_THREAD_IDENTIFIER },
  sessionIdentifier: { name: variables.RESPAN_SESSION_IDENTIFIER },
  metadata: { name: variables.RESPAN_METADATA, read: textAsJson },
  environment: { name: variables.RESPAN_ENVIRONMENT },
  traceContent: { name: variables.RESPAN_TRACE_CONTENT, read: textAsBoolean },
  isEnabled: { name: variables.RESPAN_ENABLED, read: textAsBoolean },
  isBatchingEnabled: { name: variables.RESPAN_BATCHING_ENABLED, read: textAsBoolean },
  logLevel: { name: variables.RESPAN_LOG_LEVEL, read: (text) => LEVELS.get(text.toLowerCase()) ?? text.toLowerCase() },
  spanNameStyle: { name: variables.RESPAN_SPAN_NAME_STYLE, read: textInLowerCase },
};

/** Variables that do the same as one member of `limits`. */
export const LIMIT_VARIABLES: Readonly<Record<keyof LimitsOption, string>> = {
  payloadBytes: variables.RESPAN_LIMIT_PAYLOAD_BYTES,
  items: variables.RESPAN_LIMIT_ITEMS,
  depth: variables.RESPAN_LIMIT_DEPTH,
};

/** The checks of the members of `limits`. */
export function limitsShape() {
  const whole = (least: number, most: number) =>
    z.number().int().min(least).max(most).optional().describe(`a whole number from ${least} to ${most}`);
  return {
    payloadBytes: whole(1_024, SPAN_BYTES),
    items: whole(1, 100_000),
    depth: whole(1, MOST_DEPTH),
  } satisfies Record<keyof LimitsOption, z.ZodTypeAny>;
}

function buildSchema() {
  const text = z.string().min(1).optional().describe("a text");
  const identifier = z
    .union([z.string().min(1), z.number().finite()])
    .optional()
    .describe("a text or a number");
  const flag = z.boolean().describe("true or false");
  const milliseconds = z
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .describe("a whole number of milliseconds, at least 1");

  return z.object({
    apiKey: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]+$/)
      .optional()
      .describe("a key without spaces"),
    baseUrl: z.string().trim().refine(isHttpUrl).default("https://api.respan.ai/api").describe("an http(s) URL"),
    appName: text,
    isAutoInstrument: flag.default(true),
    customerIdentifier: identifier,
    customerEmail: text,
    customerName: text,
    threadIdentifier: identifier,
    sessionIdentifier: identifier,
    metadata: z.custom<RespanTelemetryOptions["metadata"]>(isPlainObject).optional().describe("a JSON object"),
    properties: z.custom<RespanTelemetryOptions["properties"]>(isPlainObject).optional().describe("an object"),
    environment: text,
    traceContent: z
      .union([z.boolean(), aFunction<() => boolean>()])
      .default(true)
      .describe("true, false or a function that returns one of them"),
    isEnabled: flag.default(true),
    isBatchingEnabled: flag.default(true),
    logLevel: z
      .enum(["none", "error", "warn", "info", "debug", "verbose", "all"])
      .default("warn")
      .describe('one of "none", "error", "warn", "info", "debug", "verbose", "all"'),
    // As HTTP takes them: a line break in a value would smuggle in another header.
    headers: z
      .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/))
      .optional()
      .describe("an object of header names and texts"),
    resourceAttributes: z
      .record(z.custom<AttributeValue | undefined>(isAttributeValue))
      .optional()
      .describe("an object of attributes"),
    exporter: withMethods<SpanExporter>("export", "shutdown").optional().describe("an OpenTelemetry SpanExporter"),
    spanProcessors: z
      .array(withMethods<SpanProcessor>("onStart", "onEnd", "forceFlush", "shutdown"))
      .optional()
      .describe("an array of OpenTelemetry SpanProcessors"),
    sampler: withMethods<Sampler>("shouldSample").optional().describe("an OpenTelemetry Sampler"),
    sampleRate: z.number().min(0).max(1).optional().describe("a number from 0 to 1"),
    tracerProvider: withMethods<TracerProvider>("getTracer").optional().describe("an OpenTelemetry TracerProvider"),
    redact: z
      .custom<RedactOption>((value) => isFunction(value) || isPlainObject(value))
      .optional()
      .describe("an object with keys, patterns, disable and rules, or a function"),
    limits: z
      .object(limitsShape())
      .strict()
      .optional()
      .describe("an object of payloadBytes (1024 to 524288), items (1 to 100000) and depth (1 to 200)"),
    spanPostprocess: aFunction<SpanPostprocess>().optional().describe("a function"),
    shouldExportSpan: aFunction<ShouldExportSpan>().optional().describe("a function"),
    spanNameStyle: z.enum(["legacy", "semantic"]).default("legacy").describe('"legacy" or "semantic"'),
    registerGlobal: flag.default(true),
    propagateBaggage: z
      .union([z.boolean(), z.object({ metadata: z.array(z.string()).optional() }).strict()])
      .default(false)
      .describe("true, false or an object with metadata keys"),
    compression: z.enum(["gzip", "none"]).default("gzip").describe('"gzip" or "none"'),
    timeoutMillis: milliseconds.default(10_000),
    flushTimeoutMillis: milliseconds.default(10_000),
    maxQueueBytes: z
      .number()
      .int()
      .min(1)
      .max(Number.MAX_SAFE_INTEGER)
      .default(64 * 1024 * 1024)
      .describe("a whole number of bytes, at least 1"),
    httpAgent: withMethods<Agent>("addRequest").optional().describe("an http.Agent or https.Agent"),
  } satisfies Record<OptionName, z.ZodTypeAny>);
}

const isFunction = (value: unknown): boolean => typeof value === "function";

const aFunction = <Fn>(): z.ZodType<Fn> => z.custom<Fn>(isFunction);

/** An object of another package's class: the methods that are called must be there. */
function withMethods<Part>(...names: readonly string[]): z.ZodType<Part> {
  return z.custom<Part>(
    (value) =>
      value !== null && value !== undefined && names.every((name) => isFunction(Reflect.get(Object(value), name))),
  );
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** An object of keys and values; not an array, a Map, a Date or anything else that has its own way of holding them. */
function isPlainObject(value: unknown): boolean {
  return Object.prototype.toString.call(value) === "[object Object]";
}

function isAttributeValue(value: unknown): boolean {
  const isPrimitive = (item: unknown): boolean => ["string", "number", "boolean"].includes(typeof item);
  if (Array.isArray(value)) return value.every((item) => item === null || isPrimitive(item));
  return value === undefined || isPrimitive(value);
}
