import type { Attributes } from "@opentelemetry/api";
import { SpanStatusCode } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-node";
import {
  ATTEMPT_ADDED_MESSAGES,
  ATTEMPT_ANSWER,
  ATTEMPT_CACHED_TOKENS,
  ATTEMPT_EVENT,
  ATTEMPT_INPUT_TOKENS,
  ATTEMPT_ISSUES,
  ATTEMPT_OUTPUT_TOKENS,
  ENTITY_INPUT,
  ENTITY_NAME,
  ENTITY_OUTPUT,
  ERROR_MESSAGE,
  GATEWAY_LOG_ID,
  GEN_AI_COMPLETION_PREFIX,
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_IS_STREAMING,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_PROMPT_PREFIX,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_MODEL,
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
  LLM_REQUEST_TYPE,
  LLM_TIME_TO_FIRST_TOKEN,
  LLM_USAGE_REASONING_TOKENS,
  PROMPT_CACHE_CREATION_TOKENS,
  PROMPT_CACHE_HIT_TOKENS,
  SPAN_KIND,
} from "../../wire/attributes.js";
import type { SpanCopy } from "./span-copy.js";

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

/** Usage and content that the gateway has recorded, by how names begin; the service would count and bill the call twice. */
const RECORDED = [
  "gen_ai.usage.",
  "llm.usage.",
  "prompt_cache_",
  GEN_AI_PROMPT_PREFIX,
  GEN_AI_COMPLETION_PREFIX,
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  ENTITY_INPUT,
  ENTITY_OUTPUT,
  ATTEMPT_INPUT_TOKENS,
  ATTEMPT_OUTPUT_TOKENS,
  ATTEMPT_CACHED_TOKENS,
  ATTEMPT_ANSWER,
  ATTEMPT_ISSUES,
  ATTEMPT_ADDED_MESSAGES,
];

/** Whether Respan's hosted gateway has recorded the call of a span. */
export function isRecordedByGateway(attributes: Attributes): boolean {
  return typeof attributes[GATEWAY_LOG_ID] === "string";
}

/** Makes of a span a link to the gateway's record: it keeps neither usage nor content. */
export function leaveToGateway(copy: SpanCopy): void {
  copy.attributes = withoutRecorded(copy.attributes);
  copy.events = copy.events.map((event) =>
    event.name === ATTEMPT_EVENT && event.attributes !== undefined
      ? { ...event, attributes: withoutRecorded(event.attributes) }
      : event,
  );
}

function withoutRecorded(attributes: Attributes): Attributes {
  const isRecorded = (name: string): boolean => RECORDED.some((start) => name.startsWith(start));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !isRecorded(name)));
}

/** The name that the Python system's semantic style gives a span; `undefined` where it gives none. */
export function semanticName(attributes: Attributes): string | undefined {
  if (attributes[LLM_REQUEST_TYPE] === "chat") return joined("llm", attributes[GEN_AI_REQUEST_MODEL]);
  switch (attributes[SPAN_KIND]) {
    case "workflow":
      return "workflow";
    case "task":
      return "task";
    case "agent":
      return joined("agent", attributes[ENTITY_NAME]);
    case "tool":
      return joined("tool", attributes[ENTITY_NAME]);
    default:
      return undefined;
  }
}

function joined(kind: string, name: unknown): string {
  const part = typeof name === "string" ? sanitized(name) : "";
  return part === "" ? kind : `${kind}.${part}`;
}

/** A name as the Python system writes it: arrows and whatever is no letter, digit, `.` or `-` become `_`. */
function sanitized(name: string): string {
  return name
    .replace(/\s*(?:->|\u2192)\s*/gu, "_")
    .replace(/[^\p{L}\p{N}_.-]+/gu, "_")
    .replace(/^[_.-]+|[_.-]+$/g, "");
}
