import type { ApiAttributes, ApiEvent, ApiSpan } from "../../api.js";
import {
  ATTEMPT_ADDED_MESSAGES,
  ATTEMPT_DURATION,
  ATTEMPT_EVENT,
  ATTEMPT_FINISH_REASON,
  ATTEMPT_INPUT_TOKENS,
  ATTEMPT_ISSUES,
  ATTEMPT_NUMBER,
  ATTEMPT_OUTCOME,
  ATTEMPT_OUTPUT_TOKENS,
  ENTITY_OUTPUT,
} from "../../../wire/attributes.js";
import { isList, isObject, jsonOf, numberOf, parseJson, textOf } from "./json.js";
import type { Json, PathStep } from "./json.js";
import { messageOf, messageText } from "./messages.js";
import type { Message } from "./messages.js";

const ATTEMPT_ANSWER = `${ATTEMPT_EVENT}.answer`;
const ATTEMPT_CACHED_TOKENS = `${ATTEMPT_EVENT}.cached_tokens`;

export interface Issue {
  readonly path: readonly PathStep[];
  readonly code?: string;
  readonly message: string;
}

/** One request of a structured call. */
export interface Attempt {
  readonly number: number;
  readonly outcome: string;
  readonly start: number;
  readonly end: number;
  readonly finishReason?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cachedTokens?: number;
  readonly issues: readonly Issue[];
  /** What the model answered: text or tool arguments. */
  readonly answer?: string;
  /** The answer as JSON, where it is JSON. */
  readonly value?: Json;
  /** What Instructor put beside the caller's messages. */
  readonly added: readonly Message[];
  readonly attributes: ApiAttributes;
}

export function succeeded({ outcome }: Attempt): boolean {
  return outcome === "success";
}

/** A chat span's attempts, first to last. */
export function attemptsOf(span: ApiSpan): readonly Attempt[] {
  const events = span.events
    .filter(({ name }) => name === ATTEMPT_EVENT)
    .map((event, index) => ({ event, number: numberOf(event.attributes[ATTEMPT_NUMBER]) ?? index + 1 }))
    .sort((a, b) => a.number - b.number);
  const added = events.map(({ event }) => addedMessages(event));
  return events.map(({ event, number }, index) => {
    const { attributes } = event;
    const outcome = textOf(attributes[ATTEMPT_OUTCOME]) ?? "unknown";
    const answer =
      textOf(attributes[ATTEMPT_ANSWER]) ??
      failedAnswer(added[index + 1], added[index]) ??
      (outcome === "success" ? textOf(span.attributes[ENTITY_OUTPUT]) : undefined);
    const value = answerValue(answer);
    return {
      number,
      outcome,
      ...stretch(span, event),
      ...optional("finishReason", textOf(attributes[ATTEMPT_FINISH_REASON])),
      ...optional("inputTokens", numberOf(attributes[ATTEMPT_INPUT_TOKENS])),
      ...optional("outputTokens", numberOf(attributes[ATTEMPT_OUTPUT_TOKENS])),
      ...optional("cachedTokens", numberOf(attributes[ATTEMPT_CACHED_TOKENS])),
      issues: issuesOf(attributes),
      ...optional("answer", answer),
      ...optional("value", value),
      added: added[index] ?? [],
      attributes,
    };
  });
}

type Optional<Name extends string, Value> = Readonly<Partial<Record<Name, Value>>>;

function optional<Name extends string, Value>(name: Name, value: Value | undefined): Optional<Name, Value> {
  // A computed key widens to `string`; it is Name.
  return (value === undefined ? {} : { [name]: value }) as Optional<Name, Value>;
}

/** An attempt's event stands at its end. */
function stretch(span: ApiSpan, event: ApiEvent): { start: number; end: number } {
  const from = span.startTime;
  const to = from + Math.max(0, span.durationMs);
  const end = Math.min(Math.max(event.time, from), to);
  const duration = (numberOf(event.attributes[ATTEMPT_DURATION]) ?? 0) * 1000;
  return { start: Math.max(from, end - Math.max(0, duration)), end };
}

function addedMessages(event: ApiEvent): readonly Message[] {
  const value = jsonOf(event.attributes[ATTEMPT_ADDED_MESSAGES]);
  return isList(value) ? value.map(messageOf) : [];
}

/** The answer that failed, which Instructor sends back with the request to correct it. */
function failedAnswer(next: readonly Message[] | undefined, own: readonly Message[] = []): string | undefined {
  const answered = (messages: readonly Message[]) =>
    messages.filter(({ role, toolCalls, parts }) => role === "assistant" && (toolCalls.length > 0 || parts.length > 0));
  const answers = answered(next ?? []);
  const earlier = answered(own);
  const last = answers.at(-1);
  // A retry's messages hold the earlier answers too: one that the attempt itself was sent is not its own.
  const isNew = answers.length > earlier.length || JSON.stringify(last) !== JSON.stringify(earlier.at(-1));
  if (last === undefined || !isNew) return undefined;
  return last.toolCalls.at(-1)?.arguments ?? messageText(last);
}

/** JSON, also in a fence or between other words. */
export function answerValue(answer: string | undefined): Json | undefined {
  if (answer === undefined) return undefined;
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(answer)?.[1];
  const inner = /[[{][\s\S]*[\]}]/.exec(answer)?.[0];
  return parseJson(answer) ?? parseJson(fenced) ?? parseJson(inner);
}

function issuesOf(attributes: ApiAttributes): readonly Issue[] {
  const value = jsonOf(attributes[ATTEMPT_ISSUES]);
  if (!isList(value)) return [];
  return value.map((issue) => {
    if (!isObject(issue)) return { path: [], message: textOf(issue) ?? "" };
    const code = textOf(issue.code);
    return { path: issuePath(issue.path), message: textOf(issue.message) ?? code ?? "", ...optional("code", code) };
  });
}

function issuePath(path: Json | undefined): readonly PathStep[] {
  if (isList(path)) return path.map((step) => (typeof step === "number" ? step : (textOf(step) ?? "")));
  if (typeof path !== "string") return typeof path === "number" ? [path] : [];
  const steps = path.split(/[.[\]]/).filter((step) => step !== "");
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
