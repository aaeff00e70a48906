import { isList } from "../../capture/user-values.js";
import { isObjectLike } from "../../observe/intercept.js";
import { quietly } from "../../observe/warn-once.js";
import { filledText } from "../call/answer.js";
import { fieldsOf } from "../call/messages.js";
import type { CallRequest, OutputFormat } from "../call/request.js";
import type { JsonSchema } from "../schema/json-schema.js";

/** What a caller or a provider gave, of which anything may be missing. */
export type Fields = Readonly<Record<string, unknown>>;

/** The items of an array; of anything else there are none. */
export function itemsOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

/** A chat completion's request with the format that its answer is to have. */
export function withChatFormat(read: CallRequest, request: Fields): CallRequest {
  return withFormat(read, request.response_format, request.tool_choice);
}

/**
 * A request with the JSON Schema that its answer is to have: the format's, else the parameters of the one tool that it
 * can call. The schema goes before the tools, as Instructor's does.
 */
export function withFormat(request: CallRequest, given: unknown, choice: unknown): CallRequest {
  const format = fieldsOf(given);
  const isText = isJsonFormat(given);
  const tools = itemsOf(request.tools);
  if (!isText) return { ...request, output_format: toolFormat(tools, fieldsOf(choice)) };
  // A response has the schema's parts in the format itself.
  const { name, description, schema } = fieldsOf(format.json_schema ?? format);
  const asked = { name: filledText(name), schema: schemaOrNothing(schema), isText };
  if (asked.schema === undefined) return { ...request, output_format: asked };
  const described = { type: "function", function: { name, description, parameters: schema } };
  return { ...request, output_format: asked, tools: [described, ...tools] };
}

function isJsonFormat(format: unknown): boolean {
  const { type } = fieldsOf(format);
  return type === "json_schema" || type === "json_object";
}

function toolFormat(tools: readonly unknown[], choice: Fields): OutputFormat | undefined {
  const chosen = fieldsOf(choice.function).name ?? choice.name;
  const functions = tools.map((tool) => fieldsOf(fieldsOf(tool).function)).filter(({ name }) => name !== undefined);
  const called = functions.length === 1 ? functions[0] : functions.find(({ name }) => name === chosen);
  if (called === undefined) return undefined;
  return { name: filledText(called.name), schema: schemaOrNothing(called.parameters), isText: false };
}

function schemaOrNothing(value: unknown): JsonSchema | undefined {
  return isObjectLike(value) ? (value as JsonSchema) : undefined;
}

/**
 * The value that a completion's first choice is: what a helper parsed, else the arguments of its tool calls, else its
 * text, where that is to be JSON. `undefined` where it is no such value.
 * @param request the caller's, whose format and tools may have parsers
 * @throws what is wrong with it: a `SyntaxError` for what is to be JSON and is not, or what its schema objects to
 */
export function outputOf(completion: unknown, request: object): unknown {
  const asked = quietly("a request could not be read", () => {
    const { response_format: format, text, tools } = fieldsOf(request);
    return { format: format ?? fieldsOf(text).format, tools: itemsOf(tools) };
  });
  const [choice] = itemsOf(fieldsOf(completion).choices);
  const { content, refusal, parsed, tool_calls: calls } = fieldsOf(fieldsOf(choice).message);
  if (parsed !== undefined && parsed !== null) return parsed;
  const values = itemsOf(calls).map((call) => argumentsOf(call, asked?.tools ?? []));
  if (values.length > 0) return values.length === 1 ? values[0] : values;
  const isAnswered = typeof content === "string" && content !== "" && !refusal;
  return isAnswered && isJsonFormat(asked?.format) ? parse(content, asked?.format) : undefined;
}

/** A custom tool's input is any text. */
function argumentsOf(call: unknown, tools: readonly unknown[]): unknown {
  const { function: called, custom } = fieldsOf(call);
  const { name, arguments: given, parsed_arguments: parsed } = fieldsOf(called);
  const tool = tools.map(fieldsOf).find((one) => (fieldsOf(one.function).name ?? one.name) === name);
  return parsed ?? (filledText(given) === undefined ? (given ?? fieldsOf(custom).input) : parse(String(given), tool));
}

/** By the parser that OpenAI's helpers for Zod put on a format or a tool, where there is one. */
function parse(text: string, asked: unknown): unknown {
  const { $parseRaw: parser } = fieldsOf(asked);
  return typeof parser === "function" ? (Reflect.apply(parser, asked, [text]) as unknown) : JSON.parse(text);
}
