import type { AttributeMap, Scope } from "../../scope/scope.js";
import {
  ENTITY_NAME,
  GEN_AI_CONVERSATION_ID,
  GEN_AI_IS_STREAMING,
  GEN_AI_OPERATION_NAME,
  GEN_AI_PROMPT_NAME,
  GEN_AI_PROMPT_VERSION,
  GEN_AI_PROVIDER_NAME,
  GEN_AI_REQUEST_CHOICE_COUNT,
  GEN_AI_REQUEST_FREQUENCY_PENALTY,
  GEN_AI_REQUEST_MAX_TOKENS,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_PRESENCE_PENALTY,
  GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID,
  GEN_AI_REQUEST_REASONING_LEVEL,
  GEN_AI_REQUEST_SEED,
  GEN_AI_REQUEST_STREAM,
  GEN_AI_REQUEST_TEMPERATURE,
  GEN_AI_REQUEST_TOP_K,
  GEN_AI_REQUEST_TOP_P,
  GEN_AI_SYSTEM,
  INSTRUCTOR_API_METADATA,
  INSTRUCTOR_MAX_RETRIES,
  INSTRUCTOR_MODE_METADATA,
  LLM_REQUEST_TYPE,
  LOG_TYPE,
  OPENAI_REQUEST_SERVICE_TIER,
  SERVER_ADDRESS,
  SERVER_PORT,
  THREAD_IDENTIFIER,
} from "../../wire/attributes.js";
import type { Provider } from "./provider.js";
import type { CallRequest } from "./request.js";
import { retriesOf } from "./request.js";

/** What a call's span says from its start, none of it content. */
export function requestAttributes(
  api: string,
  request: CallRequest,
  provider: Provider,
  isStreaming: boolean,
): AttributeMap {
  const attributes: AttributeMap = {
    [LOG_TYPE]: "chat",
    [LLM_REQUEST_TYPE]: "chat",
    [ENTITY_NAME]: api,
    [GEN_AI_OPERATION_NAME]: "chat",
    [GEN_AI_SYSTEM]: provider.system,
    [GEN_AI_PROVIDER_NAME]: provider.system,
    [GEN_AI_IS_STREAMING]: isStreaming,
    [GEN_AI_REQUEST_STREAM]: isStreaming,
  };
  if (typeof request.model === "string") attributes[GEN_AI_REQUEST_MODEL] = request.model;
  setNumber(attributes, GEN_AI_REQUEST_TEMPERATURE, request.temperature);
  setNumber(attributes, GEN_AI_REQUEST_TOP_P, request.top_p);
  setNumber(attributes, GEN_AI_REQUEST_MAX_TOKENS, request.max_tokens ?? request.max_completion_tokens);
  setNumber(attributes, GEN_AI_REQUEST_FREQUENCY_PENALTY, request.frequency_penalty);
  setNumber(attributes, GEN_AI_REQUEST_PRESENCE_PENALTY, request.presence_penalty);
  setNumber(attributes, GEN_AI_REQUEST_SEED, request.seed);
  if (typeof request.reasoning_effort === "string") {
    attributes[GEN_AI_REQUEST_REASONING_LEVEL] = request.reasoning_effort;
  }
  if (provider.address !== undefined) attributes[SERVER_ADDRESS] = provider.address;
  if (provider.port !== undefined) attributes[SERVER_PORT] = provider.port;
  if (typeof request.previous_response_id === "string") {
    attributes[GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID] = request.previous_response_id;
  }
  if (typeof request.conversation === "string") attributes[GEN_AI_CONVERSATION_ID] = request.conversation;
  if (request.response_model !== undefined) {
    attributes[INSTRUCTOR_MAX_RETRIES] = retriesOf(request);
  }
  return attributes;
}

/** What the GenAI conventions ask for in their current form, beside {@link requestAttributes}. */
export function addConventionNames(attributes: AttributeMap, request: CallRequest, scope: Scope): void {
  const thread = attributes[THREAD_IDENTIFIER];
  if (thread !== undefined) attributes[GEN_AI_CONVERSATION_ID] ??= thread;
  if (request.n !== 1) setNumber(attributes, GEN_AI_REQUEST_CHOICE_COUNT, request.n);
  setNumber(attributes, GEN_AI_REQUEST_TOP_K, request.top_k);
  if (typeof request.service_tier === "string") attributes[OPENAI_REQUEST_SERVICE_TIER] = request.service_tier;
  if (scope.prompt === undefined) return;
  const prompt = JSON.parse(scope.prompt.identifierOnly) as { prompt_id: string; version?: string | number };
  attributes[GEN_AI_PROMPT_NAME] = prompt.prompt_id;
  if (prompt.version !== undefined) attributes[GEN_AI_PROMPT_VERSION] = String(prompt.version);
}

/** This package's metadata, unless the user's has the same names. */
export function addInstructorMetadata(attributes: AttributeMap, api: string, mode: string | undefined): void {
  attributes[INSTRUCTOR_API_METADATA] ??= api;
  if (mode !== undefined) attributes[INSTRUCTOR_MODE_METADATA] ??= mode;
}

function setNumber(attributes: AttributeMap, name: string, value: unknown): void {
  if (typeof value === "number" && Number.isFinite(value)) attributes[name] = value;
}
