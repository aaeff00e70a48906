import type { z } from "zod/v3";
import { MASK } from "../capture/bounds.js";
import { DEFAULT_REDACTOR } from "../capture/masking/redactor.js";

/**
 * Thrown at construction for an invalid option or environment variable. The message names it, its value (secrets are
 * masked) and what is expected.
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
    if (wanted === undefined) {
      throw error(`${title} has no option ${unknownOption(option, Object.keys(shape))}`, option);
    }
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

/** What an option got, for an error message: short, and with nothing in it that is secret. */
function shownValue(value: unknown, isSecret = false): string {
  if (isSecret) return `${describeKind(value)} ${MASK}`;
  if (typeof value === "string") {
    const text = DEFAULT_REDACTOR.text(value) ?? MASK;
    return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  }
  return ["number", "boolean", "bigint"].includes(typeof value) ? String(value) : describeKind(value);
}

function describeKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return `a text of ${value.length} characters`;
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * What options are called elsewhere: in Respan's JavaScript and Python packages, in OpenTelemetry and in similar tools.
 * One line for each of our names; case, `_` and `-` count for nothing. What is merely spelled alike need not be listed.
 * Of two lines with the same name the first counts that the owner of the options has.
 */
export const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  apiKey: ["key", "token", "secretKey", "respanApiKey"],
  baseUrl: ["endpoint", "apiEndpoint", "url", "host", "collectorUrl", "respanBaseUrl"],
  appName: ["serviceName", "service", "projectName", "applicationName", "name"],
  isEnabled: ["tracingEnabled", "enableTracing", "enabled", "disabled", "disableTracing"],
  isBatchingEnabled: ["disableBatch", "disableBatching", "batch", "batching", "batchEnabled", "autoFlush"],
  isAutoInstrument: [
    "instrumentations",
    "instruments",
    "instrumentModules",
    "disabledInstrumentations",
    "blockInstruments",
  ],
  logLevel: ["debug", "verbose", "silenceInitializationMessage"],
  metadata: ["associationProperties", "tags", "attributes"],
  customerIdentifier: ["customerId", "customer", "userId", "user"],
  sessionIdentifier: ["sessionId", "session"],
  customerEmail: ["email", "userEmail"],
  customerName: ["userName"],
  threadIdentifier: ["threadId", "thread", "conversationId"],
  customIdentifier: ["customId"],
  groupIdentifier: ["traceGroupIdentifier", "groupId", "traceGroup"],
  evaluationIdentifier: ["evaluationId", "evalId", "experimentId"],
  environment: ["env", "deploymentEnvironment"],
  prompt: ["promptId", "promptReference"],
  captureInput: ["inputParameters", "recordInputs", "ignoreInput", "hideInputs", "input"],
  captureOutput: ["recordOutputs", "ignoreOutput", "hideOutputs", "output"],
  traceContent: [
    "captureContent",
    "recordContent",
    "captureMessageContent",
    "hideContent",
    "recordInputs",
    "recordOutputs",
  ],
  name: ["methodName", "spanName", "entityName"],
  spanProcessors: ["processor", "processors"],
  exporter: ["spanExporter", "traceExporter"],
  spanPostprocess: ["spanPostprocessCallback", "beforeSendSpan"],
  shouldExportSpan: ["exportFilter", "filter", "filterFn"],
  sampleRate: ["samplingRate", "samplingRatio", "tracesSampleRate"],
  tracerProvider: ["provider", "propagator", "contextManager"],
  redact: ["mask", "masking", "piiRedaction"],
  limits: ["spanLimits", "maxPayloadBytes", "maxPayloadSize", "attributeValueLengthLimit", "maxAttributeLength"],
  timeoutMillis: ["timeout", "exportTimeout"],
  client: ["openai", "llm"],
  retryAllErrors: ["maxRetries", "retries"],
};

/** The option that was probably meant, of those that there are. */
export function suggestedName(name: string, options: readonly string[]): string | undefined {
  const typed = plainName(name);
  const isCalled = (others: readonly string[]): boolean => others.some((other) => plainName(other) === typed);
  const known = Object.entries(OTHER_NAMES).find(([ours, others]) => options.includes(ours) && isCalled(others));
  return known?.[0] ?? nearestName(name, options);
}

/**
 * The candidate that is spelled most like `name`; case, `_` and `-` count for nothing, so `api_key` finds `apiKey`.
 * None where more than half of its letters would have to be changed: a wrong suggestion would mislead.
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const wanted = plainName(name);
  const distances = candidates.map((candidate) => editDistance(wanted, plainName(candidate)));
  const smallest = Math.min(...distances);
  return smallest * 2 <= wanted.length ? candidates[distances.indexOf(smallest)] : undefined;
}

/** A name without what people spell differently; of a very long one, the start. */
function plainName(name: string): string {
  return name.slice(0, 64).replace(/[_-]/g, "").toLowerCase();
}

/** Levenshtein's distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
