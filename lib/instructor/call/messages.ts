import { isList, listOf } from "../../capture/lists.js";
import { UNREADABLE } from "../../capture/masking/marks.js";
import { withoutInlineData } from "./inline-data.js";

/** One message as any OpenAI-like provider takes it. */
export interface Message {
  readonly role?: unknown;
  readonly content?: unknown;
  readonly tool_calls?: unknown;
  readonly function_call?: unknown;
  readonly tool_call_id?: unknown;
}

/** So many messages of one request are kept one by one; each is two attributes or more. */
export const MOST_MESSAGES = 1_000;

/** The caller's messages, each read once and without the data of pictures; empty where they are not an array. */
export function readMessages(messages: unknown): readonly Message[] {
  return listOf(messages, MOST_MESSAGES)?.map(readMessage) ?? [];
}

function readMessage(given: unknown): Message {
  if (typeof given !== "object" || given === null) return { content: given };
  const message = given as Message;
  try {
    const before = message.content;
    const content = withoutInlineData(before);
    return content === before ? message : { ...message, content };
  } catch {
    return readableParts(message);
  }
}

const OTHER_PARTS = ["role", "tool_calls", "function_call", "tool_call_id"] as const;

/** What can be read of a message whose content cannot. */
function readableParts(message: Message): Message {
  const readable: Record<string, unknown> = { content: UNREADABLE };
  for (const part of OTHER_PARTS) {
    try {
      readable[part] = message[part];
    } catch {
      readable[part] = UNREADABLE;
    }
  }
  return readable;
}

/** A `function_call` of the older form as a tool call; it has no id. */
export function legacyCall(call: unknown): unknown {
  return typeof call === "object" && call !== null ? [{ type: "function", function: call }] : undefined;
}

/** A message in the current OpenTelemetry GenAI form: its role and parts, of which the tool calls are the last. */
export interface MessageParts {
  readonly role: unknown;
  readonly said: readonly unknown[];
  readonly calls: readonly unknown[];
}

export function partsOf(message: Message): MessageParts {
  try {
    const { role, content, tool_call_id: id } = message;
    if (id !== undefined) return { role, said: [{ type: "tool_call_response", id, response: content }], calls: [] };
    const calls = message.tool_calls ?? legacyCall(message.function_call);
    return {
      role,
      said: typeof content === "string" ? [{ type: "text", content }] : isList(content) ? content.map(toPart) : [],
      calls: isList(calls) ? calls.map(toToolCallPart) : [],
    };
  } catch {
    // A message that is not the same each time that it is read.
    return { role: undefined, said: [message], calls: [] };
  }
}

function toPart(part: unknown): unknown {
  const { type, text, image_url: image } = (part ?? {}) as { type?: unknown; text?: unknown; image_url?: unknown };
  if (type === "text") return { type, content: text };
  if (type === "image_url") {
    const uri: unknown = (image as { url?: unknown } | undefined)?.url ?? image;
    return { type: "uri", modality: "image", uri };
  }
  return part;
}

/** A provider's tool call as a part of a message. */
export function toToolCallPart(call: unknown): unknown {
  const given = (call ?? {}) as {
    id?: unknown;
    function?: { name?: unknown; arguments?: unknown };
    custom?: { name?: unknown; input?: unknown };
  };
  return {
    type: "tool_call",
    id: given.id,
    name: given.function?.name ?? given.custom?.name,
    arguments: given.function?.arguments ?? given.custom?.input,
  };
}
