/** OpenAI's Responses in the form of chat completions, in which everything else reads them. */
import { filledText } from "../call/answer.js";
import type { CallRequest } from "../call/request.js";
import { readRequest } from "../call/request.js";
import { readableOr, withFormat } from "./output-format.js";

/** An item of a response's output, or of the input. */
export interface ResponseItem {
  readonly type?: unknown;
  readonly role?: unknown;
  readonly content?: unknown;
  readonly call_id?: unknown;
  readonly name?: unknown;
  readonly arguments?: unknown;
  readonly parsed_arguments?: unknown;
  readonly input?: unknown;
  readonly output?: unknown;
}

/** A part of a message's content. */
interface ContentPart {
  readonly text?: unknown;
  readonly refusal?: unknown;
}

/** What of a response is read. */
export interface ResponseLike {
  readonly id?: unknown;
  readonly model?: unknown;
  readonly status?: unknown;
  readonly incomplete_details?: { readonly reason?: unknown } | null;
  readonly service_tier?: unknown;
  readonly usage?: unknown;
  readonly output?: unknown;
  readonly output_parsed?: unknown;
}

/** Reads the parameters of a response as those of a chat completion. */
export function readResponsesRequest(request: object): CallRequest {
  const read = readRequest(request);
  return readableOr(read, () => toChatRequest(read, request as Record<string, unknown>));
}

function toChatRequest(read: CallRequest, request: Record<string, unknown>): CallRequest {
  const { instructions, input, tools, text, reasoning, conversation } = request;
  const system = typeof instructions === "string" ? [{ role: "system", content: instructions }] : [];
  const items = Array.isArray(input) ? (input as unknown[]) : input === undefined ? [] : [input];
  const asked = {
    ...read,
    messages: [...system, ...items.flatMap(toMessage)],
    max_tokens: request.max_output_tokens,
    reasoning_effort: property(reasoning, "effort"),
    tools: Array.isArray(tools) ? (tools as unknown[]).map(toChatTool) : undefined,
    conversation: property(conversation, "id") ?? conversation,
  };
  return withFormat(asked, property(text, "format"), request.tool_choice);
}

/** Reasoning is told by its count of tokens alone. */
function toMessage(given: unknown): object[] {
  if (typeof given === "string") return [{ role: "user", content: given }];
  const item = (given ?? {}) as ResponseItem;
  const type = filledText(item.type) ?? "message";
  if (type === "reasoning") return [];
  if (type === "message") return [item];
  const call = toToolCall(item);
  if (call !== undefined) return [{ role: "assistant", tool_calls: [call] }];
  if (type.endsWith("_output")) return [{ role: "tool", tool_call_id: item.call_id, content: item.output }];
  return [{ role: "user", content: [item] }];
}

function toToolCall({ type, ...item }: ResponseItem): object | undefined {
  const { call_id: id, name, parsed_arguments: parsed } = item;
  if (type === "custom_tool_call") return { id, type: "custom", custom: { name, input: item.input } };
  if (type !== "function_call") return undefined;
  return {
    id,
    type: "function",
    function: { name, arguments: item.arguments, ...(parsed !== undefined && { parsed_arguments: parsed }) },
  };
}

/** A function's parts are in the tool itself. */
function toChatTool(tool: unknown): unknown {
  if (property(tool, "type") !== "function" || property(tool, "function") !== undefined) return tool;
  const { type, ...parts } = tool as Record<string, unknown>;
  return { type, function: parts };
}

function property(source: unknown, name: string): unknown {
  return typeof source === "object" && source !== null ? (source as Record<string, unknown>)[name] : undefined;
}

/** A response as a chat completion; what is no response stays what it is. */
export function responseToCompletion(given: unknown): unknown {
  const output = property(given, "output");
  if (!Array.isArray(output)) return given;
  const response = given as ResponseLike;
  const items = output as (ResponseItem | null)[];
  const calls = items.map((item) => toToolCall(item ?? {})).filter((call) => call !== undefined);
  const parts = items.flatMap((item) => partsOf(item ?? {}));
  const message = {
    role: "assistant",
    content: joined(parts.map((part) => part?.text)),
    refusal: joined(parts.map((part) => part?.refusal)),
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
function partsOf({ type = "message", content }: ResponseItem): (ContentPart | null)[] {
  return type === "message" && Array.isArray(content) ? (content as (ContentPart | null)[]) : [];
}

/** Why it is incomplete, else its status. */
export function finishReason({ status, incomplete_details: details }: ResponseLike): string | undefined {
  return filledText(details?.reason) ?? filledText(status);
}

function joined(texts: readonly unknown[]): string | null {
  const said = texts.filter((text) => filledText(text) !== undefined);
  return said.length === 0 ? null : said.join("");
}
