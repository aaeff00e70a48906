import type { ApiAttributes } from "../../api.js";
import {
  ENTITY_INPUT,
  GEN_AI_COMPLETION_PREFIX,
  GEN_AI_INPUT_MESSAGES,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_PROMPT_PREFIX,
} from "../../../wire/attributes.js";
import { firstText, isList, isObject, jsonOf, parseJson, textOf } from "./json.js";
import type { Json, JsonObject } from "./json.js";

export interface ToolCall {
  readonly id?: string;
  readonly name: string;
  /** As the model wrote them: JSON, as a rule. */
  readonly arguments: string;
}

export type MessagePart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "reasoning"; readonly text: string }
  /** What is neither text nor a tool call: an image, a sound, a file. Shown as what it is, never loaded. */
  | { readonly type: "other"; readonly kind: string; readonly value: Json };

export interface Message {
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly toolCalls: readonly ToolCall[];
  readonly toolCallId?: string;
  readonly finishReason?: string;
}

export interface Conversation {
  readonly input: readonly Message[];
  readonly output: readonly Message[];
}

const OTHER_INPUTS = ["ai.prompt.messages", "ai.prompt", "llm.input_messages"];
const OPENINFERENCE_INPUT = "llm.input_messages.";
const OPENINFERENCE_OUTPUT = "llm.output_messages.";

/** A chat span's messages, in any of the forms in which spans carry them. */
export function conversation(attributes: ApiAttributes): Conversation {
  const input =
    listed(attributes, GEN_AI_INPUT_MESSAGES) ??
    indexed(attributes, GEN_AI_PROMPT_PREFIX) ??
    indexed(attributes, OPENINFERENCE_INPUT, "message.") ??
    entityInput(attributes) ??
    listed(attributes, ...OTHER_INPUTS) ??
    [];
  const output =
    listed(attributes, GEN_AI_OUTPUT_MESSAGES) ??
    indexed(attributes, GEN_AI_COMPLETION_PREFIX) ??
    indexed(attributes, OPENINFERENCE_OUTPUT, "message.") ??
    answerText(attributes) ??
    [];
  return { input, output };
}

function listed(attributes: ApiAttributes, ...names: readonly string[]): Message[] | undefined {
  for (const name of names) {
    const value = jsonOf(attributes[name]);
    const list = isObject(value) && isList(value.messages) ? value.messages : value;
    if (isList(list) && list.length > 0) return list.map(messageOf);
  }
  return undefined;
}

function entityInput(attributes: ApiAttributes): Message[] | undefined {
  const input = jsonOf(attributes[ENTITY_INPUT]);
  if (!isObject(input) || !isList(input.messages) || input.messages.length === 0) return undefined;
  return input.messages.every((message) => isObject(message) && "role" in message)
    ? input.messages.map(messageOf)
    : undefined;
}

function answerText(attributes: ApiAttributes): Message[] | undefined {
  const text = firstText(attributes, ["ai.response.text", "gen_ai.completion"]);
  return text === undefined ? undefined : [messageOf({ role: "assistant", content: text })];
}

/** Messages that are spread over attributes: `gen_ai.prompt.0.role`, `gen_ai.prompt.0.tool_calls.0.name`. */
function indexed(attributes: ApiAttributes, prefix: string, inner = ""): Message[] | undefined {
  const messages = new Map<number, Record<string, Json>>();
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith(prefix)) continue;
    const [, index, field = ""] = /^(\d+)\.(.+)$/.exec(name.slice(prefix.length)) ?? [];
    if (index === undefined) continue;
    const message = messages.get(Number(index)) ?? {};
    messages.set(Number(index), message);
    message[field.startsWith(inner) ? field.slice(inner.length) : field] = value;
  }
  if (messages.size === 0) return undefined;
  return [...messages].sort(([a], [b]) => a - b).map(([, fields]) => messageOf(withSpreadToolCalls(fields)));
}

/** `tool_calls.0.name` and `tool_calls.0.tool_call.function.name` become one list of tool calls. */
function withSpreadToolCalls(fields: Record<string, Json>): JsonObject {
  const calls = new Map<string, Record<string, Json>>();
  for (const [name, value] of Object.entries(fields)) {
    const [, index, field = ""] = /^tool_calls\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (index === undefined) continue;
    const call = calls.get(index) ?? {};
    calls.set(index, call);
    call[field.split(".").at(-1) ?? field] = value;
  }
  return calls.size === 0 ? fields : { ...fields, tool_calls: [...calls.values()] };
}

/** A message as OpenAI, Anthropic or the OpenTelemetry conventions write it. */
export function messageOf(value: Json): Message {
  if (!isObject(value)) return { role: "unknown", parts: contentParts(value), toolCalls: [] };
  const parts: MessagePart[] = [];
  const toolCalls: ToolCall[] = [];
  const reasoning = textOf(value.reasoning_content ?? value.reasoning);
  if (reasoning !== undefined) parts.push({ type: "reasoning", text: reasoning });
  for (const part of contentParts(value.parts ?? value.content ?? null)) {
    const call = part.type === "other" ? toolCallPart(part.value) : undefined;
    if (call) toolCalls.push(call);
    else parts.push(part);
  }
  const calls = jsonOf(value.tool_calls);
  if (isList(calls)) toolCalls.push(...calls.map(toolCallOf));
  const functionCall = jsonOf(value.function_call);
  if (isObject(functionCall)) toolCalls.push(toolCallOf(functionCall));
  const toolCallId = textOf(value.tool_call_id);
  const finishReason = textOf(value.finish_reason);
  return {
    role: textOf(value.role) ?? "unknown",
    parts,
    toolCalls,
    ...(toolCallId !== undefined && { toolCallId }),
    ...(finishReason !== undefined && { finishReason }),
  };
}

function contentParts(content: Json): MessagePart[] {
  if (content === null || content === "") return [];
  if (typeof content === "string") {
    const parts = parseJson(content);
    // A list of content parts travels as JSON text; any other JSON is the message's text.
    return isList(parts) && parts.length > 0 && parts.every((part) => isObject(part) && typeof part.type === "string")
      ? parts.map(contentPart)
      : [{ type: "text", text: content }];
  }
  return isList(content) ? content.map(contentPart) : [contentPart(content)];
}

function contentPart(part: Json): MessagePart {
  if (typeof part === "string") return { type: "text", text: part };
  if (!isObject(part)) return { type: "other", kind: "value", value: part };
  const kind = textOf(part.type) ?? "part";
  const text = part.text ?? part.content;
  if (typeof text === "string") {
    if (kind === "reasoning" || kind === "thinking") return { type: "reasoning", text };
    if (kind === "text" || kind === "input_text" || kind === "output_text") return { type: "text", text };
  }
  if (kind === "tool_call_response" || kind === "tool_result") {
    return { type: "text", text: textOf(part.response ?? part.result ?? part.content) ?? "" };
  }
  return { type: "other", kind, value: part };
}

function toolCallPart(value: Json): ToolCall | undefined {
  return isObject(value) && (value.type === "tool_call" || value.type === "tool_use") ? toolCallOf(value) : undefined;
}

function toolCallOf(value: Json): ToolCall {
  if (!isObject(value)) return { name: "unknown", arguments: textOf(value) ?? "" };
  const called = isObject(value.function) ? value.function : value;
  const id = textOf(value.id);
  return {
    name: textOf(called.name) ?? "unknown",
    arguments: textOf(called.arguments ?? called.input) ?? "",
    ...(id !== undefined && { id }),
  };
}

/** A message's text, its parts one below the other. */
export function messageText({ parts }: Message): string {
  return parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n\n");
}
