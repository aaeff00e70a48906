import type { Context } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import { listOf } from "../../capture/user-values.js";
import { lookingOnce } from "../../capture/masking/redactor.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { captureSchema, captureText, NAME_BOUNDS } from "../../capture/serialize.js";
import { quietly, warnOnce } from "../../observe/warn-once.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { openSpan } from "../../scope/open-span.js";
import type { Scope, AttributeMap } from "../../scope/scope.js";
import { stamp } from "../../scope/scope.js";
import type { Tracing } from "../../scope/tracing.js";
import { limitsOf } from "../../scope/tracing.js";
import {
  ENTITY_INPUT,
  GEN_AI_OUTPUT_TYPE,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_TOOL_DEFINITIONS,
  INSTRUCTOR_RESPONSE_MODEL,
  INSTRUCTOR_SCHEMA_HASH,
  LLM_REQUEST_FUNCTIONS,
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
  GEN_AI_RESPONSE_FINISH_REASON,
  GEN_AI_USAGE_CACHE_READ_OLD,
  GEN_AI_USAGE_COMPLETION_TOKENS,
  GEN_AI_USAGE_PROMPT_TOKENS,
  GEN_AI_USAGE_REASONING_OLD,
} from "../../wire/attributes.js";
import { functionsText } from "../schema/functions-text.js";
import { jsonSchemaHash, schemaHash } from "../schema/describe-schema.js";
import { isZod4 } from "../schema/zod.js";
import { inputJson, keepPrompt } from "./prompt.js";
import { toToolDefinitions } from "./gen-ai-form.js";
import { readMessages } from "./messages.js";
import type { CallOrigin } from "./origin.js";
import type { CallRequest } from "./request.js";
import { hasSchema, retriesOf } from "./request.js";
import type { Provider } from "./provider.js";

/** The API that a caller used; the name of its span. */
export type Api =
  | "instructor.create"
  | "instructor.create_with_completion"
  | "instructor.create_iterable"
  | "instructor.create_partial"
  | OpenAIApi;

/** OpenAI's own methods. */
export type OpenAIApi =
  | "openai.chat.completions.create"
  | "openai.chat.completions.parse"
  | "openai.chat.completions.stream"
  | "openai.chat.completions.run_tools"
  | "openai.responses.create"
  | "openai.responses.parse"
  | "openai.responses.stream";

/** What a call begins with. */
export interface CallStart {
  readonly origin: CallOrigin;
  readonly api: Api;
  readonly request: CallRequest;
  /** Reads the request, for an API whose parameters have a form of their own. Never throws. */
  readonly read?: (request: object) => CallRequest;
  /** The caller's request options. */
  readonly options: unknown;
  readonly isStreaming: boolean;
  /** Whether the request is sent as it is made: a plain call's, or that of a client that is only observed. Default: `false`. */
  readonly isNative?: boolean;
  /** The context that the call was made in. Default: the current one. */
  readonly context?: Context;
}

/** Opens the span of a call, with everything that is known at its start. `undefined` where there is to be none. */
export function openChatSpan(
  tracing: Tracing,
  scope: Scope,
  { origin, api, request, isStreaming, context }: CallStart & { readonly context: Context },
): OpenSpan | undefined {
  return quietly("a call could not be traced", () => {
    const attributes = requestAttributes(api, request, origin.recognizeProvider(), isStreaming);
    stamp(attributes, scope);
    // Instructor's mode says nothing of OpenAI's own methods.
    const mode = api.startsWith("openai.") ? undefined : origin.instance.mode;
    addInstructorMetadata(attributes, api, mode);
    const { output_format: format } = request;
    const modelName: unknown =
      format?.name ?? quietly("a response model could not be read", () => request.response_model?.name);
    if (typeof modelName === "string") attributes[INSTRUCTOR_RESPONSE_MODEL] = modelName;
    const isLatest = tracing.usesLatestGenAi;
    if (isLatest) {
      if (request.response_model !== undefined || format?.isText === true) attributes[GEN_AI_OUTPUT_TYPE] = "json";
      addConventionNames(attributes, request, scope);
      dropReplacedNames(attributes);
    }
    const model = attributes[GEN_AI_REQUEST_MODEL];
    const name = isLatest && typeof model === "string" ? `chat ${model}` : api;
    const { decide } = origin;
    const open = openSpan(tracing, context, scope, { name, kind: SpanKind.CLIENT, attributes, decide });
    warnOfEmptySchema(request);
    if (open?.isRecording === true) setSchemaHash(open, request);
    if (open?.takesContent === true) keepInput(open, request, modelName, mode);
    return open;
  });
}

/** Instructor cannot read Zod 4 schemas; the traced client hands it a facade of one, which is none. */
function warnOfEmptySchema({ response_model: model }: CallRequest): void {
  quietly("a schema could not be read", () => {
    if (!hasSchema(model) || !isZod4(model.schema)) return;
    warnOnce(
      "schema-empty",
      "the model received an empty schema, since Instructor cannot read Zod 4; use createTracedInstructor.",
    );
  });
}

function setSchemaHash(open: OpenSpan, { response_model: model, output_format: format }: CallRequest): void {
  quietly("a schema could not be read", () => {
    const hash = hasSchema(model) ? schemaHash(model.schema) : format?.schema && jsonSchemaHash(format.schema);
    if (hash !== undefined) open.set({ [INSTRUCTOR_SCHEMA_HASH]: hash });
  });
}

/** Keeps each part of what was asked; one that cannot be read costs the others nothing. */
function keepInput(open: OpenSpan, request: CallRequest, modelName: unknown, mode: string | undefined): void {
  const { redactor } = open.tracing;
  const { model } = request;
  quietly("the messages of a call could not be read", () => {
    const messages = readMessages(request.messages);
    const once = lookingOnce(redactor);
    // First what wants more of each text.
    keepPrompt(open, messages, once);
    const input = { messages, model, response_model: modelName, mode };
    open.keep(ENTITY_INPUT, inputJson(input, once, limitsOf(open.tracing).chat));
  });
  quietly("the stop sequences of a call could not be read", () => keepStop(open, request.stop));
  quietly("a schema could not be read", () => {
    const functions = functionsOf(request, redactor);
    if (functions === undefined) return;
    open.keep(LLM_REQUEST_FUNCTIONS, functions);
    if (open.tracing.usesLatestGenAi) open.keep(GEN_AI_TOOL_DEFINITIONS, toToolDefinitions(functions));
  });
}

/** More of them no provider takes. */
const MOST_STOPS = 50;

function keepStop(open: OpenSpan, given: unknown): void {
  const stop = typeof given === "string" ? [given] : listOf(given, MOST_STOPS);
  const sequences = stop?.filter((one) => typeof one === "string");
  if (sequences === undefined) return;
  const { redactor } = open.tracing;
  open.keep(
    GEN_AI_REQUEST_STOP_SEQUENCES,
    sequences.map((one) => captureText(one, redactor, NAME_BOUNDS) ?? ""),
  );
}

/** What the model is asked to call; without a response model, what it may call. */
function functionsOf({ response_model: model, tools }: CallRequest, redactor: Redactor): string | undefined {
  if (model === undefined) return Array.isArray(tools) ? captureSchema(tools, redactor) : undefined;
  return hasSchema(model) && typeof model.name === "string" ? functionsText(model, redactor) : undefined;
}

/** What a call's span says from its start, none of it content. */
function requestAttributes(api: string, request: CallRequest, provider: Provider, isStreaming: boolean): AttributeMap {
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
function addConventionNames(attributes: AttributeMap, request: CallRequest, scope: Scope): void {
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
function addInstructorMetadata(attributes: AttributeMap, api: string, mode: string | undefined): void {
  attributes[INSTRUCTOR_API_METADATA] ??= api;
  if (mode !== undefined) attributes[INSTRUCTOR_MODE_METADATA] ??= mode;
}

function setNumber(attributes: AttributeMap, name: string, value: unknown): void {
  if (typeof value === "number" && Number.isFinite(value)) attributes[name] = value;
}

/** Names that OpenTelemetry's GenAI conventions have replaced by others, which are written as well. */
const REPLACED = [
  GEN_AI_SYSTEM,
  GEN_AI_IS_STREAMING,
  GEN_AI_RESPONSE_FINISH_REASON,
  GEN_AI_USAGE_PROMPT_TOKENS,
  GEN_AI_USAGE_COMPLETION_TOKENS,
  GEN_AI_USAGE_CACHE_READ_OLD,
  GEN_AI_USAGE_REASONING_OLD,
];

/** Takes them off attributes that are written in the conventions' current form. */
export function dropReplacedNames(attributes: AttributeMap): void {
  for (const name of REPLACED) Reflect.deleteProperty(attributes, name);
  // Set only where it is true.
  if (attributes[GEN_AI_REQUEST_STREAM] === false) Reflect.deleteProperty(attributes, GEN_AI_REQUEST_STREAM);
}
