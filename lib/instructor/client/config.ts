import { z } from "zod/v3";
import { assertOptions } from "../../options/check-options.js";
import type { CompletionClient, InstructorFactory } from "../call/instance.js";
import { isCompletionClient } from "../call/instance.js";
import type { InstructorInstrumentorOptions, Mode } from "./client-types.js";

/** All modes that Instructor JS has. */
export const MODES: readonly Mode[] = Object.freeze([
  "TOOLS",
  "FUNCTIONS",
  "JSON",
  "MD_JSON",
  "JSON_SCHEMA",
  "THINKING_MD_JSON",
]);

/** What `createTracedInstructor` was given, checked. */
export interface CheckedConfig {
  /** What goes to `Instructor(…)`. */
  readonly forInstructor: {
    readonly client: CompletionClient;
    readonly mode: Mode;
    readonly [option: string]: unknown;
  };
  readonly factory: InstructorFactory | undefined;
  readonly traceContent: boolean | (() => boolean) | undefined;
  readonly streamUsage: boolean | undefined;
}

/**
 * Reads the two forms of `createTracedInstructor`'s arguments.
 * @throws TypeError naming the option, what it got and what it wants
 */
export function checkConfig(first: unknown, second: unknown): CheckedConfig {
  const given: unknown = isCompletionClient(first) ? { client: first, mode: second } : withClient(first);
  const schema = configSchema();
  assertOptions(schema, given, {
    title: "createTracedInstructor",
    takes: "a configuration or an OpenAI client",
    isSecret: (_, value) => typeof value === "string" && !WORD.test(value),
  });
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { Instructor: factory, traceContent, streamUsage, ...forInstructor } = schema.parse(present);
  return { forInstructor, factory, traceContent, streamUsage };
}

/** A configuration in which the one option that must be given has a place, for the check to find it empty. */
function withClient(config: unknown): unknown {
  return typeof config === "object" && config !== null && !Array.isArray(config)
    ? { client: undefined, ...config }
    : config;
}

/** @throws TypeError for an unknown option, or a value of a wrong type */
export function checkInstrumentorOptions(given: unknown): InstructorInstrumentorOptions {
  const schema = z.object({ traceContent: traceContent(), streamUsage: aFlag() });
  assertOptions(schema, given, { title: "InstructorInstrumentor" });
  return given;
}

/** Short words are options misspelt; anything else may be a key. */
const WORD = /^[A-Za-z_]{1,20}$/;

function configSchema() {
  return z.object({
    client: z
      .custom<CompletionClient>(isCompletionClient)
      .describe("a client with chat.completions.create, such as new OpenAI()"),
    mode: z
      .custom<Mode>((value) => MODES.some((mode) => mode === value))
      .default("TOOLS")
      .describe(`one of ${MODES.join(", ")}`),
    debug: aFlag(),
    logger: aFunction<(...args: unknown[]) => void>().optional().describe("a function"),
    retryAllErrors: aFlag(),
    traceContent: traceContent(),
    streamUsage: aFlag(),
    Instructor: aFunction<InstructorFactory>().optional().describe("the default export of @instructor-ai/instructor"),
  });
}

const aFunction = <Fn>(): z.ZodType<Fn> => z.custom<Fn>((value) => typeof value === "function");

const aFlag = () => z.boolean().optional().describe("a boolean");

const traceContent = () =>
  z.union([z.boolean(), aFunction<() => boolean>()]).optional().describe("a boolean or a function");
