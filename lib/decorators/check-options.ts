import { DEFAULT_REDACTOR } from "../capture/redaction.js";
import { nearestName } from "../scope/nearest-name.js";
import type { AnyEntityOptions, EntityKind } from "./entity-options.js";

interface Rule {
  readonly accepts: (value: unknown) => boolean;
  readonly wanted: string;
}

const isFunction = (value: unknown): boolean => typeof value === "function";
const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const TEXT: Rule = {
  accepts: (value) => typeof value === "string" || isFunction(value),
  wanted: "a string, or a function of the instance and the arguments that gives one",
};
const SWITCH: Rule = {
  accepts: (value) => typeof value === "boolean" || isFunction(value),
  wanted: "true, false or a function that chooses what is kept",
};

/** One row for each option: what it may be, and how that is said. */
const RULES: Readonly<Record<keyof AnyEntityOptions, Rule>> = {
  name: {
    accepts: (value) => (typeof value === "string" && value.trim() !== "") || isFunction(value),
    wanted: "a string that is not empty, or a function of the instance and the arguments that gives one",
  },
  version: TEXT,
  customerIdentifier: TEXT,
  customerEmail: TEXT,
  customerName: TEXT,
  threadIdentifier: TEXT,
  customIdentifier: TEXT,
  groupIdentifier: TEXT,
  evaluationIdentifier: TEXT,
  environment: TEXT,
  metadata: {
    accepts: (value) => isObject(value) || isFunction(value),
    wanted: "an object, or a function of the instance and the arguments that gives one",
  },
  prompt: {
    accepts: (value) =>
      isFunction(value) || (isObject(value) && typeof (value as { promptId?: unknown }).promptId === "string"),
    wanted: "an object with a promptId (a string), or a function of the instance and the arguments that gives one",
  },
  traceContent: {
    accepts: SWITCH.accepts,
    wanted: "true, false or a function of the instance and the arguments that gives one of them",
  },
  captureInput: SWITCH,
  captureOutput: SWITCH,
};

const NAMES = Object.keys(RULES);

/** Names of the decorators, as a message shows them. */
export const DECORATOR: Readonly<Record<EntityKind, string>> = {
  workflow: "Workflow",
  task: "Task",
  agent: "Agent",
  tool: "Tool",
};

/**
 * Checks what a decorator or a function form was told; a bare string is the name.
 * @param where what is decorated, for the message: `@Task on SupportDesk.extract`, `withTask`
 * @returns the options, undefined ones included
 * @throws TypeError that says which option, what it got and what it wants
 */
export function checkOptions(given: unknown, where: string): AnyEntityOptions {
  if (given === undefined) return {};
  const options = typeof given === "string" ? { name: given } : given;
  if (!isObject(options)) {
    throw new TypeError(`${where}: options must be a name (a string) or an object, got ${shown(given)}`);
  }
  for (const key of Object.keys(options)) {
    const value = (options as Record<string, unknown>)[key];
    if (!Object.hasOwn(RULES, key)) throw unknownOption(key, where);
    const rule = RULES[key as keyof AnyEntityOptions];
    if (value !== undefined && !rule.accepts(value)) {
      throw new TypeError(`${where}: option "${key}" must be ${rule.wanted}, got ${shown(value)}`);
    }
  }
  return options;
}

function unknownOption(key: string, where: string): TypeError {
  const nearest = nearestName(key, NAMES);
  return new TypeError(
    `${where}: there is no option "${key}"${nearest === undefined ? "" : ` (did you mean "${nearest}"?)`}; ` +
      `the options are ${NAMES.join(", ")}`,
  );
}

/** A value in few words, credentials masked. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(DEFAULT_REDACTOR.text(value.slice(0, 80)) ?? "[redacted]");
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return "an array";
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  return typeof value === "object" ? "an object" : `a value of type ${typeof value}`;
}
