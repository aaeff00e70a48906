import type { Attributes } from "@opentelemetry/api";
import { captureJson, WHOLE_BOUNDS } from "../../capture/serialize.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { quietly } from "../../observe/warn-once.js";
import type { AttributeMap } from "../../scope/scope.js";
import {
  ATTEMPT_ADDED_MESSAGES,
  ATTEMPT_ANSWER,
  ATTEMPT_CACHED_TOKENS,
  ATTEMPT_DURATION,
  ATTEMPT_EVENT,
  ATTEMPT_FINISH_REASON,
  ATTEMPT_GATEWAY_LOG_ID,
  ATTEMPT_INPUT_TOKENS,
  ATTEMPT_ISSUES,
  ATTEMPT_NUMBER,
  ATTEMPT_OUTCOME,
  ATTEMPT_OUTPUT_TOKENS,
} from "../../wire/attributes.js";
import type { Answer } from "./answer.js";
import { answerText } from "./answer.js";

/** What became of an attempt. */
export type Outcome = "success" | "validation_error" | "parse_error" | "provider_error" | "aborted";

/** One request of a structured call, from when it is sent to when it is known what became of it. */
export class Attempt {
  readonly number: number;
  answer: Answer | undefined;
  /** The record that Respan's gateway has made of the request. */
  gatewayLogId: string | undefined;
  /** Whether the provider has answered it whole. */
  isAnswered = false;
  /** Whether its answer was JSON, and has been given to the schema. */
  isParsed = false;
  isSettled = false;
  #open: OpenSpan | undefined;
  readonly #addedMessages: string | undefined;
  readonly #startedAt = performance.now();

  /** @param added what Instructor put beside the caller's messages, as JSON */
  constructor(number: number, open: OpenSpan | undefined, added: string | undefined) {
    this.number = number;
    this.#open = open;
    this.#addedMessages = added;
  }

  /** Seconds since the request was sent; never negative, whatever is done to the clock. */
  get elapsed(): number {
    return Math.max(0, performance.now() - this.#startedAt) / 1_000;
  }

  /** Records the attempt as an event of the span, once. */
  settle(outcome: Outcome, error?: unknown): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.#record(outcome, error);
  }

  /** The span ends before the attempt does: there it counts as aborted. */
  release(): void {
    if (!this.isSettled) this.#record("aborted");
    this.#open = undefined;
  }

  #record(outcome: Outcome, error?: unknown): void {
    const { answer } = this;
    const open = this.#open;
    if (open?.isRecording !== true) return;
    const attributes: Attributes = {
      [ATTEMPT_NUMBER]: this.number,
      [ATTEMPT_DURATION]: this.elapsed,
      [ATTEMPT_OUTCOME]: outcome,
    };
    if (answer?.finishReasons[0] !== undefined) attributes[ATTEMPT_FINISH_REASON] = answer.finishReasons[0];
    if (answer?.usage.input !== undefined) attributes[ATTEMPT_INPUT_TOKENS] = answer.usage.input;
    if (answer?.usage.output !== undefined) attributes[ATTEMPT_OUTPUT_TOKENS] = answer.usage.output;
    if (answer?.usage.cached !== undefined) attributes[ATTEMPT_CACHED_TOKENS] = answer.usage.cached;
    if (this.gatewayLogId !== undefined) attributes[ATTEMPT_GATEWAY_LOG_ID] = this.gatewayLogId;
    open.event(ATTEMPT_EVENT, attributes, this.#content(open, error));
  }

  #answerText({ tracing }: OpenSpan): string | undefined {
    return this.answer === undefined ? undefined : answerText(this.answer, tracing);
  }

  #content(open: OpenSpan, error: unknown): Attributes | undefined {
    if (!open.takesContent) return undefined;
    const content: AttributeMap = {};
    if (this.#addedMessages !== undefined) content[ATTEMPT_ADDED_MESSAGES] = this.#addedMessages;
    const answer = quietly("an answer could not be read", () => this.#answerText(open));
    if (answer !== undefined) content[ATTEMPT_ANSWER] = answer;
    const issues = readIssues(error);
    const text = issues === undefined ? undefined : captureJson(issues, open.tracing.redactor, WHOLE_BOUNDS);
    if (text !== undefined) content[ATTEMPT_ISSUES] = text;
    return content;
  }
}

/** What a schema objects to. */
interface Issue {
  readonly path: unknown;
  readonly code: unknown;
  readonly message: unknown;
}

/** Path, code and message of what a schema objects to; Zod 3 and Zod 4 name them alike. */
export function readIssues(error: unknown): Issue[] | undefined {
  try {
    return (error as { issues?: unknown[] } | undefined)?.issues?.map((issue) => {
      const { path, code, message } = (issue ?? {}) as Record<string, unknown>;
      return { path, code, message };
    });
  } catch {
    return undefined;
  }
}

/** The messages of a request that are not the caller's own: a mode's system message, a failed answer, its correction. */
export function addedMessages(sent: unknown, callers: readonly unknown[]): readonly unknown[] {
  if (!Array.isArray(sent)) return [];
  let own: ReadonlySet<unknown> | undefined;
  let added: unknown[] | undefined;
  for (let at = 0; at < sent.length; at++) {
    const message: unknown = sent[at];
    // Mostly they are what they were, in their places.
    if (message === callers[at]) continue;
    own ??= new Set(callers);
    if (!own.has(message)) (added ??= []).push(message);
  }
  return added ?? [];
}
