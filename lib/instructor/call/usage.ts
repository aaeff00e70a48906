import { isObjectLike } from "../../observe/intercept.js";
import type { AttributeMap } from "../../scope/scope.js";
import * as names from "../../wire/attributes.js";
import { fieldsOf } from "./messages.js";

/** One count: where providers report it, the first place that holds a count wins; and the attributes that it becomes. */
interface Count {
  readonly places: readonly (readonly [field: string, detail?: string])[];
  readonly attributes: readonly string[];
}

const COUNTS = {
  input: {
    places: [["prompt_tokens"], ["input_tokens"], ["promptTokens"], ["inputTokens"], ["tokens", "input_tokens"]],
    attributes: [names.GEN_AI_USAGE_INPUT_TOKENS, names.GEN_AI_USAGE_PROMPT_TOKENS],
  },
  output: {
    places: [
      ["completion_tokens"],
      ["output_tokens"],
      // Of Mistral's client, of Bedrock's, and Cohere's.
      ["completionTokens"],
      ["outputTokens"],
      ["tokens", "output_tokens"],
    ],
    attributes: [names.GEN_AI_USAGE_OUTPUT_TOKENS, names.GEN_AI_USAGE_COMPLETION_TOKENS],
  },
  total: { places: [["total_tokens"], ["totalTokens"]], attributes: [names.LLM_USAGE_TOTAL_TOKENS] },
  cached: {
    places: [
      ["prompt_tokens_details", "cached_tokens"],
      ["input_tokens_details", "cached_tokens"],
      // DeepSeek's, Anthropic's, and Moonshot's.
      ["prompt_cache_hit_tokens"],
      ["cache_read_input_tokens"],
      ["cached_tokens"],
    ],
    attributes: [names.GEN_AI_USAGE_CACHE_READ, names.GEN_AI_USAGE_CACHE_READ_OLD],
  },
  // Input that was written to the provider's cache: Anthropic's, and OpenRouter's.
  cacheWritten: {
    places: [["cache_creation_input_tokens"], ["prompt_tokens_details", "cache_write_tokens"]],
    attributes: [names.GEN_AI_USAGE_CACHE_WRITE],
  },
  reasoning: {
    places: [
      ["completion_tokens_details", "reasoning_tokens"],
      ["output_tokens_details", "reasoning_tokens"],
      // Perplexity's.
      ["reasoning_tokens"],
    ],
    attributes: [names.GEN_AI_USAGE_REASONING, names.GEN_AI_USAGE_REASONING_OLD],
  },
} as const satisfies Record<string, Count>;

type CountName = keyof typeof COUNTS;
// `Object.entries` forgets which keys there are.
const ENTRIES = Object.entries(COUNTS) as [CountName, Count][];

/** Token counts as a provider reported them; what it did not report is absent. */
export type Usage = Partial<Record<CountName, number>>;

/** The usage that a completion or a chunk reports: beside its choices, in Groq's own field, or within a choice (Moonshot). */
export function reportedUsage(source: unknown): unknown {
  const { usage, x_groq: groq, choices } = fieldsOf(source);
  if (isObjectLike(usage)) return usage;
  const within = Array.isArray(choices) ? choices.map((choice) => fieldsOf(choice).usage).reverse() : [];
  return [fieldsOf(groq).usage, ...within].find(isObjectLike);
}

/** Reads a usage as providers report it. Counts that cannot be are left out. */
export function readUsage(reported: unknown): Usage {
  const usage: Usage = {};
  const fields = fieldsOf(reported);
  for (const [name, { places }] of ENTRIES) {
    for (const [field, detail] of places) {
      const count = detail === undefined ? fields[field] : fieldsOf(fields[field])[detail];
      if (!isCount(count)) continue;
      usage[name] = count;
      break;
    }
  }
  if (usage.input !== undefined && usage.output !== undefined) usage.total ??= usage.input + usage.output;
  return usage;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** The sum of two usages as providers report them, count by count; what is no count is the later one's. */
export function sumReported(sum: unknown, more: unknown): Record<string, unknown> {
  const all: Record<string, unknown> = { ...fieldsOf(sum) };
  for (const [name, value] of Object.entries(fieldsOf(more))) {
    const earlier = all[name];
    if (isObjectLike(value) || isObjectLike(earlier)) all[name] = sumReported(earlier, value);
    else all[name] = typeof value === "number" && typeof earlier === "number" ? earlier + value : (value ?? earlier);
  }
  return all;
}

/** Adds one attempt's counts to a call's. */
export function addUsage(sum: Usage, more: Usage): void {
  for (const [name] of ENTRIES) {
    const count = more[name];
    if (count !== undefined) sum[name] = (sum[name] ?? 0) + count;
  }
}

/** Writes a call's counts as attributes. */
export function writeUsage(attributes: AttributeMap, usage: Usage): void {
  for (const [name, { attributes: written }] of ENTRIES) {
    const count = usage[name];
    if (count !== undefined) for (const attribute of written) attributes[attribute] = count;
  }
}
