import type { z } from "zod/v3";
import type { CaptureLimits, LimitsOption } from "../../capture/bounds.js";
import { captureLimits } from "../../capture/bounds.js";
import type { RedactFunction, RedactOption } from "../../capture/masking/redaction.js";
import { createRedactor } from "../../capture/masking/redaction.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { assertOptions, complaint, InvalidSettingError } from "../../options/check-options.js";
import { callUntraced } from "../../scope/tracing.js";
import { RESPAN_TRACE_CONTENT, TRACELOOP_TRACE_CONTENT } from "../../wire/environment.js";
import type { ExportOptions, RespanTelemetryOptions } from "../telemetry-options.js";
import type { OpenTelemetrySettings, Environment } from "./variables.js";
import { readOpenTelemetrySettings, textAsBoolean, variableText } from "./variables.js";
import type { OptionName, SettingsSchema } from "./settings-table.js";
import { LIMIT_VARIABLES, limitsShape, OF_PROVIDER, settingsSchema, VARIABLES } from "./settings-table.js";

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
  const warnings: string[] = [];
  const settings = all.parse({ ...readVariables(names, given, environment, warnings), ...given });
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
    given: new Set(names.filter((name) => Object.hasOwn(given, name))),
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

/** Variables of options that are not given. */
function readVariables(
  names: readonly OptionName[],
  given: object,
  environment: Environment,
  warnings: string[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const option of names) {
    const variable = VARIABLES[option];
    if (variable === undefined || Object.hasOwn(given, option)) continue;
    const { name, read } = variable;
    const text = variableText(environment, name);
    if (text === undefined) continue;
    const value = read === undefined ? text : read(text);
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
  const limit = (name: keyof LimitsOption): number | undefined => {
    const variable = LIMIT_VARIABLES[name];
    const text = variableText(environment, variable);
    if (given[name] !== undefined || text === undefined) return given[name];
    const value = Number(text);
    const problem = complaint(shape[name], Number.isNaN(value) ? text : value);
    if (problem !== undefined) throw new InvalidSettingError(`environment variable ${variable} ${problem}`, variable);
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

/** A text that the function has masked while it masks another is left out. */
function untracedRedact(redact: RedactFunction): RedactFunction {
  return (value, key) => callUntraced(redact, undefined, () => redact(value, key));
}

function redactorOf(redact: RedactOption | undefined): Redactor {
  try {
    return createRedactor(typeof redact === "function" ? untracedRedact(redact) : redact);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidSettingError(`option "redact": ${reason}`, "redact");
  }
}

function isContentVetoed(environment: Environment): boolean {
  return [RESPAN_TRACE_CONTENT, TRACELOOP_TRACE_CONTENT].some(
    (name) => textAsBoolean(variableText(environment, name) ?? "") === false,
  );
}
