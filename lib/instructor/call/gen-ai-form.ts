/**
 * Messages and tools in the form of OpenTelemetry's GenAI conventions, version 1.42.0
 * (https://github.com/open-telemetry/semantic-conventions-genai), for `OTEL_SEMCONV_STABILITY_OPT_IN`.
 */
import { UNREADABLE } from "../../capture/bounds.js";
import { isObjectLike } from "../../observe/intercept.js";
import type { Message } from "./messages.js";
import { fieldsOf } from "./messages.js";

/** A part of a message; parts are open. */
interface Part {
  readonly type: string;
  readonly [property: string]: unknown;
}

/** A message as a role and parts, its tool calls apart. */
interface PartsMessage {
  readonly role: string;
  readonly said: readonly Part[];
  readonly calls: readonly Part[];
}

/** What stands in place of base64 data: see `messages.ts`. */
const DATA_MARK = /^\[([^,\]]*), (\d+) bytes\]$/;

/** Types of the conventions that need properties which a provider's part of the same name has not. */
const KNOWN_FORMS: readonly string[] = ["tool_call", "tool_call_response", "blob", "uri", "reasoning"];

/** A message of a provider's in the conventions' form. Never throws. */
export function toPartsMessage({ role: given, content, toolCalls, callId }: Message): PartsMessage {
  const role = typeof given === "string" ? given : "user";
  try {
    if (callId !== undefined) {
      const id = typeof callId === "string" ? { id: callId } : {};
      return { role, said: [{ type: "tool_call_response", ...id, response: content ?? null }], calls: [] };
    }
    const said = Array.isArray(content) ? content.map(toPart) : textParts(content);
    return { role, said, calls: toToolCallParts(toolCalls) };
  } catch {
    return { role, said: [textPart(UNREADABLE)], calls: [] };
  }
}

/** Content that is one text; anything but text as JSON. */
export function textParts(content: unknown): Part[] {
  return content === null || content === undefined || content === "" ? [] : [textPart(content)];
}

function textPart(content: unknown): Part {
  return { type: "text", content: typeof content === "string" ? content : jsonText(content) };
}

/** A part of a message of OpenAI's or Anthropic's. */
function toPart(given: unknown): Part {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return textPart(given);
  const part = fieldsOf(given);
  const type = typeof part.type === "string" ? part.type : "unknown";
  switch (type) {
    case "text":
    case "input_text":
      return textPart(part.text);
    case "image_url":
    case "input_image":
      return mediaPart("image", fieldsOf(part.image_url).url ?? part.image_url) ?? { type };
    case "input_audio": {
      const { data, format } = fieldsOf(part.input_audio);
      return mediaPart("audio", data, typeof format === "string" ? `audio/${format}` : undefined) ?? { type };
    }
    case "file":
    case "input_file": {
      const file = fieldsOf(part.file ?? part);
      if (typeof file.file_id === "string") return { type: "file", modality: "document", file_id: file.file_id };
      return mediaPart("document", file.file_data ?? file.file_url) ?? { type };
    }
    case "image":
    case "document": {
      const { data, url, media_type: mediaType } = fieldsOf(part.source);
      return mediaPart(type, data ?? url, typeof mediaType === "string" ? mediaType : undefined) ?? { type };
    }
    default:
      return KNOWN_FORMS.includes(type) ? { type: "unknown", part } : { ...part, type };
  }
}

/** Data becomes a `blob` without the data, an address a `uri`; `undefined` for what is neither. */
function mediaPart(modality: string, given: unknown, mimeType?: string): Part | undefined {
  if (typeof given !== "string") return undefined;
  const [, markedType, size] = DATA_MARK.exec(given) ?? [];
  if (markedType !== undefined) {
    const type = markedType.includes("/") && markedType !== "application/octet-stream" ? markedType : mimeType;
    return { type: "blob", modality, mime_type: type ?? "application/octet-stream", size: Number(size), content: "" };
  }
  return URL.canParse(given) ? { type: "uri", modality, uri: given } : undefined;
}

/** A provider's tool calls, of functions or of custom tools. */
export function toToolCallParts(calls: unknown): Part[] {
  if (!Array.isArray(calls)) return [];
  return calls.map((call: unknown) => {
    const given = fieldsOf(call);
    const called = fieldsOf(given.function ?? given.custom);
    return {
      type: "tool_call",
      ...(typeof given.id === "string" && { id: given.id }),
      name: typeof called.name === "string" ? called.name : "unknown",
      arguments: called.arguments ?? called.input ?? null,
    };
  });
}

/**
 * Tools in the conventions' flat form.
 * @param functions the text of `llm.request.functions`, masked and bounded
 */
export function toToolDefinitions(functions: string): string {
  const tools: unknown = JSON.parse(functions);
  const definitions = (Array.isArray(tools) ? tools : []).map((tool: unknown) => {
    const { type, ...rest } = fieldsOf(tool);
    if (typeof type !== "string") return undefined;
    const { name, description, parameters } = fieldsOf(rest[type] ?? rest);
    if (typeof name !== "string") return undefined;
    return {
      type,
      name,
      ...(typeof description === "string" && { description }),
      ...(isObjectLike(parameters) && { parameters }),
    };
  });
  return JSON.stringify(definitions.filter((definition) => definition !== undefined));
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    return UNREADABLE;
  }
}
