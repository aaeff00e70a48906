import type { Attributes } from "@opentelemetry/api";
import {
  ATTEMPT_ADDED_MESSAGES,
  ATTEMPT_ANSWER,
  ATTEMPT_CACHED_TOKENS,
  ATTEMPT_EVENT,
  ATTEMPT_INPUT_TOKENS,
  ATTEMPT_ISSUES,
  ATTEMPT_OUTPUT_TOKENS,
  ENTITY_INPUT,
  ENTITY_OUTPUT,
  GATEWAY_LOG_ID,
  GEN_AI_COMPLETION_PREFIX,
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_PROMPT_PREFIX,
} from "../../wire/attributes.js";
import type { SpanCopy } from "./span-copy.js";

/** Usage and content that the gateway has recorded; the service would count and bill the call twice. */
const RECORDED_PREFIXES = [
  "gen_ai.usage.",
  "llm.usage.",
  "prompt_cache_",
  GEN_AI_PROMPT_PREFIX,
  GEN_AI_COMPLETION_PREFIX,
];

const RECORDED_NAMES: ReadonlySet<string> = new Set([
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  ENTITY_INPUT,
  ENTITY_OUTPUT,
]);

const RECORDED_OF_ATTEMPTS: ReadonlySet<string> = new Set([
  ATTEMPT_INPUT_TOKENS,
  ATTEMPT_OUTPUT_TOKENS,
  ATTEMPT_CACHED_TOKENS,
  ATTEMPT_ANSWER,
  ATTEMPT_ISSUES,
  ATTEMPT_ADDED_MESSAGES,
]);

/** Whether Respan's hosted gateway has recorded the call of a span. */
export function isRecordedByGateway(attributes: Attributes): boolean {
  return typeof attributes[GATEWAY_LOG_ID] === "string";
}

/** Makes of a span a link to the gateway's record: it keeps neither usage nor content. */
export function leaveToGateway(copy: SpanCopy): void {
  copy.attributes = without(copy.attributes, isRecorded);
  copy.events = copy.events.map((event) =>
    event.name === ATTEMPT_EVENT && event.attributes !== undefined
      ? { ...event, attributes: without(event.attributes, (name) => RECORDED_OF_ATTEMPTS.has(name)) }
      : event,
  );
}

function isRecorded(name: string): boolean {
  return RECORDED_NAMES.has(name) || RECORDED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function without(given: Attributes, isLeftOut: (name: string) => boolean): Attributes {
  return Object.fromEntries(Object.entries(given).filter(([name]) => !isLeftOut(name)));
}
