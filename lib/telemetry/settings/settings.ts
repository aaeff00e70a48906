import type { Attributes } from "@opentelemetry/api";
import type { RedactOption } from "../../capture/redaction.js";
import { createRedactor } from "../../capture/redaction.js";
import type { Redactor } from "../../capture/redactor.js";
import { RESPAN_TRACE_CONTENT, TRACELOOP_TRACE_CONTENT } from "../../wire/environment.js";
import type { LogLevel, RespanTelemetryOptions, SpanNameStyle } from "../telemetry-options.js";
import { InvalidSettingError } from "./invalid-setting-error.js";
import { nearestName } from "../../scope/nearest-name.js";
import type { OpenTelemetrySettings } from "./opentelemetry-settings.js";
import { readOpenTelemetrySettings } from "./opentelemetry-settings.js";
import { shownValue } from "./shown-value.js";
import type { OptionName, SettingRow } from "./settings-table.js";
import { settingsTable } from "./settings-table.js";
import type { Environment } from "./variable-text.js";
import { textAsBoolean, variableText } from "./variable-text.js";

/** Options that always have a value once the settings are read. */
interface Defaulted {
  readonly baseUrl: string;
  readonly isAutoInstrument: boolean;
  readonly isEnabled: boolean;
  readonly isBatchingEnabled: boolean;
  readonly logLevel: LogLevel;
  readonly spanNameStyle: SpanNameStyle;
  readonly registerGlobal: boolean;
  readonly propagateBaggage: Exclude<RespanTelemetryOptions["propagateBaggage"], undefined>;
  readonly compression: "gzip" | "none";
  readonly timeoutMillis: number;
  readonly flushTimeoutMillis: number;
  readonly maxQueueBytes: number;
  readonly traceContent: boolean | (() => boolean);
}

/** Options and variables, checked once: what the rest of the room reads. */
export interface Settings extends Omit<RespanTelemetryOptions, keyof Defaulted>, Defaulted {
  /** What masks credentials, the `redact` option's rules included. */
  readonly redactor: Redactor;
  /** What the `OTEL_*` variables say. */
  readonly otel: OpenTelemetrySettings;
  readonly resourceAttributes: Attributes | undefined;
  /** Names of options that were given to the constructor. */
  readonly given: ReadonlySet<OptionName>;
}

/**
 * Reads and checks all settings: constructor over variable over default.
 * @param owner the class whose options these are, for messages
 * @throws InvalidSettingError
 */
export function readSettings(
  options: RespanTelemetryOptions | undefined,
  environment: Environment,
  owner: "RespanTelemetry" | "RespanSpanProcessor" = "RespanTelemetry",
): Settings {
  const all = settingsTable();
  const rows = owner === "RespanTelemetry" ? all : all.filter((row) => !row.isOfProvider);
  const given = givenOptions(options, rows, owner);
  const values: Partial<Record<OptionName, unknown>> = {};
  for (const row of all) {
    values[row.option] = rows.includes(row) ? valueOf(row, given, environment) : row.default;
  }
  if (given.has("sampler") && given.has("sampleRate")) {
    throw new InvalidSettingError('options "sampler" and "sampleRate" cannot be given together', "sampleRate");
  }
  const otel = readOpenTelemetrySettings(environment);
  return {
    ...(values as unknown as Omit<Settings, "otel" | "given" | "redactor">),
    // The one setting where the strictest wins and not the nearest.
    traceContent: isContentVetoed(environment) ? false : (values.traceContent as boolean | (() => boolean)),
    isEnabled: values.isEnabled === true && !otel.isDisabled,
    redactor: redactorOf(values.redact as RedactOption | undefined),
    otel,
    given: new Set(given.keys()),
  };
}

function givenOptions(options: unknown, rows: readonly SettingRow[], owner: string): ReadonlyMap<OptionName, unknown> {
  const given = new Map<OptionName, unknown>();
  if (options === undefined) return given;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new InvalidSettingError(`${owner} takes an object of options, got ${shownValue(options, true)}`, "options");
  }
  for (const [name, value] of Object.entries(options)) {
    const row = rows.find(({ option }) => option === name);
    if (row === undefined) throw unknownOption(name, rows, owner);
    // An empty text is what `process.env.X ?? ""` gives: not set.
    if (value === undefined || value === "") continue;
    if (!row.accepts(value)) {
      throw new InvalidSettingError(
        `option "${name}" must be ${row.wants}, got ${shownValue(value, row.isSecret)}`,
        name,
      );
    }
    given.set(row.option, value);
  }
  return given;
}

function unknownOption(name: string, rows: readonly SettingRow[], owner: string): InvalidSettingError {
  const nearest = nearestName(
    name,
    rows.map(({ option }) => option),
  );
  const suggestion = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return new InvalidSettingError(`${owner} has no option "${name.slice(0, 100)}"${suggestion}`, name);
}

function valueOf(row: SettingRow, given: ReadonlyMap<OptionName, unknown>, environment: Environment): unknown {
  if (given.has(row.option)) return given.get(row.option);
  if (row.variable === undefined) return row.default;
  const text = variableText(environment, row.variable);
  if (text === undefined) return row.default;
  const value = row.read(text);
  if (row.accepts(value)) return value;
  throw new InvalidSettingError(
    `environment variable ${row.variable} must be ${row.wants}, got ${shownValue(text, row.isSecret)}`,
    row.variable,
  );
}

function redactorOf(redact: RedactOption | undefined): Redactor {
  try {
    return createRedactor(redact);
  } catch (error) {
    throw new InvalidSettingError(
      `option "redact": ${error instanceof Error ? error.message : String(error)}`,
      "redact",
    );
  }
}

function isContentVetoed(environment: Environment): boolean {
  return [RESPAN_TRACE_CONTENT, TRACELOOP_TRACE_CONTENT].some(
    (name) => textAsBoolean(variableText(environment, name) ?? "") === false,
  );
}
