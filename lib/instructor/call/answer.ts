import { withoutInstructorMeta } from "../../capture/instructor-meta.js";
import { captureJson, captureText, WHOLE_BOUNDS } from "../../capture/serialize.js";
import { quietly } from "../../observe/warn-once.js";
import type { OpenSpan } from "../../scope/open-span.js";
import type { AttributeMap } from "../../scope/scope.js";
import type { Tracing } from "../../scope/tracing.js";
import { limitsOf } from "../../scope/tracing.js";
import * as names from "../../wire/attributes.js";
import { dropReplacedNames } from "./chat-span.js";
import { textParts, toToolCallParts } from "./gen-ai-form.js";
import { fieldsOf, legacyCall, withoutInlineData } from "./messages.js";
import type { Usage } from "./usage.js";
import { readUsage, reportedUsage, writeUsage } from "./usage.js";

/** What of a provider's answer a span tells, read once. */
export interface Answer {
  readonly model?: string | undefined;
  readonly id?: string | undefined;
  readonly serviceTier?: string | undefined;
  readonly systemFingerprint?: string | undefined;
  readonly finishReasons: readonly string[];
  readonly usage: Usage;
  readonly role?: string | undefined;
  readonly content?: unknown;
  readonly toolCalls?: unknown;
}

/** Reads a completion as any OpenAI-like provider gives it; what is not there is absent. Never throws. */
export function readAnswer(completion: unknown): Answer {
  try {
    const { model, id, choices: given, service_tier, system_fingerprint } = fieldsOf(completion);
    const choices = Array.isArray(given) ? given.map(fieldsOf) : [];
    return {
      model: filledText(model),
      id: filledText(id),
      serviceTier: filledText(service_tier),
      systemFingerprint: filledText(system_fingerprint),
      finishReasons: choices.flatMap((choice) => filledText(choice.finish_reason) ?? []),
      usage: readUsage(reportedUsage(completion)),
      ...readMessage(choices[0]?.message, completion),
    };
  } catch {
    return { finishReasons: [], usage: {} };
  }
}

function readMessage(given: unknown, completion: unknown): Pick<Answer, "role" | "content" | "toolCalls"> {
  // An error with status 200, a page of HTML, `null`: it is the answer, whatever it is.
  if (typeof given !== "object" || given === null) {
    return { content: completion === null ? "null" : withoutInlineData(completion) };
  }
  const message = fieldsOf(given);
  const toolCalls = message.tool_calls ?? legacyCall(message.function_call);
  return { role: filledText(message.role), content: contentOf(message, toolCalls !== undefined), toolCalls };
}

/** What the model said: its text, else its refusal, the words of a spoken answer, pictures, or its reasoning alone. */
function contentOf(message: ReturnType<typeof fieldsOf>, hasCalls: boolean): unknown {
  const { content, refusal, audio, images, reasoning, reasoning_content: reasoned } = message;
  const said = withoutInlineData(Array.isArray(content) ? textOfParts(content) : content);
  if (said !== undefined && said !== null && said !== "") return said;
  const pictures = Array.isArray(images) && images.length > 0 ? withoutInlineData(images) : undefined;
  const instead = filledText(refusal) ?? filledText(fieldsOf(audio).transcript) ?? pictures;
  if (instead !== undefined || hasCalls) return instead ?? said;
  return filledText(reasoning) ?? filledText(reasoned) ?? said;
}

/** The text of a message in parts; the parts themselves where none is text. */
function textOfParts(parts: readonly unknown[]): unknown {
  const texts = parts.map((part) => filledText(fieldsOf(part).text) ?? "").join("");
  if (texts !== "") return texts;
  return parts.length === 0 ? undefined : parts;
}

/** A text with something in it: Azure's first chunk has an empty id and model. */
export function filledText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * What the model wrote, masked and bounded: the arguments of its tool calls, else its message. The arguments of several
 * calls are one JSON array.
 */
export function answerText(answer: Answer, tracing: Tracing): string | undefined {
  const given = argumentsOfAll(answer);
  return captureContent(given.length > 1 ? `[${given.join(",")}]` : (given[0] ?? answer.content), tracing);
}

/** Why an answer is not JSON, where Instructor keeps its own error to itself and asks again. */
export function parseErrorOf(completion: unknown): unknown {
  const answer = readAnswer(completion);
  const text = quietly("an answer could not be read", () => argumentsOfAll(answer)[0]) ?? answer.content;
  try {
    JSON.parse(typeof text === "string" ? text : "");
  } catch (error) {
    return error;
  }
  return new SyntaxError("the answer is not JSON");
}

function argumentsOfAll({ toolCalls }: Answer): string[] {
  if (!Array.isArray(toolCalls)) return [];
  return toolCalls.flatMap((call: unknown) => {
    const { function: called, custom } = fieldsOf(call);
    return filledText(fieldsOf(called).arguments) ?? filledText(fieldsOf(custom).input) ?? [];
  });
}

/** Text as it is, anything else as JSON. */
function captureContent(content: unknown, tracing: Tracing): string | undefined {
  if (content === undefined || content === null) return undefined;
  const { redactor } = tracing;
  const { chat } = limitsOf(tracing);
  return typeof content === "string" ? captureText(content, redactor, chat) : captureJson(content, redactor, chat);
}

/** What a call has come to. */
interface CallOutcome {
  readonly attempts: number;
  readonly usage: Usage;
  /** That of the last attempt. */
  readonly answer: Answer | undefined;
  /** The result as the caller got it; `undefined` where there is none, as after a failure. */
  readonly result: unknown;
  /** Whether the answer itself is the result. */
  readonly isPlain: boolean;
}

/** Keeps the answer and what the call made of it. */
export function keepOutcome(open: OpenSpan, { attempts, usage, answer, result, isPlain }: CallOutcome): void {
  if (!open.isRecording) return;
  const attributes: AttributeMap = { [names.INSTRUCTOR_ATTEMPTS]: attempts };
  writeUsage(attributes, usage);
  const isLatestForm = open.tracing.usesLatestGenAi;
  if (answer !== undefined) writeAnswer(attributes, answer, isLatestForm);
  if (isLatestForm) dropReplacedNames(attributes);
  open.set(attributes);
  if (!open.takesContent) return;
  const { redactor } = open.tracing;
  const { chat } = limitsOf(open.tracing);
  const output =
    result === undefined ? undefined : captureJson(withoutInstructorMeta(result, chat.maxItems), redactor, chat);
  if (output !== undefined) open.keep(names.ENTITY_OUTPUT, output);
  else if (isPlain && answer !== undefined) {
    const { role, content, toolCalls } = answer;
    open.keep(names.ENTITY_OUTPUT, captureJson({ role, content, tool_calls: toolCalls }, redactor, chat));
  }
  if (answer === undefined && output === undefined) return;
  if (isLatestForm) keepOutputMessages(open, answer, output);
  else keepCompletion(open, answer, output);
}

/** Writes what of an answer is not content. */
function writeAnswer(attributes: AttributeMap, answer: Answer, isLatestForm: boolean): void {
  if (answer.model !== undefined) attributes[names.GEN_AI_RESPONSE_MODEL] = answer.model;
  if (answer.id !== undefined) attributes[names.GEN_AI_RESPONSE_ID] = answer.id;
  const [reason] = answer.finishReasons;
  if (reason !== undefined) {
    attributes[names.GEN_AI_RESPONSE_FINISH_REASON] = reason;
    attributes[names.GEN_AI_RESPONSE_FINISH_REASONS] = [...answer.finishReasons];
  }
  if (!isLatestForm) return;
  if (answer.serviceTier !== undefined) attributes[names.OPENAI_RESPONSE_SERVICE_TIER] = answer.serviceTier;
  if (answer.systemFingerprint !== undefined) {
    attributes[names.OPENAI_RESPONSE_SYSTEM_FINGERPRINT] = answer.systemFingerprint;
  }
}

function keepCompletion(open: OpenSpan, answer: Answer | undefined, output: string | undefined): void {
  const { redactor } = open.tracing;
  const keep = (name: string, text: string | undefined): void =>
    open.keep(`${names.GEN_AI_COMPLETION_PREFIX}0.${name}`, text);
  keep("role", captureText(answer?.role ?? "assistant", redactor));
  keep("content", output ?? captureContent(answer?.content, open.tracing));
  const reason = answer?.finishReasons[0];
  if (reason !== undefined) keep("finish_reason", captureText(reason, redactor));
  if (answer?.toolCalls !== undefined) keep("tool_calls", captureJson(answer.toolCalls, redactor, WHOLE_BOUNDS));
}

function keepOutputMessages(open: OpenSpan, answer: Answer | undefined, output: string | undefined): void {
  const content = answer?.content ?? (answer?.toolCalls === undefined ? output : undefined);
  const text = captureContent(content, open.tracing);
  // Why it ended is in the span's finish reasons.
  const message = {
    role: answer?.role ?? "assistant",
    parts: [...textParts(text), ...toToolCallParts(answer?.toolCalls)],
  };
  open.keep(names.GEN_AI_OUTPUT_MESSAGES, captureJson([message], open.tracing.redactor, WHOLE_BOUNDS));
}
