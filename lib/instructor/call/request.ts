import { readProperty } from "../../observe/errors.js";
import type { JsonSchema } from "../schema/json-schema.js";
import type { ResponseModel } from "../schema/types.js";

/** Parameters that a span tells, whoever made the call. Not the stream's, which say how the answer is sent. */
const READ = [
  "model",
  "messages",
  "response_model",
  "max_retries",
  "tools",
  "temperature",
  "top_p",
  "max_tokens",
  "max_completion_tokens",
  "frequency_penalty",
  "presence_penalty",
  "reasoning_effort",
  "seed",
  "n",
  "top_k",
  "service_tier",
  "stop",
] as const;

type Parameter = (typeof READ)[number] | "stream" | "stream_options" | "previous_response_id" | "conversation";

/** What of a caller's request is read; everything else goes to the provider unseen. */
export interface CallRequest extends Readonly<Partial<Record<Parameter, unknown>>> {
  readonly response_model?: ResponseModel;
  /** What the answer is asked to be by OpenAI's own parameters. */
  readonly output_format?: OutputFormat | undefined;
}

/** A request that asks for structured output. */
export type StructuredRequest = CallRequest & { readonly response_model: ResponseModel };

/** A JSON Schema that an answer is to have, by a format or as a tool's parameters. */
export interface OutputFormat {
  readonly name: string | undefined;
  /** `undefined` for any JSON. */
  readonly schema: JsonSchema | undefined;
  /** Whether the answer's text is to be JSON, and not the arguments of a tool alone. */
  readonly isText: boolean;
}

/** How many times Instructor asks again at most. */
export function retriesOf({ max_retries: given }: CallRequest): number {
  const retries = Number(given ?? 0);
  return Number.isFinite(retries) ? retries : 0;
}

/** Whether there is a schema to be read; Instructor will complain where there is none. */
export function hasSchema(model: ResponseModel | null | undefined): model is ResponseModel {
  return typeof model?.schema === "object" && (model.schema as object | null) !== null;
}

/** The same request for another schema, with what Instructor reads of a response model. */
export function withSchema<R extends StructuredRequest>(request: R, schema: object): R {
  const { name, description } = request.response_model;
  return { ...request, response_model: { name, description, schema } };
}

/**
 * The request without `validation_context`, which is for hooks alone: Instructor JS never reads it, and OpenAI refuses
 * fields that it does not know.
 */
export function withoutValidationContext<R extends object>(request: R): R {
  if (!("validation_context" in request)) return request;
  const { validation_context: _, ...rest } = request;
  // What is left out is optional in every request.
  return rest as R;
}

/** What a span tells of a request, each part read once; one that throws when it is read is left out. */
export function readRequest(request: object): CallRequest {
  const read: Partial<Record<Parameter, unknown>> = {};
  for (const name of READ) {
    const value = readProperty(request, name);
    if (value !== undefined) read[name] = value;
  }
  // Whatever the caller put there; it is looked at before it is used.
  return read as CallRequest;
}

/** Whether a request asks for structured output; Instructor itself asks the same. */
export function isStructured(request: unknown): request is StructuredRequest {
  return typeof request === "object" && request !== null && "response_model" in request;
}
