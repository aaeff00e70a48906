import type { TracerOptions } from "@opentelemetry/api";
import type { z } from "zod/v3";
import type { CaptureLimits, LimitsOption } from "../../capture/bounds.js";
import { captureLimits } from "../../capture/bounds.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { createRedactor } from "../../capture/masking/redactor.js";
import type { RedactOption } from "../../capture/redact-option.js";
import { assertOptions, complaint, InvalidSettingError } from "../../options/check-options.js";
import { callUntraced } from "../../scope/tracing.js";
import { GEN_AI_SCHEMA_URL } from "../../wire/attributes.js";
import * as variables from "../../wire/environment.js";
import type { ExportOptions, RespanTelemetryOptions } from "../telemetry-options.js";
import type { OptionName, SettingsSchema } from "./settings-table.js";
import {
  LIMIT_VARIABLES,
  limitsShape,
  OF_PROVIDER,
  settingsSchema,
  textAsBoolean,
  VARIABLES,
} from "./settings-table.js";

/** Environment variables by name. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Options and variables, checked once. */
export interface Settings extends Readonly<z.output<SettingsSchema>> {
  /** Masks credentials, by the `redact` option's rules too. */
  readonly redactor: Redactor;
  readonly captureLimits: CaptureLimits;
  readonly otel: OpenTelemetrySettings;
  /** Names of options that were given to the constructor. */
  readonly given: ReadonlySet<OptionName>;
  /** Complaints about variables that do not stop the program. */
  readonly warnings: readonly string[];
}

/** The standard variables, with OpenTelemetry's own defaults and its own way with wrong values. */
interface OpenTelemetrySettings {
  readonly isDisabled: boolean;
  readonly usesLatestGenAi: boolean;
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduleDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

/**
 * Reads and checks all settings: constructor over variable over default.
 * @param owner the class whose options these are
 * @throws InvalidSettingError
 */
export function readSettings(
  options: RespanTelemetryOptions | ExportOptions | undefined,
  environment: Environment,
  owner: "RespanTelemetry" | "RespanSpanProcessor" = "RespanTelemetry",
): Settings {
  const all = settingsSchema();
  const schema = owner === "RespanTelemetry" ? all : all.omit(OF_PROVIDER);
  const given: unknown = withoutBlanks(options);
  assertOptions(schema, given, {
    title: owner,
    prefix: "",
    isSecret,
    error: (message, option) => new InvalidSettingError(message, option),
  });
  const names: readonly OptionName[] = schema.keyof().options;
  const missing = names.filter((name) => !Object.hasOwn(given, name));
  const warnings: string[] = [];
  const settings = all.parse({ ...readVariables(missing, environment, warnings), ...given });
  if (settings.sampler !== undefined && settings.sampleRate !== undefined) {
    throw new InvalidSettingError('options "sampler" and "sampleRate" cannot be given together', "sampleRate");
  }
  const otel = readOpenTelemetrySettings(environment, warnings);
  return {
    ...settings,
    // The one setting where the strictest wins and not the nearest.
    traceContent: isContentVetoed(environment) ? false : settings.traceContent,
    isEnabled: settings.isEnabled && !otel.isDisabled,
    redactor: redactorOf(settings.redact),
    captureLimits: captureLimits(readLimits(settings.limits ?? {}, environment)),
    otel,
    given: new Set(names.filter((name) => !missing.includes(name))),
    warnings,
  };
}

/** Options that count as given: not `undefined`, nor the empty text that `process.env.X ?? ""` gives. */
function withoutBlanks(options: unknown): unknown {
  if (options === undefined) return {};
  if (typeof options !== "object" || options === null || Array.isArray(options)) return options;
  const isBlank = (value: unknown): boolean =>
    value === undefined || (typeof value === "string" && value.trim() === "");
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => !(isBlank(value) && name in settingsSchema().shape)),
  );
}

/** A variable's value without surrounding space; `undefined` where it is not set or empty. */
export function variableText(environment: Environment, name: string): string | undefined {
  const text = environment[name]?.trim();
  return text === "" ? undefined : text;
}

/** What the variables of some options say. */
function readVariables(options: readonly OptionName[], environment: Environment, warnings: string[]): object {
  const values: Partial<Record<OptionName, unknown>> = {};
  for (const option of options) {
    const { name = "", read = (text: string): unknown => text } = VARIABLES[option] ?? {};
    const text = variableText(environment, name);
    if (text === undefined) continue;
    const value = read(text);
    const problem = complaint(settingsSchema().shape[option], value, isSecret(option, value));
    if (problem === undefined) values[option] = value;
    // Services of other languages read this variable too, with levels of their own.
    else if (option === "logLevel") warnings.push(`environment variable ${name} ${problem}; the default is used`);
    else throw new InvalidSettingError(`environment variable ${name} ${problem}`, name);
  }
  return values;
}

/** The limits that are given, and the variables of the others. */
function readLimits(given: LimitsOption, environment: Environment): LimitsOption {
  const shape = limitsShape();
  const limit = (member: keyof LimitsOption): number | undefined => {
    const name = LIMIT_VARIABLES[member];
    const text = variableText(environment, name);
    if (given[member] !== undefined || text === undefined) return given[member];
    const value = Number(text);
    const problem = complaint(shape[member], Number.isNaN(value) ? text : value);
    if (problem !== undefined) throw new InvalidSettingError(`environment variable ${name} ${problem}`, name);
    return value;
  };
  return { payloadBytes: limit("payloadBytes"), items: limit("items"), depth: limit("depth") };
}

/** A base URL that is no address may be the key, given in the wrong place. */
function isSecret(option: string, value: unknown): boolean {
  if (option === "baseUrl") return typeof value === "string" && !ADDRESS.test(value);
  return option === "apiKey" || option === "headers";
}

/** A URL, or a host with or without port and path. */
const ADDRESS = /^([a-z]+:)?\/\/|^([a-z0-9-]+\.)*([a-z]{2,10}|\d{1,3})(:\d+)?(\/[\w./-]*)?$/;

function redactorOf(redact: RedactOption | undefined): Redactor {
  try {
    if (typeof redact !== "function") return createRedactor(redact);
    // A text that the function has masked while it masks another is left out.
    return createRedactor((value, key) => callUntraced(redact, undefined, () => redact(value, key)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidSettingError(`option "redact": ${reason}`, "redact");
  }
}

function isContentVetoed(environment: Environment): boolean {
  return [variables.RESPAN_TRACE_CONTENT, variables.TRACELOOP_TRACE_CONTENT].some(
    (name) => textAsBoolean(variableText(environment, name) ?? "") === false,
  );
}

/** More than a timer of Node takes. */
const MOST_MILLIS = 2_147_483_647;

/** @param warnings receives what is wrong with them: OpenTelemetry warns of it and goes on with the default */
function readOpenTelemetrySettings(environment: Environment, warnings: string[]): OpenTelemetrySettings {
  const whole = (name: string, byDefault: number, least: number): number => {
    const text = variableText(environment, name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= MOST_MILLIS) return value;
    warnings.push(`environment variable ${name} must be a whole number of at least ${least}; ${byDefault} is used`);
    return byDefault;
  };
  const conventions = variableText(environment, variables.OTEL_SEMCONV_STABILITY_OPT_IN)?.split(/\s*,\s*/) ?? [];
  const maxQueueSize = whole(variables.OTEL_BSP_MAX_QUEUE_SIZE, 2_048, 1);
  return {
    isDisabled: variableText(environment, variables.OTEL_SDK_DISABLED)?.toLowerCase() === "true",
    usesLatestGenAi: conventions.includes("gen_ai_latest_experimental"),
    maxQueueSize,
    maxExportBatchSize: Math.min(whole(variables.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, 512, 1), maxQueueSize),
    scheduleDelayMillis: whole(variables.OTEL_BSP_SCHEDULE_DELAY, 5_000, 0),
    // Zero means no timeout.
    exportTimeoutMillis: whole(variables.OTEL_BSP_EXPORT_TIMEOUT, 30_000, 0) || MOST_MILLIS,
  };
}

/** The conventions that spans are written by, where they are written by one version of them alone. */
export function tracerOptionsOf({ otel }: Settings): TracerOptions | undefined {
  return otel.usesLatestGenAi ? { schemaUrl: GEN_AI_SCHEMA_URL } : undefined;
}
