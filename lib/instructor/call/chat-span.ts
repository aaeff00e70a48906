import type { Context } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import { listOf } from "../../capture/user-values.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { captureSchema, captureText, NAME_BOUNDS } from "../../capture/serialize.js";
import { quietly, warnOnce } from "../../observe/warn-once.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { openSpan } from "../../scope/open-span.js";
import type { AttributeMap, Scope } from "../../scope/scope.js";
import { stamp } from "../../scope/scope.js";
import type { Tracing } from "../../scope/tracing.js";
import * as names from "../../wire/attributes.js";
import { functionsText, jsonSchemaHash, schemaHash } from "../schema/describe-schema.js";
import { isZod4 } from "../schema/zod.js";
import { toToolDefinitions } from "./gen-ai-form.js";
import type { CallOrigin } from "./origin.js";
import type { InputFacts } from "./prompt.js";
import { keepPrompt } from "./prompt.js";
import type { CallRequest } from "./request.js";
import { hasSchema, retriesOf } from "./request.js";

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

/** A call whose parameters have been read, in the context that it was made in. */
export interface CallBegun extends CallStart {
  readonly context: Context;
}

/** Opens the span of a call, with everything that is known at its start. `undefined` where there is to be none. */
export function openChatSpan(tracing: Tracing, scope: Scope, call: CallBegun): OpenSpan | undefined {
  return quietly("a call could not be traced", () => {
    const { api, origin, request, context } = call;
    const attributes = callAttributes(call);
    stamp(attributes, scope);
    // This package's metadata, unless the user's has the same names.
    attributes[names.INSTRUCTOR_API_METADATA] ??= api;
    // Instructor's mode says nothing of OpenAI's own methods.
    const mode = api.startsWith("openai.") ? undefined : origin.instance.mode;
    if (mode !== undefined) attributes[names.INSTRUCTOR_MODE_METADATA] ??= mode;
    let name: string = api;
    if (tracing.usesLatestGenAi) {
      addLatestNames(attributes, request, scope);
      dropReplacedNames(attributes);
      if (typeof request.model === "string") name = `chat ${request.model}`;
    }
    const start = { name, kind: SpanKind.CLIENT, attributes, decide: origin.decide };
    const open = openSpan(tracing, context, scope, start);
    warnOfEmptySchema(request);
    if (open?.isRecording === true) setSchemaHash(open, request);
    if (open?.takesContent === true) {
      keepInput(open, request, {
        model: request.model,
        response_model: attributes[names.INSTRUCTOR_RESPONSE_MODEL],
        mode,
      });
    }
    return open;
  });
}

/** Parameters that are attributes where they are texts. */
const TEXTS = [
  ["model", names.GEN_AI_REQUEST_MODEL],
  ["reasoning_effort", names.GEN_AI_REQUEST_REASONING_LEVEL],
  ["previous_response_id", names.GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID],
  ["conversation", names.GEN_AI_CONVERSATION_ID],
] as const;

/** Parameters that are attributes where they are numbers; of one name the last that is given counts. */
const NUMBERS = [
  ["temperature", names.GEN_AI_REQUEST_TEMPERATURE],
  ["top_p", names.GEN_AI_REQUEST_TOP_P],
  ["max_completion_tokens", names.GEN_AI_REQUEST_MAX_TOKENS],
  ["max_tokens", names.GEN_AI_REQUEST_MAX_TOKENS],
  ["frequency_penalty", names.GEN_AI_REQUEST_FREQUENCY_PENALTY],
  ["presence_penalty", names.GEN_AI_REQUEST_PRESENCE_PENALTY],
  ["seed", names.GEN_AI_REQUEST_SEED],
] as const;

/** What a call's span says from its start, none of it content. */
function callAttributes({ api, origin, request, isStreaming }: CallStart): AttributeMap {
  const { system, address, port } = origin.recognizeProvider();
  const attributes: AttributeMap = {
    [names.LOG_TYPE]: "chat",
    [names.LLM_REQUEST_TYPE]: "chat",
    [names.ENTITY_NAME]: api,
    [names.GEN_AI_OPERATION_NAME]: "chat",
    [names.GEN_AI_SYSTEM]: system,
    [names.GEN_AI_PROVIDER_NAME]: system,
    [names.GEN_AI_IS_STREAMING]: isStreaming,
    [names.GEN_AI_REQUEST_STREAM]: isStreaming,
  };
  for (const [parameter, name] of TEXTS) setText(attributes, name, request[parameter]);
  for (const [parameter, name] of NUMBERS) setNumber(attributes, name, request[parameter]);
  if (address !== undefined) attributes[names.SERVER_ADDRESS] = address;
  if (port !== undefined) attributes[names.SERVER_PORT] = port;
  if (request.response_model !== undefined) attributes[names.INSTRUCTOR_MAX_RETRIES] = retriesOf(request);
  const { output_format: format, response_model: model } = request;
  const modelName = format?.name ?? quietly("a response model could not be read", () => model?.name);
  setText(attributes, names.INSTRUCTOR_RESPONSE_MODEL, modelName);
  return attributes;
}

/** What the GenAI conventions ask for in their current form alone. */
function addLatestNames(attributes: AttributeMap, request: CallRequest, { prompt }: Scope): void {
  if (request.response_model !== undefined || request.output_format?.isText === true) {
    attributes[names.GEN_AI_OUTPUT_TYPE] = "json";
  }
  const thread = attributes[names.THREAD_IDENTIFIER];
  if (thread !== undefined) attributes[names.GEN_AI_CONVERSATION_ID] ??= thread;
  if (request.n !== 1) setNumber(attributes, names.GEN_AI_REQUEST_CHOICE_COUNT, request.n);
  setNumber(attributes, names.GEN_AI_REQUEST_TOP_K, request.top_k);
  setText(attributes, names.OPENAI_REQUEST_SERVICE_TIER, request.service_tier);
  if (prompt === undefined) return;
  const { prompt_id: id, version } = JSON.parse(prompt.identifierOnly) as {
    prompt_id: string;
    version?: string | number;
  };
  attributes[names.GEN_AI_PROMPT_NAME] = id;
  if (version !== undefined) attributes[names.GEN_AI_PROMPT_VERSION] = String(version);
}

function setText(attributes: AttributeMap, name: string, value: unknown): void {
  if (typeof value === "string") attributes[name] = value;
}

function setNumber(attributes: AttributeMap, name: string, value: unknown): void {
  if (typeof value === "number" && Number.isFinite(value)) attributes[name] = value;
}

/** Names that OpenTelemetry's GenAI conventions have replaced by others, which are written as well. */
const REPLACED = [
  names.GEN_AI_SYSTEM,
  names.GEN_AI_IS_STREAMING,
  names.GEN_AI_RESPONSE_FINISH_REASON,
  names.GEN_AI_USAGE_PROMPT_TOKENS,
  names.GEN_AI_USAGE_COMPLETION_TOKENS,
  names.GEN_AI_USAGE_CACHE_READ_OLD,
  names.GEN_AI_USAGE_REASONING_OLD,
];

/** Takes them off attributes that are written in the conventions' current form. */
export function dropReplacedNames(attributes: AttributeMap): void {
  for (const name of REPLACED) Reflect.deleteProperty(attributes, name);
  // Set only where it is true.
  if (attributes[names.GEN_AI_REQUEST_STREAM] === false) {
    Reflect.deleteProperty(attributes, names.GEN_AI_REQUEST_STREAM);
  }
}

/** Instructor cannot read Zod 4 schemas; the traced client hands it a facade of one, which is none. */
function warnOfEmptySchema({ response_model: model }: CallRequest): void {
  quietly("a schema could not be read", () => {
    if (!hasSchema(model) || !isZod4(model.schema)) return;
    warnOnce(
      "schema-empty",
      "the model received an empty schema, because Instructor cannot read Zod 4; use createTracedInstructor.",
    );
  });
}

function setSchemaHash(open: OpenSpan, { response_model: model, output_format: format }: CallRequest): void {
  quietly("a schema could not be read", () => {
    const hash = hasSchema(model) ? schemaHash(model.schema) : format?.schema && jsonSchemaHash(format.schema);
    if (hash !== undefined) open.set({ [names.INSTRUCTOR_SCHEMA_HASH]: hash });
  });
}

/** More of them no provider takes. */
const MOST_STOPS = 50;

/** Keeps each part of what was asked; one that cannot be read costs the others nothing. */
function keepInput(open: OpenSpan, request: CallRequest, facts: InputFacts): void {
  const { redactor, usesLatestGenAi } = open.tracing;
  const { messages, stop } = request;
  quietly("the messages of a call could not be read", () => keepPrompt(open, messages, facts));
  const stops = (typeof stop === "string" ? [stop] : listOf(stop, MOST_STOPS))?.filter(
    (one) => typeof one === "string",
  );
  const masked = stops?.map((one) => captureText(one, redactor, NAME_BOUNDS) ?? "");
  open.keep(names.GEN_AI_REQUEST_STOP_SEQUENCES, masked);
  quietly("a schema could not be read", () => {
    const functions = functionsOf(request, redactor);
    if (functions === undefined) return;
    open.keep(names.LLM_REQUEST_FUNCTIONS, functions);
    if (usesLatestGenAi) open.keep(names.GEN_AI_TOOL_DEFINITIONS, toToolDefinitions(functions));
  });
}

/** What the model is asked to call; without a response model, what it may call. */
function functionsOf({ response_model: model, tools }: CallRequest, redactor: Redactor): string | undefined {
  if (model === undefined) return Array.isArray(tools) ? captureSchema(tools, redactor) : undefined;
  return hasSchema(model) && typeof model.name === "string" ? functionsText(model, redactor) : undefined;
}
