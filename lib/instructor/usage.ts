import type { AttributeMap } from "../scope/scope.js";
import {
  GEN_AI_USAGE_CACHE_READ,
  GEN_AI_USAGE_CACHE_READ_OLD,
  GEN_AI_USAGE_COMPLETION_TOKENS,
  GEN_AI_USAGE_INPUT_TOKENS,
  GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_USAGE_PROMPT_TOKENS,
  GEN_AI_USAGE_REASONING,
  GEN_AI_USAGE_REASONING_OLD,
  LLM_USAGE_TOTAL_TOKENS,
} from "../wire/attributes.js";

/** Token counts as a provider reported them; what it did not report is absent. */
export interface Usage {
  input: number | undefined;
  output: number | undefined;
  total: number | undefined;
  cached: number | undefined;
  reasoning: number | undefined;
}

/** No count at all. */
export const noUsage = (): Usage => ({
  input: undefined,
  output: undefined,
  total: undefined,
  cached: undefined,
  reasoning: undefined,
});

interface ReportedUsage {
  prompt_tokens?: unknown;
  completion_tokens?: unknown;
  total_tokens?: unknown;
  prompt_tokens_details?: { cached_tokens?: unknown } | null;
  completion_tokens_details?: { reasoning_tokens?: unknown } | null;
}

/** Reads the `usage` of a completion or a chunk. Counts that cannot be are left out. */
export function readUsage(reported: unknown): Usage {
  const given = (reported ?? {}) as ReportedUsage;
  const usage: Usage = {
    input: count(given.prompt_tokens),
    output: count(given.completion_tokens),
    total: count(given.total_tokens),
    cached: count(given.prompt_tokens_details?.cached_tokens),
    reasoning: count(given.completion_tokens_details?.reasoning_tokens),
  };
  if (usage.total === undefined && usage.input !== undefined && usage.output !== undefined) {
    usage.total = usage.input + usage.output;
  }
  return usage;
}

/** Adds one attempt's counts to a call's. */
export function addUsage(sum: Usage, more: Usage): void {
  sum.input = plus(sum.input, more.input);
  sum.output = plus(sum.output, more.output);
  sum.total = plus(sum.total, more.total);
  sum.cached = plus(sum.cached, more.cached);
  sum.reasoning = plus(sum.reasoning, more.reasoning);
}

/** Writes a call's counts as attributes. */
export function writeUsage(attributes: AttributeMap, usage: Usage): void {
  if (usage.input !== undefined) {
    attributes[GEN_AI_USAGE_INPUT_TOKENS] = usage.input;
    attributes[GEN_AI_USAGE_PROMPT_TOKENS] = usage.input;
  }
  if (usage.output !== undefined) {
    attributes[GEN_AI_USAGE_OUTPUT_TOKENS] = usage.output;
    attributes[GEN_AI_USAGE_COMPLETION_TOKENS] = usage.output;
  }
  if (usage.total !== undefined) attributes[LLM_USAGE_TOTAL_TOKENS] = usage.total;
  if (usage.cached !== undefined) {
    attributes[GEN_AI_USAGE_CACHE_READ] = usage.cached;
    attributes[GEN_AI_USAGE_CACHE_READ_OLD] = usage.cached;
  }
  if (usage.reasoning !== undefined) {
    attributes[GEN_AI_USAGE_REASONING] = usage.reasoning;
    attributes[GEN_AI_USAGE_REASONING_OLD] = usage.reasoning;
  }
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

function plus(sum: number | undefined, more: number | undefined): number | undefined {
  return more === undefined ? sum : (sum ?? 0) + more;
}
