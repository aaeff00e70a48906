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
import type { Environment } from "./variable-text.js";
import { variableText } from "./variable-text.js";

/** What the standard variables say, with OpenTelemetry's own defaults and its own way with wrong values. */
export interface OpenTelemetrySettings {
  readonly isDisabled: boolean;
  readonly usesLatestGenAi: boolean;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduleDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

/** @param warnings receives what is wrong with them: OpenTelemetry warns of it and goes on with the default */
export function readOpenTelemetrySettings(environment: Environment, warnings: string[]): OpenTelemetrySettings {
  const whole = (name: string, byDefault: number, least: number): number => {
    const text = variableText(environment, name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= 2_147_483_647) return value;
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
    exportTimeoutMillis: whole(OTEL_BSP_EXPORT_TIMEOUT, 30_000, 0),
  };
}

/** The conventions that spans are written by, where they are written by one version of them alone. */
export function tracerOptionsOf({ usesLatestGenAi }: OpenTelemetrySettings): TracerOptions | undefined {
  return usesLatestGenAi ? { schemaUrl: GEN_AI_SCHEMA_URL } : undefined;
}
