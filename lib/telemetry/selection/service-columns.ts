import type { Attributes } from "@opentelemetry/api";
import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import {
  ERROR_MESSAGE,
  GEN_AI_IS_STREAMING,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_REASONING_LEVEL,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  GEN_AI_USAGE_CACHE_READ,
  GEN_AI_USAGE_CACHE_READ_OLD,
  GEN_AI_USAGE_CACHE_WRITE,
  GEN_AI_USAGE_REASONING,
  GEN_AI_USAGE_REASONING_OLD,
  LLM_FREQUENCY_PENALTY,
  LLM_IS_STREAMING,
  LLM_PRESENCE_PENALTY,
  LLM_REQUEST_REASONING_EFFORT,
  LLM_TIME_TO_FIRST_TOKEN,
  LLM_USAGE_REASONING_TOKENS,
  PROMPT_CACHE_CREATION_TOKENS,
  PROMPT_CACHE_HIT_TOKENS,
} from "../../wire/attributes.js";

/**
 * Values that the service reads under a name of its own: OpenTelemetry's name, and the service's. Of two names for one
 * column, the first that a span has counts.
 */
const COLUMNS: readonly (readonly [from: string, column: string])[] = [
  [GEN_AI_USAGE_CACHE_READ, PROMPT_CACHE_HIT_TOKENS],
  [GEN_AI_USAGE_CACHE_READ_OLD, PROMPT_CACHE_HIT_TOKENS],
  [GEN_AI_USAGE_CACHE_WRITE, PROMPT_CACHE_CREATION_TOKENS],
  // Spellings of other instrumentations.
  ["gen_ai.usage.cache_creation.input_tokens", PROMPT_CACHE_CREATION_TOKENS],
  ["gen_ai.usage.cache_creation_input_tokens", PROMPT_CACHE_CREATION_TOKENS],
  [GEN_AI_REQUEST_STREAM, LLM_IS_STREAMING],
  [GEN_AI_IS_STREAMING, LLM_IS_STREAMING],
  [GEN_AI_USAGE_REASONING, LLM_USAGE_REASONING_TOKENS],
  [GEN_AI_USAGE_REASONING_OLD, LLM_USAGE_REASONING_TOKENS],
  [GEN_AI_REQUEST_FREQUENCY_PENALTY, LLM_FREQUENCY_PENALTY],
  [GEN_AI_REQUEST_PRESENCE_PENALTY, LLM_PRESENCE_PENALTY],
  [GEN_AI_REQUEST_REASONING_LEVEL, LLM_REQUEST_REASONING_EFFORT],
  [GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK, LLM_TIME_TO_FIRST_TOKEN],
];

/** The service's own columns that a span lacks; `undefined` where it lacks none. */
export function missingColumns({
  attributes,
  status,
}: Pick<ReadableSpan, "attributes" | "status">): Attributes | undefined {
  let columns: Attributes | undefined;
  const add = (column: string, value: Attributes[string]): void => {
    if (value === undefined || attributes[column] !== undefined || columns?.[column] !== undefined) return;
    (columns ??= {})[column] = value;
  };
  for (const [from, column] of COLUMNS) add(column, attributes[from]);
  // The message is content: where content is off, the status has none.
  if (status.code === SpanStatusCode.ERROR && status.message !== "") add(ERROR_MESSAGE, status.message);
  return columns;
}
