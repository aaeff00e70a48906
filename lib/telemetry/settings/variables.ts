import type { TracerOptions } from "@opentelemetry/api";
import { GEN_AI_SCHEMA_URL } from "../../wire/attributes.js";
import {
  OTEL_BSP_EXPORT_TIMEOUT,
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
  OTEL_BSP_MAX_QUEUE_SIZE,
  OTEL_BSP_SCHEDULE_DELAY,
  OTEL_SDK_DISABLED,
  OTEL_SEMCONV_STABILITY_OPT_IN,
} from "../../wire/environment.js";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const TRUE = new Set(["true", "1", "yes", "on"]);
const FALSE = new Set(["false", "0", "no", "off"]);

/** A variable's text as a boolean; any other text stays as it is, for the check to refuse. */
export function textAsBoolean(text: string): unknown {
  const word = text.toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : text;
}

/** A variable's text as JSON; one that is not JSON stays as it is, for the check to refuse. */
export function textAsJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Levels of Python's `logging` that are not called so here. */
const LEVELS = new Map([
  ["warning", "warn"],
  ["critical", "error"],
  ["fatal", "error"],
]);

export function textAsLogLevel(text: string): string {
  const level = textInLowerCase(text);
  return LEVELS.get(level) ?? level;
}

export function textInLowerCase(text: string): string {
  return text.toLowerCase();
}

/** A variable's value without surrounding space; `undefined` where it is not set or empty. */
export function variableText(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === "" ? undefined : text;
}

/** The standard variables, with OpenTelemetry's own defaults and its own way with wrong values. */
export interface OpenTelemetrySettings {
  readonly isDisabled: boolean;
  readonly usesLatestGenAi: boolean;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduleDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

/** More than a timer of Node takes. */
const MOST_MILLIS = 2_147_483_647;

/** @param warnings receives what is wrong with them: OpenTelemetry warns of it and goes on with the default */
export function readOpenTelemetrySettings(environment: Environment, warnings: string[]): OpenTelemetrySettings {
  const whole = (name: string, byDefault: number, least: number): number => {
    const text = variableText(environment, name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= MOST_MILLIS) return value;
    warnings.push(`environment variable ${name} must be a whole number of at least ${least}; ${byDefault} is used`);
    return byDefault;
  };
  const maxQueueSize = whole(OTEL_BSP_MAX_QUEUE_SIZE, 2_048, 1);
  return {
    isDisabled: variableText(environment, OTEL_SDK_DISABLED)?.toLowerCase() === "true",
    usesLatestGenAi:
      variableText(environment, OTEL_SEMCONV_STABILITY_OPT_IN)
        ?.split(",")
        .some((item) => item.trim() === "gen_ai_latest_experimental") ?? false,
    maxQueueSize,
    maxExportBatchSize: Math.min(whole(OTEL_BSP_MAX_EXPORT_BATCH_SIZE, 512, 1), maxQueueSize),
    scheduleDelayMillis: whole(OTEL_BSP_SCHEDULE_DELAY, 5_000, 0),
    // Zero means no timeout.
    exportTimeoutMillis: whole(OTEL_BSP_EXPORT_TIMEOUT, 30_000, 0) || MOST_MILLIS,
  };
}

/** The conventions that spans are written by, where they are written by one version of them alone. */
export function tracerOptionsOf({ usesLatestGenAi }: OpenTelemetrySettings): TracerOptions | undefined {
  return usesLatestGenAi ? { schemaUrl: GEN_AI_SCHEMA_URL } : undefined;
}
