/** OpenAI's Responses in the form of chat completions, in which everything else reads them. */
import { filledText } from "../call/answer.js";
import type { CallRequest } from "../call/request.js";
import { readRequest } from "../call/request.js";
import type { Fields } from "./output-format.js";
import { fieldsOf, readableOr, withFormat } from "./output-format.js";

/** Reads the parameters of a response as those of a chat completion. */
export function readResponsesRequest(request: object): CallRequest {
  const read = readRequest(request);
  return readableOr(read, () => toChatRequest(read, fieldsOf(request)));
}

function toChatRequest(read: CallRequest, request: Fields): CallRequest {
  const { instructions, input, tools, text, reasoning, conversation } = request;
  const system = typeof instructions === "string" ? [{ role: "system", content: instructions }] : [];
  const items = Array.isArray(input) ? (input as unknown[]) : input === undefined ? [] : [input];
  const asked = {
    ...read,
    messages: [...system, ...items.flatMap(toMessage)],
    max_tokens: request.max_output_tokens,
    reasoning_effort: fieldsOf(reasoning).effort,
    tools: Array.isArray(tools) ? tools.map(toChatTool) : undefined,
    previous_response_id: request.previous_response_id,
    conversation: fieldsOf(conversation).id ?? conversation,
  };
  return withFormat(asked, fieldsOf(text).format, request.tool_choice);
}

/** Reasoning is told by its count of tokens alone. */
function toMessage(given: unknown): object[] {
  if (typeof given === "string") return [{ role: "user", content: given }];
  const item = fieldsOf(given);
  const type = filledText(item.type) ?? "message";
  if (type === "reasoning") return [];
  if (type === "message") return [item];
  const call = toToolCall(item);
  if (call !== undefined) return [{ role: "assistant", tool_calls: [call] }];
  if (type.endsWith("_output")) return [{ role: "tool", tool_call_id: item.call_id, content: item.output }];
  return [{ role: "user", content: [item] }];
}

function toToolCall(item: Fields): object | undefined {
  const { type, call_id: id, name, arguments: given, parsed_arguments: parsed, input } = item;
  if (type === "custom_tool_call") return { id, type: "custom", custom: { name, input } };
  if (type !== "function_call") return undefined;
  const called = { name, arguments: given, ...(parsed !== undefined && { parsed_arguments: parsed }) };
  return { id, type: "function", function: called };
}

/** A function's parts are in the tool itself. */
function toChatTool(tool: unknown): unknown {
  const { type, ...parts } = fieldsOf(tool);
  return type === "function" && parts.function === undefined ? { type, function: parts } : tool;
}

/** A response as a chat completion; what is no response stays what it is. */
export function responseToCompletion(given: unknown): unknown {
  const response = fieldsOf(given);
  if (!Array.isArray(response.output)) return given;
  const items = response.output.map(fieldsOf);
  const calls = items.map(toToolCall).filter((call) => call !== undefined);
  const parts = items.flatMap(partsOf).map(fieldsOf);
  const message = {
    role: "assistant",
    content: joined(parts.map(({ text }) => text)),
    refusal: joined(parts.map(({ refusal }) => refusal)),
    parsed: response.output_parsed,
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return {
    id: response.id,
    model: response.model,
    service_tier: response.service_tier,
    choices: [{ index: 0, message, finish_reason: finishReason(response) }],
    usage: response.usage,
  };
}

/** The content of a message; that of a reasoning item is not shown. */
function partsOf({ type = "message", content }: Fields): unknown[] {
  return type === "message" && Array.isArray(content) ? content : [];
}

/** Why it is incomplete, else its status. */
export function finishReason({ status, incomplete_details: details }: Fields): string | undefined {
  return filledText(fieldsOf(details).reason) ?? filledText(status);
}

function joined(texts: readonly unknown[]): string | null {
  const said = texts.filter((text) => filledText(text) !== undefined);
  return said.length === 0 ? null : said.join("");
}
