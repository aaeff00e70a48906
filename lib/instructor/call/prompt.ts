import type { CaptureBounds } from "../../capture/bounds.js";
import { SPAN_BYTES, CUT } from "../../capture/bounds.js";
import { byteLength, cutEvenly } from "../../capture/cut.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { captureJson, captureText, lookingOnce, NAME_BOUNDS, WHOLE_BOUNDS } from "../../capture/serialize.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { limitsOf } from "../../scope/tracing.js";
import { ENTITY_INPUT, GEN_AI_INPUT_MESSAGES, GEN_AI_PROMPT_PREFIX } from "../../wire/attributes.js";
import { toPartsMessage } from "./gen-ai-form.js";
import type { Message } from "./messages.js";
import { readMessages } from "./messages.js";

/** What all messages of a prompt take at most: the rest of the span is for its input, its output and its attempts. */
const PROMPT_BYTES = (SPAN_BYTES * 5) / 8;
/** The messages of an input before their longest texts are cut. */
const UNCUT_BYTES = 16 * SPAN_BYTES;
/** Three names as one object. */
const FACTS_BOUNDS: CaptureBounds = { ...NAME_BOUNDS, maxBytes: 4 * NAME_BOUNDS.maxBytes };

/** What stands beside the messages in the input of a call. */
export interface InputFacts {
  readonly model: unknown;
  readonly response_model: unknown;
  readonly mode: unknown;
}

/** Keeps what a call was asked: its messages in the form that telemetry was told to write, and its input as JSON. */
export function keepPrompt(open: OpenSpan, given: unknown, facts: InputFacts): void {
  const messages = readMessages(given);
  const { chat } = limitsOf(open.tracing);
  const redactor = lookingOnce(open.tracing.redactor);
  // The first message and the last never give way.
  const bounds = { ...chat, maxBytes: Math.min(chat.maxBytes, PROMPT_BYTES / 2) };
  // First what wants more of each text.
  if (open.tracing.usesLatestGenAi) keepInputMessages(open, messages, redactor, bounds);
  else keepIndexedPrompt(open, messages, redactor, bounds);
  const wholes = messages.map(({ whole }) => whole);
  open.keep(ENTITY_INPUT, inputJson(wholes, facts, redactor, chat));
}

function keepIndexedPrompt(
  open: OpenSpan,
  messages: readonly Message[],
  redactor: Redactor,
  bounds: CaptureBounds,
): void {
  const contents = messages.map(({ role, content, toolCalls, callId }, index) => {
    const prefix = `${GEN_AI_PROMPT_PREFIX}${index}.`;
    if (typeof role === "string") open.keep(`${prefix}role`, captureText(role, redactor, NAME_BOUNDS));
    if (toolCalls !== undefined) open.keep(`${prefix}tool_calls`, captureJson(toolCalls, redactor, WHOLE_BOUNDS));
    if (typeof callId === "string") open.keep(`${prefix}tool_call_id`, captureText(callId, redactor, NAME_BOUNDS));
    if (typeof content === "string") return captureText(content, redactor, bounds);
    return content === undefined || content === null ? undefined : captureJson(content, redactor, bounds);
  });
  giveWay(contents, CUT).forEach((text, index) => open.keep(`${GEN_AI_PROMPT_PREFIX}${index}.content`, text));
}

/**
 * The contents of which the oldest between the first and the last are replaced by a mark, as far as all of them do not
 * fit.
 */
function giveWay<Content extends string | undefined>(contents: readonly Content[], mark: string): (Content | string)[] {
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
  const all = messages.map(toPartsMessage);
  const json = (value: unknown, within: CaptureBounds): string => captureJson(value, redactor, within) ?? "[]";
  // The list of the parts is no level of what the user gave.
  const inner = { ...bounds, maxDepth: bounds.maxDepth + 1 };
  const said = giveWay(
    all.map(({ said: parts }) => json(parts, inner)),
    CUT_PARTS,
  );
  const shown = all.map(({ role, calls }, index) => {
    const parts = joined(said[index] ?? "[]", json(calls, WHOLE_BOUNDS));
    return `{"role":${json(role, NAME_BOUNDS)},"parts":${parts}}`;
  });
  open.keep(GEN_AI_INPUT_MESSAGES, `[${shown.join(",")}]`);
}

/** Two JSON arrays as one. */
function joined(first: string, second: string): string {
  if (first === "[]") return second;
  return second === "[]" ? first : `${first.slice(0, -1)},${second.slice(1)}`;
}

/**
 * The input of a call as JSON. Where it is too long the longest texts of its messages are cut; short messages, the
 * model, the response model and the mode stay.
 */
function inputJson(
  messages: readonly unknown[],
  facts: InputFacts,
  redactor: Redactor,
  bounds: CaptureBounds,
): string | undefined {
  const beside = captureJson(facts, redactor, FACTS_BOUNDS) ?? "{}";
  const [before, after] = ['{"messages":', beside === "{}" ? "}" : `,${beside.slice(1)}`];
  const room = bounds.maxBytes - before.length - byteLength(after);
  // The messages are a level further in than the input.
  const inner = { ...bounds, maxDepth: bounds.maxDepth - 1 };
  const cutting = cuttingTexts(redactor, bounds);
  const whole = captureJson(messages, cutting, { ...inner, maxBytes: UNCUT_BYTES });
  if (whole === undefined) return undefined;
  const list = cutEvenly(whole, room) ?? captureJson(messages, cutting, { ...inner, maxBytes: room });
  return list === undefined ? undefined : before + list + after;
}

/** A redactor that cuts each text at a bound: one may not take the room of all others. */
function cuttingTexts(redactor: Redactor, bounds: CaptureBounds): Redactor {
  return {
    within: redactor.within ?? redactor,
    ignoresKeys: redactor.ignoresKeys,
    seesNumbers: redactor.seesNumbers,
    fieldKind: (key) => redactor.fieldKind(key),
    text: (value, key, limit) =>
      value.length > bounds.maxBytes ? captureText(value, redactor, bounds) : redactor.text(value, key, limit),
  };
}
