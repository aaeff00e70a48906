import { InvalidSettingError } from "../../../lib/options/check-options.js";
import type { Settings } from "../../../lib/telemetry/settings/settings.js";
import { readSettings } from "../../../lib/telemetry/settings/settings.js";
import type { OptionName } from "../../../lib/telemetry/settings/settings-table.js";
import { settingsSchema, VARIABLES } from "../../../lib/telemetry/settings/settings-table.js";
import type { RespanTelemetryOptions } from "../../../lib/telemetry/telemetry-options.js";

/** Reads options of any type, as JavaScript would give them. */
export function read(
  options?: unknown,
  environment: Record<string, string> = {},
  owner?: "RespanSpanProcessor",
): Settings {
  return readSettings(options as RespanTelemetryOptions | undefined, environment, owner);
}

/** What is said of options that cannot be used. */
export function refusal(options: unknown, environment: Record<string, string> = {}): InvalidSettingError {
  try {
    read(options, environment);
  } catch (error) {
    if (error instanceof InvalidSettingError) return error;
    throw error;
  }
  throw new Error("it was not refused");
}

/** Every option: what it wants, its variable, its default. */
export function optionRows() {
  const schema = settingsSchema();
  const defaults = schema.parse({});
  return (schema.keyof().options satisfies OptionName[]).map((option) => ({
    option,
    wants: schema.shape[option].description!,
    variable: VARIABLES[option]?.name,
    default: defaults[option],
  }));
}
