import { isObjectLike } from "../../observe/intercept.js";
import { quietly } from "../../observe/warn-once.js";
import type { CallRequest, OutputFormat } from "../call/request.js";
import { readRequest } from "../call/request.js";
import type { JsonSchema } from "../schema/json-schema.js";

/** What a caller or a provider gave, of which anything may be missing. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; of anything else there are none. */
export function fieldsOf(value: unknown): Fields {
  return isObjectLike(value) ? (value as Fields) : {};
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
  const format = fieldsOf(given);
  const isText = format.type === "json_schema" || format.type === "json_object";
  const tools = Array.isArray(request.tools) ? (request.tools as unknown[]) : [];
  if (!isText) return { ...request, output_format: toolFormat(tools, fieldsOf(choice)) };
  // A response has the schema's parts in the format itself.
  const { name, description, schema } = fieldsOf(format.json_schema ?? format);
  const asked = { name: textOrNothing(name), schema: schemaOrNothing(schema), isText };
  if (asked.schema === undefined) return { ...request, output_format: asked };
  const described = { type: "function", function: { name, description, parameters: schema } };
  return { ...request, output_format: asked, tools: [described, ...tools] };
}

function toolFormat(tools: readonly unknown[], choice: Fields): OutputFormat | undefined {
  const chosen = fieldsOf(choice.function).name ?? choice.name;
  const functions = tools.map((tool) => fieldsOf(fieldsOf(tool).function)).filter(({ name }) => name !== undefined);
  const called = functions.length === 1 ? functions[0] : functions.find(({ name }) => name === chosen);
  if (called === undefined) return undefined;
  return { name: textOrNothing(called.name), schema: schemaOrNothing(called.parameters), isText: false };
}

function textOrNothing(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function schemaOrNothing(value: unknown): JsonSchema | undefined {
  return isObjectLike(value) ? (value as JsonSchema) : undefined;
}

/**
 * The value that a completion's first choice is: what a helper parsed, else the arguments of its tool calls, else its
 * text, where that is to be JSON. `undefined` where it is no such value.
 * @throws SyntaxError for what is to be JSON and is not
 */
export function outputOf(completion: unknown, wantsJson: boolean): unknown {
  const { choices } = fieldsOf(completion);
  const [choice] = Array.isArray(choices) ? (choices as unknown[]) : [];
  const { content, refusal, parsed, tool_calls: calls } = fieldsOf(fieldsOf(choice).message);
  if (parsed !== undefined && parsed !== null) return parsed;
  if (Array.isArray(calls) && calls.length > 0) {
    const values = calls.map(argumentsOf);
    return values.length === 1 ? values[0] : values;
  }
  const isAnswered = typeof content === "string" && content !== "" && !refusal;
  return wantsJson && isAnswered ? (JSON.parse(content) as unknown) : undefined;
}

/** A custom tool's input is any text. */
function argumentsOf(call: unknown): unknown {
  const { function: called, custom } = fieldsOf(call);
  const { arguments: given, parsed_arguments: parsed } = fieldsOf(called);
  if (parsed !== undefined && parsed !== null) return parsed;
  return typeof given === "string" && given !== "" ? (JSON.parse(given) as unknown) : (given ?? fieldsOf(custom).input);
}
