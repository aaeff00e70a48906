import { listOf } from "../../capture/lists.js";
import { UNREADABLE } from "../../capture/masking/marks.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { captureJson, captureText, WHOLE_BOUNDS } from "../../capture/serialize.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { GEN_AI_INPUT_MESSAGES, GEN_AI_PROMPT_PREFIX } from "../../wire/attributes.js";
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

/** Keeps the caller's messages on the span, in the form that telemetry was told to write. */
export function keepPrompt(open: OpenSpan, messages: readonly Message[], redactor: Redactor): void {
  if (open.tracing.usesLatestGenAi) keepInputMessages(open, messages, redactor);
  else keepIndexedPrompt(open, messages, redactor);
}

/** What a message is called on a span. */
interface PromptNames {
  readonly role: string;
  readonly content: string;
  readonly toolCalls: string;
  readonly toolCallId: string;
}

/** By index. Put together once: a text that is made at each call is looked up character by character as a key. */
const namesByIndex: PromptNames[] = [];

function promptNames(index: number): PromptNames {
  return (namesByIndex[index] ??= namesUnder(`${GEN_AI_PROMPT_PREFIX}${index}.`));
}

function namesUnder(prefix: string): PromptNames {
  return {
    role: `${prefix}role`,
    content: `${prefix}content`,
    toolCalls: `${prefix}tool_calls`,
    toolCallId: `${prefix}tool_call_id`,
  };
}

function keepIndexedPrompt(open: OpenSpan, messages: readonly Message[], redactor: Redactor): void {
  for (let i = 0; i < messages.length; i++) {
    try {
      keepMessage(open, promptNames(i), messages[i] as Message, redactor);
    } catch {
      // A message that is not the same each time that it is read.
    }
  }
}

function keepMessage(open: OpenSpan, names: PromptNames, message: Message, redactor: Redactor): void {
  const { role, content, tool_call_id: callId } = message;
  if (typeof role === "string") open.keep(names.role, captureText(role, redactor));
  if (typeof content === "string") open.keep(names.content, captureText(content, redactor));
  else if (content !== undefined && content !== null) open.keep(names.content, captureJson(content, redactor));
  const calls = message.tool_calls ?? legacyCall(message.function_call);
  if (calls !== undefined) open.keep(names.toolCalls, captureJson(calls, redactor, WHOLE_BOUNDS));
  if (typeof callId === "string") open.keep(names.toolCallId, captureText(callId, redactor));
}

function keepInputMessages(open: OpenSpan, messages: readonly Message[], redactor: Redactor): void {
  open.keep(GEN_AI_INPUT_MESSAGES, captureJson(messages.map(inParts), redactor, WHOLE_BOUNDS));
}

/** A `function_call` of the older form as a tool call; it has no id. */
export function legacyCall(call: unknown): unknown {
  return typeof call === "object" && call !== null ? [{ type: "function", function: call }] : undefined;
}

function inParts(message: Message): unknown {
  try {
    return toPartsMessage(message);
  } catch {
    return message;
  }
}

/** A message in the current OpenTelemetry GenAI form: a role and parts. */
function toPartsMessage(message: Message): { role: unknown; parts: unknown[] } {
  const parts: unknown[] = [];
  if (message.tool_call_id !== undefined) {
    parts.push({ type: "tool_call_response", id: message.tool_call_id, response: message.content });
    return { role: message.role, parts };
  }
  const { content } = message;
  if (typeof content === "string") parts.push({ type: "text", content });
  else if (Array.isArray(content)) parts.push(...content.map(toPart));
  const calls = message.tool_calls ?? legacyCall(message.function_call);
  if (Array.isArray(calls)) parts.push(...calls.map(toToolCallPart));
  return { role: message.role, parts };
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
