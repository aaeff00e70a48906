import type { ApiAttributes, ApiSpan } from "../api.js";
import * as names from "../../wire/attributes.js";
import type { Prices } from "../cost/prices.js";
import { numberAt, shared, textAt } from "./attribute-values.js";
import { callFactsOf } from "./call-facts.js";
import type { CallFacts, TokenCounts } from "./call-facts.js";

/** What the list needs to know of a span, kept beside its text so that no text is parsed for the list. */
export interface SpanFacts {
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly isError: boolean;
  readonly workflow: string | undefined;
  readonly customer: string | undefined;
  readonly thread: string | undefined;
  readonly service: string | undefined;
  readonly model: string | undefined;
  readonly attempts: number | undefined;
  readonly tokens: TokenCounts | undefined;
  /** On a model's call only. */
  readonly call: CallFacts | undefined;
}

/** Where each fact is found, the first one present wins: this package's names, then those of other SDKs. */
const WORKFLOW = [names.WORKFLOW_NAME, "gen_ai.workflow.name"];
const CUSTOMER = [names.CUSTOMER_IDENTIFIER, "user.id", "enduser.id"];
const THREAD = [names.THREAD_IDENTIFIER, "gen_ai.conversation.id", "session.id"];
const MODEL = [names.GEN_AI_RESPONSE_MODEL, names.GEN_AI_REQUEST_MODEL, "llm.model_name"];
const INPUT_TOKENS = [
  names.GEN_AI_USAGE_INPUT_TOKENS,
  names.GEN_AI_USAGE_PROMPT_TOKENS,
  "llm.usage.prompt_tokens",
  "llm.token_count.prompt",
];
const OUTPUT_TOKENS = [
  names.GEN_AI_USAGE_OUTPUT_TOKENS,
  names.GEN_AI_USAGE_COMPLETION_TOKENS,
  "llm.usage.completion_tokens",
  "llm.token_count.completion",
];
const TOTAL_TOKENS = [names.LLM_USAGE_TOTAL_TOKENS, "gen_ai.usage.total_tokens", "llm.token_count.total"];

export function factsOf(span: ApiSpan, prices: Prices): SpanFacts {
  const { attributes } = span;
  const model = textAt(attributes, MODEL);
  const tokens = tokensOf(attributes);
  return {
    parentSpanId: span.parentSpanId,
    name: shared(span.name),
    startTime: span.startTime,
    endTime: span.startTime + span.durationMs,
    isError: span.status.code === "error",
    workflow: textAt(attributes, WORKFLOW),
    customer: textAt(attributes, CUSTOMER),
    thread: textAt(attributes, THREAD),
    service: textAt(span.resource, [names.SERVICE_NAME]),
    model,
    attempts: attemptsOf(span),
    tokens,
    call: callFactsOf(span, { model, tokens }, prices),
  };
}

function attemptsOf({ attributes, events }: ApiSpan): number | undefined {
  const told = numberAt(attributes, [names.INSTRUCTOR_ATTEMPTS]);
  if (told !== undefined) return told;
  const attempts = events.filter(({ name }) => name === names.ATTEMPT_EVENT).length;
  return attempts > 0 ? attempts : undefined;
}

function tokensOf(attributes: ApiAttributes): TokenCounts | undefined {
  const input = numberAt(attributes, INPUT_TOKENS);
  const output = numberAt(attributes, OUTPUT_TOKENS);
  const total = numberAt(attributes, TOTAL_TOKENS) ?? (input === undefined ? output : input + (output ?? 0));
  if (total === undefined) return undefined;
  return { input, output, total };
}
