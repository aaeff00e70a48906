import { isObjectLike } from "../../observe/intercept.js";
import { quietly } from "../../observe/warn-once.js";
import type { CallRequest, OutputFormat } from "../call/request.js";
import { readRequest } from "../call/request.js";
import type { JsonSchema } from "../schema/json-schema.js";

/** A tool of a chat completion; a function's name and parameters are in `function`. */
interface ChatTool {
  readonly type?: unknown;
  readonly function?: { readonly name?: unknown; readonly parameters?: unknown } | null;
}

/** `response_format` of a chat completion, and `text.format` of a response, which has the schema's parts in itself. */
interface Format {
  readonly type?: unknown;
  readonly json_schema?: SchemaParts | null;
}

interface SchemaParts {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly schema?: unknown;
}

/** What a chat completion's request says of the answer that it wants. */
export function readChatRequest(request: object): CallRequest {
  const read = readRequest(request);
  return readableOr(read, () => {
    const { response_format: format, tool_choice: choice } = request as Record<string, unknown>;
    return withFormat(read, format, choice);
  });
}

/** What is read of a request; less of it where a part throws when it is read. */
export function readableOr(less: CallRequest, read: () => CallRequest): CallRequest {
  return quietly("a request could not be read", read) ?? less;
}

/**
 * A request with the JSON Schema that its answer is to have: the format's, else the parameters of the one tool that it
 * can call. The schema goes before the tools, as Instructor's does.
 */
export function withFormat(request: CallRequest, given: unknown, choice: unknown): CallRequest {
  const format = (given ?? {}) as Format & SchemaParts;
  const isText = format.type === "json_schema" || format.type === "json_object";
  const { name, description, schema } = format.json_schema ?? format;
  const tools = Array.isArray(request.tools) ? (request.tools as (ChatTool | null)[]) : [];
  if (!isText) return { ...request, output_format: toolFormat(tools, choice) };
  const asked = { name: textOrNothing(name), schema: schemaOrNothing(schema), isText };
  if (asked.schema === undefined) return { ...request, output_format: asked };
  const described = { type: "function", function: { name, description, parameters: schema } };
  return { ...request, output_format: asked, tools: [described, ...tools] };
}

function toolFormat(tools: readonly (ChatTool | null)[], choice: unknown): OutputFormat | undefined {
  const { function: chosen, name = chosen?.name } = Object(choice) as { name?: unknown } & ChatTool;
  const functions = tools.flatMap((tool) => tool?.function ?? []);
  const called = functions.length === 1 ? functions[0] : functions.find((one) => one.name === name);
  if (called === undefined) return undefined;
  return { name: textOrNothing(called.name), schema: schemaOrNothing(called.parameters), isText: false };
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function schemaOrNothing(value: unknown): JsonSchema | undefined {
  return isObjectLike(value) ? (value as JsonSchema) : undefined;
}

/** What of a message tells its value: OpenAI's helpers add what they parsed. */
interface ParsedMessage {
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly parsed?: unknown;
  readonly tool_calls?: readonly ParsedToolCall[] | null;
}

interface ParsedToolCall {
  readonly function?: { readonly arguments?: unknown; readonly parsed_arguments?: unknown } | null;
  readonly custom?: { readonly input?: unknown } | null;
}

/**
 * The value that a completion's first choice is: what a helper parsed, else the arguments of its tool calls, else its
 * text, where that is to be JSON. `undefined` where it is no such value.
 * @throws SyntaxError for what is to be JSON and is not
 */
export function outputOf(completion: unknown, wantsJson: boolean): unknown {
  const { choices } = (completion ?? {}) as { choices?: readonly ({ message?: ParsedMessage | null } | null)[] | null };
  const { content, refusal, parsed, tool_calls: calls } = choices?.[0]?.message ?? {};
  if (parsed !== undefined && parsed !== null) return parsed;
  if (Array.isArray(calls) && calls.length > 0) {
    const values = (calls as ParsedToolCall[]).map(argumentsOf);
    return values.length === 1 ? values[0] : values;
  }
  const isAnswered = typeof content === "string" && content !== "" && !refusal;
  return wantsJson && isAnswered ? (JSON.parse(content) as unknown) : undefined;
}

/** A custom tool's input is any text. */
function argumentsOf({ function: called, custom }: ParsedToolCall): unknown {
  const { arguments: given, parsed_arguments: parsed } = called ?? {};
  if (parsed !== undefined && parsed !== null) return parsed;
  return typeof given === "string" && given !== "" ? (JSON.parse(given) as unknown) : (given ?? custom?.input);
}
