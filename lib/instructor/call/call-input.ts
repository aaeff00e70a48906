import type { CaptureBounds } from "../../capture/bounds.js";
import { SPAN_BYTES } from "../../capture/bounds.js";
import { byteLength, cutEvenly } from "../../capture/cut.js";
import { isList } from "../../capture/user-values.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { captureJson, captureText, NAME_BOUNDS } from "../../capture/serialize.js";
import type { Message } from "./messages.js";

/** What a call was asked. */
export interface CallInput {
  readonly messages: readonly Message[];
  readonly model: unknown;
  readonly response_model: unknown;
  readonly mode: unknown;
}

/** The messages before their longest texts are cut. */
const UNCUT_BYTES = 16 * SPAN_BYTES;

/**
 * The input of a call as JSON. Where it is too long the longest texts of its messages are cut; short messages, the
 * model, the response model and the mode stay.
 */
export function inputJson(
  { messages, ...facts }: CallInput,
  redactor: Redactor,
  bounds: CaptureBounds,
): string | undefined {
  const beside = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `,"${name}":${captureJson(value, redactor, NAME_BOUNDS) ?? "null"}`)
    .join("");
  const [before, after] = ['{"messages":', `${beside}}`];
  const room = bounds.maxBytes - before.length - byteLength(after);
  // The messages are a level further in than the input.
  const inner = { ...bounds, maxDepth: bounds.maxDepth - 1 };
  const texts = messages.map((message) => withShortTexts(message, (text) => shortText(text, redactor, bounds)));
  const whole = captureJson(texts, redactor, { ...inner, maxBytes: UNCUT_BYTES });
  if (whole === undefined) return undefined;
  const list = cutEvenly(whole, room) ?? captureJson(texts, redactor, { ...inner, maxBytes: room });
  return list === undefined ? undefined : before + list + after;
}

/** One text may not take the room of all others. */
function shortText(text: string, redactor: Redactor, bounds: CaptureBounds): string {
  return text.length <= bounds.maxBytes ? text : (captureText(text, redactor, bounds) ?? "");
}

function withShortTexts(message: Message, short: (text: string) => string): Message {
  const { content } = message;
  if (typeof content === "string") {
    const text = short(content);
    return text === content ? message : { ...message, content: text };
  }
  if (!isList(content)) return message;
  const parts = content.map((part: unknown) => {
    const text = (part as { readonly text?: unknown } | null | undefined)?.text;
    return typeof text === "string" && short(text) !== text ? { ...(part as object), text: short(text) } : part;
  });
  return parts.some((part, index) => part !== content[index]) ? { ...message, content: parts } : message;
}
