/**
 * Messages and tools in the form of OpenTelemetry's GenAI conventions, version 1.42.0
 * (https://github.com/open-telemetry/semantic-conventions-genai), for `OTEL_SEMCONV_STABILITY_OPT_IN`.
 */
import { UNREADABLE } from "../../capture/bounds.js";
import type { Message } from "./messages.js";

/** A part of a message; parts are open. */
export interface Part {
  readonly type: string;
  readonly [property: string]: unknown;
}

type Parts = Record<string, unknown>;

/** What stands in place of base64 data: see `inline-data.ts`. */
const DATA_MARK = /^\[([^,\]]*), (\d+) bytes\]$/;

/** A message as a role and parts. */
export function toPartsMessage(message: Message): { readonly role: string; readonly parts: readonly Part[] } {
  const role = typeof message.role === "string" ? message.role : "user";
  try {
    return { role, parts: partsOf(message) };
  } catch {
    return { role, parts: [{ type: "text", content: UNREADABLE }] };
  }
}

function partsOf(message: Message): Part[] {
  const { content, tool_call_id: callId } = message;
  if (callId !== undefined) {
    const id = typeof callId === "string" ? { id: callId } : {};
    return [{ type: "tool_call_response", ...id, response: content ?? null }];
  }
  const parts = Array.isArray(content) ? content.map(toPart) : content === undefined ? [] : textParts(content);
  const calls = message.tool_calls ?? (isRecord(message.function_call) ? [{ function: message.function_call }] : []);
  if (Array.isArray(calls)) parts.push(...calls.map(toToolCallPart));
  return parts;
}

/** Content that is one text; anything but text as JSON. */
export function textParts(content: unknown): Part[] {
  if (content === null || content === undefined || content === "") return [];
  return [{ type: "text", content: typeof content === "string" ? content : jsonText(content) }];
}

/** A part of a message of OpenAI's or Anthropic's. */
function toPart(given: unknown): Part {
  if (!isRecord(given)) return { type: "text", content: typeof given === "string" ? given : jsonText(given) };
  const part = given;
  const type = typeof part.type === "string" ? part.type : "unknown";
  switch (type) {
    case "text":
    case "input_text":
      return { type: "text", content: typeof part.text === "string" ? part.text : jsonText(part.text) };
    case "image_url":
    case "input_image":
      return mediaPart("image", isRecord(part.image_url) ? part.image_url.url : part.image_url, undefined) ?? { type };
    case "input_audio": {
      const audio = isRecord(part.input_audio) ? part.input_audio : {};
      const mimeType = typeof audio.format === "string" ? `audio/${audio.format}` : undefined;
      return mediaPart("audio", audio.data, mimeType) ?? { type };
    }
    case "file":
    case "input_file": {
      const file = isRecord(part.file) ? part.file : part;
      if (typeof file.file_id === "string") return { type: "file", modality: "document", file_id: file.file_id };
      return mediaPart("document", file.file_data ?? file.file_url, undefined) ?? { type };
    }
    case "image":
    case "document": {
      const source: Parts = isRecord(part.source) ? part.source : {};
      const mimeType = typeof source.media_type === "string" ? source.media_type : undefined;
      return mediaPart(type, source.data ?? source.url, mimeType) ?? { type };
    }
    default:
      return isKnownForm(type) ? { type: "unknown", part } : { ...part, type };
  }
}

/** Data becomes a `blob` without the data, an address a `uri`; `undefined` for what is neither. */
function mediaPart(modality: string, given: unknown, mimeType: string | undefined): Part | undefined {
  if (typeof given !== "string") return undefined;
  const [, markedType, size] = DATA_MARK.exec(given) ?? [];
  if (markedType !== undefined) {
    const type = markedType.includes("/") && markedType !== "application/octet-stream" ? markedType : mimeType;
    return { type: "blob", modality, mime_type: type ?? "application/octet-stream", size: Number(size), content: "" };
  }
  return URL.canParse(given) ? { type: "uri", modality, uri: given } : undefined;
}

/** Types of the conventions that need properties which a provider's part of the same name has not. */
function isKnownForm(type: string): boolean {
  return ["tool_call", "tool_call_response", "blob", "uri", "reasoning"].includes(type);
}

/** A provider's tool call, of a function or of a custom tool. */
export function toToolCallPart(call: unknown): Part {
  const given = isRecord(call) ? call : {};
  const called = isRecord(given.function) ? given.function : isRecord(given.custom) ? given.custom : {};
  return {
    type: "tool_call",
    ...(typeof given.id === "string" && { id: given.id }),
    name: typeof called.name === "string" ? called.name : "unknown",
    arguments: called.arguments ?? called.input ?? null,
  };
}

/**
 * Tools in the conventions' flat form.
 * @param functions the text of `llm.request.functions`, masked and bounded
 */
export function toToolDefinitions(functions: string): string {
  const tools: unknown = JSON.parse(functions);
  return JSON.stringify(Array.isArray(tools) ? tools.flatMap(toToolDefinition) : []);
}

function toToolDefinition(tool: unknown): Part[] {
  if (!isRecord(tool) || typeof tool.type !== "string") return [];
  const { type } = tool;
  const told = isRecord(tool[type]) ? tool[type] : tool;
  if (typeof told.name !== "string") return [];
  const definition: Record<string, unknown> & { type: string } = { type, name: told.name };
  if (typeof told.description === "string") definition.description = told.description;
  if (isRecord(told.parameters)) definition.parameters = told.parameters;
  return [definition];
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return UNREADABLE;
  }
}

function isRecord(value: unknown): value is Parts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
