import { listOf } from "../../capture/user-values.js";
import { UNREADABLE } from "../../capture/bounds.js";
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
