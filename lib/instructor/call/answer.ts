import { captureJson, captureText, WHOLE_BOUNDS } from "../../capture/serialize.js";
import type { OpenSpan } from "../../scope/open-span.js";
import type { AttributeMap } from "../../scope/scope.js";
import type { Tracing } from "../../scope/tracing.js";
import { limitsOf } from "../../scope/tracing.js";
import {
  ENTITY_OUTPUT,
  GEN_AI_COMPLETION_PREFIX,
  GEN_AI_OUTPUT_MESSAGES,
  GEN_AI_RESPONSE_FINISH_REASON,
  GEN_AI_RESPONSE_FINISH_REASONS,
  GEN_AI_RESPONSE_ID,
  GEN_AI_RESPONSE_MODEL,
  OPENAI_RESPONSE_SERVICE_TIER,
  OPENAI_RESPONSE_SYSTEM_FINGERPRINT,
} from "../../wire/attributes.js";
import { withoutInlineData, legacyCall } from "./messages.js";
import { textParts, toToolCallPart } from "./gen-ai-form.js";
import type { Usage } from "./usage.js";
import { noUsage, readUsage, reportedUsage } from "./usage.js";

const COMPLETION_ROLE = `${GEN_AI_COMPLETION_PREFIX}0.role`;
const COMPLETION_CONTENT = `${GEN_AI_COMPLETION_PREFIX}0.content`;
const COMPLETION_FINISH_REASON = `${GEN_AI_COMPLETION_PREFIX}0.finish_reason`;
const COMPLETION_TOOL_CALLS = `${GEN_AI_COMPLETION_PREFIX}0.tool_calls`;

/** What of a provider's answer a span tells, read once. */
export interface Answer {
  readonly model: string | undefined;
  readonly id: string | undefined;
  readonly finishReasons: readonly string[];
  readonly role: string | undefined;
  readonly content: unknown;
  readonly toolCalls: unknown;
  readonly usage: Usage;
  readonly serviceTier?: string | undefined;
  readonly systemFingerprint?: string | undefined;
}

interface CompletionLike {
  readonly model?: unknown;
  readonly id?: unknown;
  readonly service_tier?: unknown;
  readonly system_fingerprint?: unknown;
  readonly choices?: readonly ({ readonly finish_reason?: unknown; readonly message?: unknown } | null)[] | null;
}

const NO_ANSWER: Answer = {
  model: undefined,
  id: undefined,
  finishReasons: [],
  role: undefined,
  content: undefined,
  toolCalls: undefined,
  usage: noUsage(),
};

/** Reads a completion as any OpenAI-like provider gives it; what is not there is absent. Never throws. */
export function readAnswer(completion: unknown): Answer {
  try {
    const {
      model,
      id,
      choices,
      service_tier: serviceTier,
      system_fingerprint: systemFingerprint,
    } = (completion ?? {}) as CompletionLike;
    const all = Array.isArray(choices) ? (choices as NonNullable<CompletionLike["choices"]>) : [];
    const message = all[0]?.message;
    const answer = {
      model: filledText(model),
      id: filledText(id),
      finishReasons: all.map((choice) => filledText(choice?.finish_reason)).filter((reason) => reason !== undefined),
      usage: readUsage(reportedUsage(completion)),
      serviceTier: filledText(serviceTier),
      systemFingerprint: filledText(systemFingerprint),
    };
    // An error with status 200, a page of HTML, `null`: it is the answer, whatever it is.
    if (!isMessage(message)) {
      const content = completion === null ? "null" : withoutInlineData(completion);
      return { ...answer, role: undefined, content, toolCalls: undefined };
    }
    const toolCalls = message.tool_calls ?? legacyCall(message.function_call);
    return {
      ...answer,
      role: filledText(message.role),
      content: contentOf(message, toolCalls !== undefined),
      toolCalls,
    };
  } catch {
    return NO_ANSWER;
  }
}

/** A message's parts that may hold what the model said, as different providers fill them. */
interface AnswerMessage {
  readonly role?: unknown;
  readonly content?: unknown;
  readonly refusal?: unknown;
  readonly audio?: { readonly transcript?: unknown } | null;
  readonly images?: unknown;
  readonly reasoning?: unknown;
  readonly reasoning_content?: unknown;
  readonly tool_calls?: unknown;
  readonly function_call?: unknown;
}

function isMessage(value: unknown): value is AnswerMessage {
  return typeof value === "object" && value !== null;
}

/** What the model said: its text, else its refusal, the words of a spoken answer, pictures, or its reasoning alone. */
function contentOf(message: AnswerMessage, hasCalls: boolean): unknown {
  const { content } = message;
  const said = Array.isArray(content) ? textOfParts(content) : withoutInlineData(content);
  if (said !== undefined && said !== null && said !== "") return said;
  const instead = filledText(message.refusal) ?? filledText(message.audio?.transcript) ?? pictures(message.images);
  if (instead !== undefined || hasCalls) return instead ?? said;
  return filledText(message.reasoning) ?? filledText(message.reasoning_content) ?? said;
}

/** The text of a message in parts; the parts themselves where none is text. */
function textOfParts(parts: readonly unknown[]): unknown {
  const texts = parts
    .map((part) => filledText((part as { text?: unknown } | null)?.text))
    .filter((one) => one !== undefined);
  if (texts.length > 0) return withoutInlineData(texts.join(""));
  return parts.length === 0 ? undefined : withoutInlineData(parts);
}

function pictures(images: unknown): unknown {
  return Array.isArray(images) && images.length > 0 ? withoutInlineData(images) : undefined;
}

/**
 * What the model wrote, masked and bounded: the arguments of its tool calls, else its message. The arguments of several
 * calls are one JSON array.
 */
export function answerText(answer: Answer, tracing: Tracing): string | undefined {
  const given = argumentsOfAll(answer);
  const content = given.length > 1 ? `[${given.join(",")}]` : (given[0] ?? answer.content);
  return captureContent(content, tracing);
}

/** The text that is to be JSON: the arguments of the first tool call, else the message. Neither masked nor bounded. */
export function rawAnswerText(answer: Answer): string | undefined {
  return argumentsOfAll(answer)[0] ?? (typeof answer.content === "string" ? answer.content : undefined);
}

function argumentsOfAll({ toolCalls }: Answer): string[] {
  return Array.isArray(toolCalls) ? toolCalls.map(argumentsOf).filter((one) => one !== undefined) : [];
}

/** Text as it is, anything else as JSON. */
function captureContent(content: unknown, tracing: Tracing): string | undefined {
  if (content === undefined || content === null) return undefined;
  const { redactor } = tracing;
  const { chat } = limitsOf(tracing);
  return typeof content === "string" ? captureText(content, redactor, chat) : captureJson(content, redactor, chat);
}

function argumentsOf(call: unknown): string | undefined {
  const { function: called, custom } = (call ?? {}) as {
    function?: { arguments?: unknown } | null;
    custom?: { input?: unknown } | null;
  };
  return filledText(called?.arguments) ?? filledText(custom?.input);
}

/** What the GenAI conventions ask of an answer in their current form, beside {@link writeAnswer}. */
export function writeConventionNames(attributes: AttributeMap, { serviceTier, systemFingerprint }: Answer): void {
  if (serviceTier !== undefined) attributes[OPENAI_RESPONSE_SERVICE_TIER] = serviceTier;
  if (systemFingerprint !== undefined) attributes[OPENAI_RESPONSE_SYSTEM_FINGERPRINT] = systemFingerprint;
}

/** Writes what of an answer is not content. */
export function writeAnswer(attributes: AttributeMap, answer: Answer): void {
  if (answer.model !== undefined) attributes[GEN_AI_RESPONSE_MODEL] = answer.model;
  if (answer.id !== undefined) attributes[GEN_AI_RESPONSE_ID] = answer.id;
  if (answer.finishReasons.length > 0) {
    attributes[GEN_AI_RESPONSE_FINISH_REASON] = answer.finishReasons[0] as string;
    attributes[GEN_AI_RESPONSE_FINISH_REASONS] = [...answer.finishReasons];
  }
}

/**
 * Keeps the answer and what the call made of it.
 * @param output the result as the caller got it, as JSON; `undefined` where there is none, as after a failure
 * @param isPlain whether the answer itself is the result
 */
export function keepAnswer(
  open: OpenSpan,
  answer: Answer | undefined,
  output: string | undefined,
  isPlain: boolean,
): void {
  if (output !== undefined) open.keep(ENTITY_OUTPUT, output);
  else if (isPlain && answer !== undefined) open.keep(ENTITY_OUTPUT, captureMessage(open, answer));
  if (open.tracing.usesLatestGenAi) keepOutputMessages(open, answer, output);
  else keepCompletion(open, answer, output);
}

function keepCompletion(open: OpenSpan, answer: Answer | undefined, output: string | undefined): void {
  if (answer === undefined && output === undefined) return;
  const { redactor } = open.tracing;
  const content = output ?? captureContent(answer?.content, open.tracing);
  open.keep(COMPLETION_ROLE, captureText(answer?.role ?? "assistant", redactor));
  open.keep(COMPLETION_CONTENT, content);
  if (answer === undefined) return;
  if (answer.finishReasons[0] !== undefined) {
    open.keep(COMPLETION_FINISH_REASON, captureText(answer.finishReasons[0], redactor));
  }
  if (answer.toolCalls !== undefined) {
    open.keep(COMPLETION_TOOL_CALLS, captureJson(answer.toolCalls, redactor, WHOLE_BOUNDS));
  }
}

function keepOutputMessages(open: OpenSpan, answer: Answer | undefined, output: string | undefined): void {
  if (answer === undefined && output === undefined) return;
  const content = answer?.content ?? (answer?.toolCalls === undefined ? output : undefined);
  const text = captureContent(content, open.tracing);
  const calls = Array.isArray(answer?.toolCalls) ? answer.toolCalls.map(toToolCallPart) : [];
  // Why it ended is in the span's finish reasons.
  const message = {
    role: answer?.role ?? "assistant",
    parts: [...textParts(text), ...calls],
  };
  open.keep(GEN_AI_OUTPUT_MESSAGES, captureJson([message], open.tracing.redactor, WHOLE_BOUNDS));
}

function captureMessage(open: OpenSpan, { role, content, toolCalls }: Answer): string | undefined {
  return captureJson({ role, content, tool_calls: toolCalls }, open.tracing.redactor, limitsOf(open.tracing).chat);
}

/** A text with something in it: Azure's first chunk has an empty id and model. */
export function filledText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
