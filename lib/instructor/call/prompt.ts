import type { CaptureBounds } from "../../capture/bounds.js";
import { SPAN_BYTES, CUT } from "../../capture/bounds.js";
import { byteLength } from "../../capture/cut.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { captureJson, captureText, NAME_BOUNDS, WHOLE_BOUNDS } from "../../capture/serialize.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { limitsOf } from "../../scope/tracing.js";
import { GEN_AI_INPUT_MESSAGES, GEN_AI_PROMPT_PREFIX } from "../../wire/attributes.js";
import type { Message } from "./messages.js";
import { legacyCall } from "./messages.js";
import { toPartsMessage } from "./gen-ai-form.js";
import { cutEvenly } from "../../capture/cut.js";
import { isList } from "../../capture/user-values.js";

/** What all messages of a prompt take at most: the rest of the span is for its input, its output and its attempts. */
const PROMPT_BYTES = (SPAN_BYTES * 5) / 8;

/** Keeps the caller's messages on the span, in the form that telemetry was told to write. */
export function keepPrompt(open: OpenSpan, messages: readonly Message[], redactor: Redactor): void {
  const { chat } = limitsOf(open.tracing);
  // The first message and the last never give way.
  const bounds = { ...chat, maxBytes: Math.min(chat.maxBytes, PROMPT_BYTES / 2) };
  if (open.tracing.usesLatestGenAi) keepInputMessages(open, messages, redactor, bounds);
  else keepIndexedPrompt(open, messages, redactor, bounds);
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

function keepIndexedPrompt(
  open: OpenSpan,
  messages: readonly Message[],
  redactor: Redactor,
  bounds: CaptureBounds,
): void {
  const contents = messages.map((message, index) => {
    try {
      return keepMessage(open, promptNames(index), message, { redactor, bounds });
    } catch {
      // A message that is not the same each time that it is read.
      return undefined;
    }
  });
  giveWay(contents, CUT).forEach((content, index) => open.keep(promptNames(index).content, content));
}

/** @returns the text of its content, which is kept once it is known how long the others are */
function keepMessage(
  open: OpenSpan,
  names: PromptNames,
  message: Message,
  { redactor, bounds }: { readonly redactor: Redactor; readonly bounds: CaptureBounds },
): string | undefined {
  const { role, content, tool_call_id: callId } = message;
  if (typeof role === "string") open.keep(names.role, captureText(role, redactor, NAME_BOUNDS));
  const calls = message.tool_calls ?? legacyCall(message.function_call);
  if (calls !== undefined) open.keep(names.toolCalls, captureJson(calls, redactor, WHOLE_BOUNDS));
  if (typeof callId === "string") open.keep(names.toolCallId, captureText(callId, redactor, NAME_BOUNDS));
  if (typeof content === "string") return captureText(content, redactor, bounds);
  return content === undefined || content === null ? undefined : captureJson(content, redactor, bounds);
}

/**
 * The contents of which the oldest between the first and the last are replaced by a mark, as far as all of them do not
 * fit.
 */
function giveWay<Content extends string | undefined>(contents: readonly Content[], mark: string): (Content | string)[] {
  // A character takes three bytes at most: hardly any prompt has to be counted.
  if (contents.reduce((sum, text) => sum + 3 * (text?.length ?? 0), 0) <= PROMPT_BYTES) return [...contents];
  const bytes = contents.map((text) => byteLength(text ?? ""));
  let excess = bytes.reduce((sum, one) => sum + one, 0) - PROMPT_BYTES;
  return contents.map((text, index) => {
    const gain = (bytes[index] ?? 0) - mark.length;
    if (excess <= 0 || gain <= 0 || index === 0 || index === contents.length - 1) return text;
    excess -= gain;
    return mark;
  });
}

const CUT_PARTS = JSON.stringify([{ type: "text", content: CUT }]);

function keepInputMessages(
  open: OpenSpan,
  messages: readonly Message[],
  redactor: Redactor,
  bounds: CaptureBounds,
): void {
  const parts = messages.map(partsOf);
  const json = (value: unknown, within: CaptureBounds): string => captureJson(value, redactor, within) ?? "[]";
  // The list of the parts is no level of what the user gave.
  const said = giveWay(
    parts.map((part) => json(part.said, { ...bounds, maxDepth: bounds.maxDepth + 1 })),
    CUT_PARTS,
  );
  const shown = parts.map(({ role, calls }, index) => {
    const all = joined(said[index] ?? "[]", json(calls, WHOLE_BOUNDS));
    return role === undefined ? `{"parts":${all}}` : `{"role":${json(role, NAME_BOUNDS)},"parts":${all}}`;
  });
  open.keep(GEN_AI_INPUT_MESSAGES, `[${shown.join(",")}]`);
}

/** Two JSON arrays as one. */
function joined(first: string, second: string): string {
  if (first === "[]") return second;
  return second === "[]" ? first : `${first.slice(0, -1)},${second.slice(1)}`;
}

/** A message's role and parts, its tool calls apart. */
function partsOf(message: Message): { readonly role: unknown; readonly said: unknown[]; readonly calls: unknown[] } {
  const { role, parts } = toPartsMessage(message);
  const isCall = (part: unknown): boolean => (part as { readonly type?: unknown } | null)?.type === "tool_call";
  return { role, said: parts.filter((part) => !isCall(part)), calls: parts.filter(isCall) };
}

/** What a call was asked. */
interface CallInput {
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
