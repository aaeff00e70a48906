import type { AttributeMap } from "../../scope/scope.js";
import {
  GEN_AI_USAGE_CACHE_READ,
  GEN_AI_USAGE_CACHE_READ_OLD,
  GEN_AI_USAGE_CACHE_WRITE,
  GEN_AI_USAGE_COMPLETION_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_PROMPT_TOKENS,
  GEN_AI_USAGE_REASONING,
  GEN_AI_USAGE_REASONING_OLD,
  LLM_USAGE_TOTAL_TOKENS,
} from "../../wire/attributes.js";

/** Token counts as a provider reported them; what it did not report is absent. */
export interface Usage {
  input: number | undefined;
  output: number | undefined;
  total: number | undefined;
  cached: number | undefined;
  /** Input that was written to the provider's cache. */
  cacheWritten: number | undefined;
  reasoning: number | undefined;
}

/** No count at all. */
export const noUsage = (): Usage => ({
  input: undefined,
  output: undefined,
  total: undefined,
  cached: undefined,
  cacheWritten: undefined,
  reasoning: undefined,
});

/** The places where providers report one count; the first that holds a count is taken. */
const PLACES: Readonly<Record<keyof Usage, readonly (readonly string[])[]>> = {
  input: [["prompt_tokens"], ["input_tokens"]],
  output: [["completion_tokens"], ["output_tokens"]],
  total: [["total_tokens"]],
  cached: [
    ["prompt_tokens_details", "cached_tokens"],
    ["input_tokens_details", "cached_tokens"],
    // DeepSeek's, and Anthropic's.
    ["prompt_cache_hit_tokens"],
    ["cache_read_input_tokens"],
  ],
  // Anthropic's, and OpenRouter's.
  cacheWritten: [["cache_creation_input_tokens"], ["prompt_tokens_details", "cache_write_tokens"]],
  reasoning: [
    ["completion_tokens_details", "reasoning_tokens"],
    ["output_tokens_details", "reasoning_tokens"],
  ],
};

const COUNTS = Object.keys(PLACES) as (keyof Usage)[];

interface UsageHolder {
  readonly usage?: unknown;
  readonly x_groq?: { readonly usage?: unknown } | null;
  readonly choices?: readonly ({ readonly usage?: unknown } | null)[] | null;
}

/** The usage that a completion or a chunk reports: beside its choices, in Groq's own field, or within a choice (Moonshot). */
export function reportedUsage(source: unknown): unknown {
  const { usage, x_groq: groq, choices } = (source ?? {}) as UsageHolder;
  if (isRecord(usage)) return usage;
  if (isRecord(groq?.usage)) return groq.usage;
  return Array.isArray(choices)
    ? (choices as NonNullable<UsageHolder["choices"]>).findLast((choice) => isRecord(choice?.usage))?.usage
    : undefined;
}

/** Reads a usage as providers report it. Counts that cannot be are left out. */
export function readUsage(reported: unknown): Usage {
  const usage = noUsage();
  for (const name of COUNTS) {
    usage[name] = PLACES[name].map((path) => count(valueAt(reported, path))).find((found) => found !== undefined);
  }
  if (usage.total === undefined && usage.input !== undefined && usage.output !== undefined) {
    usage.total = usage.input + usage.output;
  }
  return usage;
}

function valueAt(source: unknown, path: readonly string[]): unknown {
  return path.reduce((at, name) => (isRecord(at) ? at[name] : undefined), source);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** The sum of two usages as providers report them, count by count; what is no count is the later one's. */
export function sumReported(sum: unknown, more: unknown): Record<string, unknown> {
  const before = isRecord(sum) ? sum : {};
  const after = isRecord(more) ? more : {};
  const entries = Object.entries(after).map(([name, value]): [string, unknown] => {
    const earlier = before[name];
    if (isRecord(value) || isRecord(earlier)) return [name, sumReported(earlier, value)];
    return [name, typeof value === "number" && typeof earlier === "number" ? earlier + value : (value ?? earlier)];
  });
  return { ...before, ...Object.fromEntries(entries) };
}

/** Adds one attempt's counts to a call's. */
export function addUsage(sum: Usage, more: Usage): void {
  for (const name of COUNTS) sum[name] = plus(sum[name], more[name]);
}

/** The names of each count, the older one too. */
const NAMES: Readonly<Record<keyof Usage, readonly string[]>> = {
  input: [GEN_AI_USAGE_INPUT_TOKENS, GEN_AI_USAGE_PROMPT_TOKENS],
  output: [GEN_AI_USAGE_OUTPUT_TOKENS, GEN_AI_USAGE_COMPLETION_TOKENS],
  total: [LLM_USAGE_TOTAL_TOKENS],
  cached: [GEN_AI_USAGE_CACHE_READ, GEN_AI_USAGE_CACHE_READ_OLD],
  cacheWritten: [GEN_AI_USAGE_CACHE_WRITE],
  reasoning: [GEN_AI_USAGE_REASONING, GEN_AI_USAGE_REASONING_OLD],
};

/** Writes a call's counts as attributes. */
export function writeUsage(attributes: AttributeMap, usage: Usage): void {
  for (const count of COUNTS) {
    const tokens = usage[count];
    if (tokens !== undefined) for (const name of NAMES[count]) attributes[name] = tokens;
  }
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function plus(sum: number | undefined, more: number | undefined): number | undefined {
  return more === undefined ? sum : (sum ?? 0) + more;
}
