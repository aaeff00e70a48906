import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { isServiceUrl, shownUrl } from "../../telemetry/delivery/traces-url.js";
import { InvalidSettingError, nearestName } from "../../options/check-options.js";
import { readSettings, variableText } from "../../telemetry/settings/settings.js";
import type { Settings } from "../../telemetry/settings/settings.js";
import type { OptionName } from "../../telemetry/settings/settings-table.js";
import { LIMIT_VARIABLES, VARIABLES } from "../../telemetry/settings/settings-table.js";

import * as variables from "../../wire/environment.js";
import type { Finding, ShownSetting } from "./finding.js";

type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingsCheck {
  readonly findings: readonly Finding[];
  readonly shown: readonly ShownSetting[];
  /** Undefined where they cannot be used. */
  readonly settings: Settings | undefined;
}

const check = "settings";
const NAMES: readonly string[] = Object.values(variables);

/** The variables as `new RespanTelemetry()` reads them. What a program gives to the constructor cannot be seen from here. */
export function checkSettings(environment: Environment, folder: string): SettingsCheck {
  let settings: Settings;
  try {
    settings = readSettings(undefined, environment);
  } catch (error) {
    if (!(error instanceof InvalidSettingError)) throw error;
    const message = error.message.replace(/^respan-instructor: /, "");
    const fix = `correct ${error.setting}, or unset it`;
    return { findings: [{ check, level: "problem", message, fix }], shown: [], settings: undefined };
  }
  const findings: Finding[] = [
    ...keyFindings(settings, folder),
    ...switchFindings(settings, environment),
    ...settings.warnings.map((message): Finding => ({ check, level: "warning", message, fix: "correct it" })),
    ...unknownNames(environment),
  ];
  return { findings, shown: shownSettings(settings, environment), settings };
}

function keyFindings({ apiKey, baseUrl }: Settings, folder: string): Finding[] {
  if (apiKey !== undefined)
    return [{ check, level: "ok", message: `${variables.RESPAN_API_KEY} is ${masked(apiKey)}` }];
  if (!isServiceUrl(baseUrl)) return [{ check, level: "ok", message: `${shownUrl(new URL(baseUrl))} needs no key` }];
  const file = [".env", ".env.local"].find((name) => hasKey(join(folder, name)));
  const fix =
    file === undefined
      ? `set ${variables.RESPAN_API_KEY}, or ${variables.RESPAN_BASE_URL} to a running \`respan-instructor dev\``
      : `${file} has one: run \`doctor --env-file ${file}\`, and load the file in the program (node --env-file=${file})`;
  return [{ check, level: "problem", message: `${variables.RESPAN_API_KEY} is not set: every span is dropped`, fix }];
}

function switchFindings(settings: Settings, environment: Environment): Finding[] {
  const findings: Finding[] = [];
  if (!settings.isEnabled) {
    const name = settings.otel.isDisabled ? variables.OTEL_SDK_DISABLED : variables.RESPAN_ENABLED;
    const message = `${name}=${environment[name] ?? ""} turns telemetry off: there are no spans`;
    findings.push({ check, level: "problem", message, fix: `unset ${name}` });
  }
  if (settings.traceContent === false) {
    findings.push({ check, level: "note", message: "content is off: spans have no messages, arguments and results" });
  }
  return findings;
}

function unknownNames(environment: Environment): Finding[] {
  const unknown = Object.keys(environment).filter((name) => name.startsWith("RESPAN_") && !NAMES.includes(name));
  return unknown.map((name) => {
    const meant = nearestName(
      name,
      NAMES.filter((known) => known.startsWith("RESPAN_")),
    );
    const message = `unknown variable ${name}`;
    return { check, level: "warning", message, fix: meant === undefined ? `unset ${name}` : `rename it to ${meant}` };
  });
}

function shownSettings(settings: Settings, environment: Environment): ShownSetting[] {
  // The table is made for reading by option, and `Object.entries` forgets its keys' type.
  const entries = Object.entries(VARIABLES) as [OptionName, { readonly name: string }][];
  const shown = (option: string, variable: string, value: string): ShownSetting => {
    const from = variableText(environment, variable) === undefined ? "default" : "environment";
    return { option, variable, value, from };
  };
  const { chat, payload } = settings.captureLimits;
  const bytes =
    chat.maxBytes === payload.maxBytes
      ? String(chat.maxBytes)
      : `${chat.maxBytes} for messages and results of structured calls, ${payload.maxBytes} elsewhere`;
  return [
    ...entries.flatMap(([option, { name }]) => {
      const value = shownValue(option, settings);
      return value === undefined ? [] : [shown(option, name, value)];
    }),
    shown("limits.payloadBytes", LIMIT_VARIABLES.payloadBytes, bytes),
    shown("limits.items", LIMIT_VARIABLES.items, String(payload.maxItems)),
    shown("limits.depth", LIMIT_VARIABLES.depth, String(payload.maxDepth)),
  ];
}

function shownValue(option: OptionName, settings: Settings): string | undefined {
  const value: unknown = settings[option];
  if (typeof value !== "string") return value === undefined ? undefined : JSON.stringify(value);
  if (option === "apiKey") return masked(value);
  return option === "baseUrl" ? shownUrl(new URL(value)) : value;
}

/** Enough of a key to tell it from another one, and no more. */
function masked(key: string): string {
  return key.length < 16 ? "set (too short to show a part of it)" : `…${key.slice(-4)} (${key.length} characters)`;
}

function hasKey(path: string): boolean {
  return existsSync(path) && variableText(parseEnv(readFileSync(path, "utf8")), variables.RESPAN_API_KEY) !== undefined;
}
