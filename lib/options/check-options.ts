import type { z } from "zod/v3";
import { DEFAULT_REDACTOR } from "../capture/masking/redactor.js";
import { suggestedName } from "./other-names.js";

/**
 * Thrown at construction for an option or an environment variable that cannot be used: says which, what it got
 * (secrets masked) and what it wants.
 * @example
 * ```ts
 * new RespanTelemetry({ sampleRate: 2 }); // InvalidSettingError: option "sampleRate" must be a number from 0 to 1, got 2
 * ```
 */
export class InvalidSettingError extends TypeError {
  override readonly name: string = "InvalidSettingError";

  constructor(
    message: string,
    /** The option or the environment variable. */
    readonly setting: string,
  ) {
    super(`respan-instructor: ${message}`);
  }
}

/** Who takes the options, as messages name it. */
export interface OptionOwner {
  /** `RespanTelemetry`, `@Task on SupportDesk.extract`. */
  readonly title: string;
  /** What it takes, where it was given something else. Default: "an object of options". */
  readonly takes?: string;
  /** The start of a message about one option. Default: the title. */
  readonly prefix?: string;
  /** Whether a value must not be shown. */
  readonly isSecret?: (option: string, value: unknown) => boolean;
  /** Makes the error. Default: a `TypeError`. */
  readonly error?: (message: string, option: string) => Error;
}

/**
 * Checks the options that were given. The description of an option's schema is what the option wants, in words that
 * complete "must be". One that was not given is not looked at: a decorated function form runs this at each call.
 * @throws the owner's error, which names the option, what it got and what it wants, or the option that was meant
 */
export function assertOptions<Schema extends z.ZodObject<z.ZodRawShape>>(
  schema: Schema,
  given: unknown,
  owner: OptionOwner,
): asserts given is z.input<Schema> {
  const { title, prefix = `${title}: `, isSecret, error = (message: string) => new TypeError(message) } = owner;
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const { takes = "an object of options" } = owner;
    throw error(`${title} takes ${takes}, got ${shownValue(given, typeof given === "string")}`, "options");
  }
  const { shape } = schema;
  for (const [option, value] of Object.entries(given)) {
    const wanted = Object.hasOwn(shape, option) ? shape[option] : undefined;
    if (wanted === undefined)
      throw error(`${title} has no option ${unknownOption(option, Object.keys(shape))}`, option);
    const problem = complaint(wanted, value, isSecret?.(option, value));
    if (problem !== undefined) throw error(`${prefix}option "${option}" ${problem}`, option);
  }
}

/** What is wrong with a value, in words that follow its name; `undefined` where it fits. */
export function complaint(schema: z.ZodTypeAny, value: unknown, isSecret?: boolean): string | undefined {
  if (fits(schema, value)) return undefined;
  return `must be ${schema.description ?? "of another type"}, got ${shownValue(value, isSecret)}`;
}

/** Zod reads `then` of an object, which may be a Proxy that throws. */
function fits(schema: z.ZodTypeAny, value: unknown): boolean {
  try {
    return schema.safeParse(value).success;
  } catch {
    return false;
  }
}

function unknownOption(option: string, options: readonly string[]): string {
  const meant = suggestedName(option, options);
  const help = meant === undefined ? `the options are ${options.join(", ")}` : `did you mean "${meant}"?`;
  return `"${option.slice(0, 100)}"; ${help}`;
}

const LONGEST = 100;
const MASK = "[redacted]";

/** What an option got, for an error message: short, and with nothing in it that is secret. */
export function shownValue(value: unknown, isSecret = false): string {
  if (isSecret) return `${describeKind(value)} ${MASK}`;
  switch (typeof value) {
    case "string": {
      const text = DEFAULT_REDACTOR.text(value) ?? MASK;
      return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
    }
    case "number":
    case "boolean":
    case "bigint":
      return String(value);
    default:
      return describeKind(value);
  }
}

function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
