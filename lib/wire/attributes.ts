/**
 * Names of everything that a span carries, as the Respan service, the OpenTelemetry GenAI conventions and OpenLLMetry
 * (`traceloop.*`, `gen_ai.prompt.*`) define them.
 */

/** Inherited from the scope. */
export const CUSTOMER_IDENTIFIER = "respan.customer_params.customer_identifier";
export const CUSTOMER_EMAIL = "respan.customer_params.email";
export const CUSTOMER_NAME = "respan.customer_params.name";
export const THREAD_IDENTIFIER = "respan.threads.thread_identifier";
export const SESSION_IDENTIFIER = "respan.sessions.session_identifier";
export const CUSTOM_IDENTIFIER = "respan.span_params.custom_identifier";
export const GROUP_IDENTIFIER = "respan.trace.trace_group_identifier";
export const EVALUATION_IDENTIFIER = "respan.evaluation_params.evaluation_identifier";
export const ENVIRONMENT = "respan.environment";
export const METADATA_PREFIX = "respan.metadata.";
export const SDK_VERSION_METADATA = "respan.metadata._tracing_sdk_version";
export const PROPERTIES = "respan.properties";
export const PROMPT = "respan.prompt";
export const WORKFLOW_NAME = "traceloop.workflow.name";
export const ENTITY_PATH = "traceloop.entity.path";

/** Decorated spans. */
export const SPAN_KIND = "traceloop.span.kind";
export const ENTITY_NAME = "traceloop.entity.name";
export const ENTITY_VERSION = "traceloop.entity.version";
export const ENTITY_INPUT = "traceloop.entity.input";
export const ENTITY_OUTPUT = "traceloop.entity.output";
export const LOG_METHOD = "respan.entity.log_method";
export const LOG_TYPE = "respan.entity.log_type";
/** The value of {@link LOG_METHOD} on every decorated span. */
export const TS_TRACING = "ts_tracing";

/** The chat span. */
export const LLM_REQUEST_TYPE = "llm.request.type";
export const LLM_REQUEST_FUNCTIONS = "llm.request.functions";
export const GEN_AI_SYSTEM = "gen_ai.system";
export const GEN_AI_PROVIDER_NAME = "gen_ai.provider.name";
export const GEN_AI_OPERATION_NAME = "gen_ai.operation.name";
export const GEN_AI_REQUEST_MODEL = "gen_ai.request.model";
export const GEN_AI_REQUEST_TEMPERATURE = "gen_ai.request.temperature";
export const GEN_AI_REQUEST_TOP_P = "gen_ai.request.top_p";
export const GEN_AI_REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens";
export const GEN_AI_REQUEST_FREQUENCY_PENALTY = "gen_ai.request.frequency_penalty";
export const GEN_AI_REQUEST_PRESENCE_PENALTY = "gen_ai.request.presence_penalty";
export const GEN_AI_REQUEST_SEED = "gen_ai.request.seed";
export const GEN_AI_REQUEST_STOP_SEQUENCES = "gen_ai.request.stop_sequences";
export const GEN_AI_REQUEST_REASONING_LEVEL = "gen_ai.request.reasoning.level";
export const GEN_AI_REQUEST_STREAM = "gen_ai.request.stream";
export const GEN_AI_IS_STREAMING = "gen_ai.is_streaming";
export const GEN_AI_PROMPT_PREFIX = "gen_ai.prompt.";
export const GEN_AI_COMPLETION_PREFIX = "gen_ai.completion.";
export const GEN_AI_RESPONSE_MODEL = "gen_ai.response.model";
export const GEN_AI_RESPONSE_ID = "gen_ai.response.id";
export const GEN_AI_RESPONSE_FINISH_REASON = "gen_ai.response.finish_reason";
export const GEN_AI_RESPONSE_FINISH_REASONS = "gen_ai.response.finish_reasons";
export const GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk";
export const GEN_AI_USAGE_INPUT_TOKENS = "gen_ai.usage.input_tokens";
export const GEN_AI_USAGE_PROMPT_TOKENS = "gen_ai.usage.prompt_tokens";
export const GEN_AI_USAGE_OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
export const GEN_AI_USAGE_COMPLETION_TOKENS = "gen_ai.usage.completion_tokens";
export const LLM_USAGE_TOTAL_TOKENS = "llm.usage.total_tokens";
export const GEN_AI_USAGE_CACHE_READ = "gen_ai.usage.cache_read.input_tokens";
export const GEN_AI_USAGE_CACHE_READ_OLD = "gen_ai.usage.cache_read_input_tokens";
export const GEN_AI_USAGE_REASONING = "gen_ai.usage.reasoning.output_tokens";
export const GEN_AI_USAGE_REASONING_OLD = "gen_ai.usage.reasoning_tokens";
export const GEN_AI_USAGE_CACHE_WRITE = "gen_ai.usage.cache_write.input_tokens";
export const SERVER_ADDRESS = "server.address";
export const SERVER_PORT = "server.port";
export const INSTRUCTOR_API_METADATA = "respan.metadata.instructor_api";
export const INSTRUCTOR_MODE_METADATA = "respan.metadata.mode";
export const INSTRUCTOR_MAX_RETRIES = "instructor.max_retries";
export const INSTRUCTOR_ATTEMPTS = "instructor.attempts";
export const INSTRUCTOR_RESPONSE_MODEL = "instructor.response_model";
export const INSTRUCTOR_SCHEMA_HASH = "instructor.schema.hash";
/** The record that Respan's hosted gateway has made of the call. */
export const GATEWAY_LOG_ID = "respan.gateway.log_id";
export const ERROR_TYPE = "error.type";
export const HTTP_RESPONSE_STATUS_CODE = "http.response.status_code";

/** Columns that the service reads under names of its own, beside OpenTelemetry's. */
export const PROMPT_CACHE_HIT_TOKENS = "prompt_cache_hit_tokens";
export const PROMPT_CACHE_CREATION_TOKENS = "prompt_cache_creation_tokens";
export const LLM_IS_STREAMING = "llm.is_streaming";
export const LLM_USAGE_REASONING_TOKENS = "llm.usage.reasoning_tokens";
export const LLM_FREQUENCY_PENALTY = "llm.frequency_penalty";
export const LLM_PRESENCE_PENALTY = "llm.presence_penalty";
export const LLM_REQUEST_REASONING_EFFORT = "llm.request.reasoning_effort";
export const LLM_TIME_TO_FIRST_TOKEN = "llm.openai.chat_completions.streaming_time_to_first_token";
export const ERROR_MESSAGE = "error.message";

/** The current OpenTelemetry GenAI form of the content (`OTEL_SEMCONV_STABILITY_OPT_IN`). */
/** The version of the conventions that this form is of. */
export const GEN_AI_SCHEMA_URL = "https://opentelemetry.io/schemas/gen-ai/1.42.0";
export const GEN_AI_INPUT_MESSAGES = "gen_ai.input.messages";
export const GEN_AI_OUTPUT_MESSAGES = "gen_ai.output.messages";
export const GEN_AI_TOOL_DEFINITIONS = "gen_ai.tool.definitions";
export const GEN_AI_OUTPUT_TYPE = "gen_ai.output.type";

export const GEN_AI_WORKFLOW_NAME = "gen_ai.workflow.name";
export const GEN_AI_AGENT_NAME = "gen_ai.agent.name";
export const GEN_AI_TOOL_NAME = "gen_ai.tool.name";
export const GEN_AI_TOOL_TYPE = "gen_ai.tool.type";
export const GEN_AI_TOOL_CALL_ARGUMENTS = "gen_ai.tool.call.arguments";
export const GEN_AI_TOOL_CALL_RESULT = "gen_ai.tool.call.result";
export const GEN_AI_CONVERSATION_ID = "gen_ai.conversation.id";
export const GEN_AI_PROMPT_NAME = "gen_ai.prompt.name";
export const GEN_AI_PROMPT_VERSION = "gen_ai.prompt.version";
export const GEN_AI_REQUEST_CHOICE_COUNT = "gen_ai.request.choice.count";
export const GEN_AI_REQUEST_PREVIOUS_RESPONSE_ID = "gen_ai.request.previous_response_id";
export const GEN_AI_REQUEST_TOP_K = "gen_ai.request.top_k";
export const OPENAI_REQUEST_SERVICE_TIER = "openai.request.service_tier";
export const OPENAI_RESPONSE_SERVICE_TIER = "openai.response.service_tier";
export const OPENAI_RESPONSE_SYSTEM_FINGERPRINT = "openai.response.system_fingerprint";

/** One attempt of a structured call, an event on its chat span. */
export const ATTEMPT_EVENT = "instructor.attempt";
export const ATTEMPT_NUMBER = "instructor.attempt.number";
export const ATTEMPT_DURATION = "instructor.attempt.duration";
export const ATTEMPT_FINISH_REASON = "instructor.attempt.finish_reason";
export const ATTEMPT_INPUT_TOKENS = "instructor.attempt.input_tokens";
export const ATTEMPT_OUTPUT_TOKENS = "instructor.attempt.output_tokens";
export const ATTEMPT_CACHED_TOKENS = "instructor.attempt.cached_tokens";
export const ATTEMPT_GATEWAY_LOG_ID = "instructor.attempt.gateway_log_id";
export const ATTEMPT_OUTCOME = "instructor.attempt.outcome";
export const ATTEMPT_ANSWER = "instructor.attempt.answer";
export const ATTEMPT_ISSUES = "instructor.attempt.issues";
export const ATTEMPT_ADDED_MESSAGES = "instructor.attempt.added_messages";

/** The exception event of OpenTelemetry. */
export const EXCEPTION_EVENT = "exception";
export const EXCEPTION_TYPE = "exception.type";
export const EXCEPTION_MESSAGE = "exception.message";
export const EXCEPTION_STACKTRACE = "exception.stacktrace";

/** The resource. */
export const SERVICE_NAME = "service.name";
export const DEPLOYMENT_ENVIRONMENT_NAME = "deployment.environment.name";

/** Metrics: OpenTelemetry's, and our own. */
export const INFERENCE_DURATION_METRIC = "gen_ai.client.inference.duration";
export const INPUT_TOKENS_METRIC = "gen_ai.client.inference.usage.input_tokens";
export const OUTPUT_TOKENS_METRIC = "gen_ai.client.inference.usage.output_tokens";
export const CACHE_READ_METRIC = "gen_ai.client.inference.usage.cache_read.input_tokens";
export const CACHE_WRITE_METRIC = "gen_ai.client.inference.usage.cache_write.input_tokens";
export const REASONING_METRIC = "gen_ai.client.inference.usage.reasoning.output_tokens";
export const ATTEMPTS_METRIC = "instructor.attempts";
export const VALIDATION_FAILURES_METRIC = "instructor.validation.failures";
export const GEN_AI_TOKEN_MODALITY = "gen_ai.token.modality";
export const VALIDATION_PATH = "instructor.validation.path";
export const VALIDATION_CODE = "instructor.validation.code";
