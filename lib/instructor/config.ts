import type { InstructorFactory } from "./instance.js";
import { isCompletionClient } from "./instance.js";
import type { Mode } from "./mode.js";
import { MODES } from "./mode.js";

/** What `createTracedInstructor` was given, checked. */
export interface CheckedConfig {
  /** What goes to `Instructor(…)`. */
  readonly forInstructor: { readonly client: object; readonly mode: Mode; readonly [option: string]: unknown };
  readonly factory: InstructorFactory | undefined;
  readonly traceContent: boolean | (() => boolean) | undefined;
}

const OPTIONS = ["client", "mode", "debug", "logger", "retryAllErrors", "traceContent", "Instructor"] as const;

/**
 * Reads the two forms of `createTracedInstructor`'s arguments.
 * @throws TypeError naming the option, what it got and what it wants
 */
export function checkConfig(first: unknown, second: unknown): CheckedConfig {
  if (isCompletionClient(first)) return checkOptions({ client: first, mode: second });
  if (typeof first !== "object" || first === null) refuse("its argument", "a configuration or an OpenAI client", first);
  return checkOptions(first as Record<string, unknown>);
}

function checkOptions(given: Record<string, unknown>): CheckedConfig {
  for (const key of Object.keys(given)) {
    if (!(OPTIONS as readonly string[]).includes(key)) {
      throw new TypeError(`createTracedInstructor: unknown option "${key}"; there are: ${OPTIONS.join(", ")}`);
    }
  }
  const { client, mode = "TOOLS", debug, logger, retryAllErrors, traceContent, Instructor: factory } = given;
  if (!isCompletionClient(client))
    refuse('"client"', "a client with chat.completions.create, such as new OpenAI()", client);
  if (!(MODES as readonly unknown[]).includes(mode)) refuse('"mode"', `one of ${MODES.join(", ")}`, mode);
  if (debug !== undefined && typeof debug !== "boolean") refuse('"debug"', "a boolean", debug);
  if (logger !== undefined && typeof logger !== "function") refuse('"logger"', "a function", logger);
  if (retryAllErrors !== undefined && typeof retryAllErrors !== "boolean") {
    refuse('"retryAllErrors"', "a boolean", retryAllErrors);
  }
  if (factory !== undefined && typeof factory !== "function") {
    refuse('"Instructor"', "the default export of @instructor-ai/instructor", factory);
  }
  return {
    forInstructor: {
      client: client,
      mode: mode as Mode,
      ...(debug !== undefined && { debug }),
      ...(logger !== undefined && { logger }),
      ...(retryAllErrors !== undefined && { retryAllErrors }),
    },
    factory: factory as InstructorFactory | undefined,
    traceContent: checkTraceContent("createTracedInstructor", traceContent),
  };
}

/** @throws TypeError unless it is a boolean, a function or absent */
export function checkTraceContent(who: string, value: unknown): boolean | (() => boolean) | undefined {
  if (value === undefined || typeof value === "boolean" || typeof value === "function") {
    return value as boolean | (() => boolean) | undefined;
  }
  throw new TypeError(`${who}: "traceContent" must be a boolean or a function, got ${describe(value)}`);
}

function refuse(what: string, wanted: string, got: unknown): never {
  throw new TypeError(`createTracedInstructor: ${what} must be ${wanted}, got ${describe(got)}`);
}

/** What a value is, without anything of its content. */
function describe(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  if (typeof value === "string") return MODE_LIKE.test(value) ? `"${value}"` : "a string";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/** Short words are options misspelt; anything longer may be a key. */
const MODE_LIKE = /^[A-Za-z_]{1,20}$/;
