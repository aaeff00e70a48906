import type { Attributes } from "@opentelemetry/api";
import { captureJson, WHOLE_BOUNDS } from "../../capture/serialize.js";
import { quietly } from "../../observe/warn-once.js";
import type { OpenSpan } from "../../scope/open-span.js";
import type { AttributeMap } from "../../scope/scope.js";
import * as names from "../../wire/attributes.js";
import type { Answer } from "./answer.js";
import { answerText } from "./answer.js";

/** What became of an attempt. */
export type Outcome = "success" | "validation_error" | "parse_error" | "provider_error" | "aborted";

/**
 * One request of a structured call, from when it is sent to when it is known what became of it: `sent`, `answered` whole
 * by the provider, `parsed` once its answer was JSON and the schema has it, `settled` with an outcome.
 */
export class Attempt {
  state: "sent" | "answered" | "parsed" | "settled" = "sent";
  answer: Answer | undefined;
  /** The record that Respan's gateway has made of the request. */
  gatewayLogId: string | undefined;
  readonly number: number;
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

  /** The provider has answered, or its answer was JSON; a settled attempt stays so. */
  reach(state: "answered" | "parsed"): void {
    if (this.state !== "settled") this.state = state;
  }

  /** Records the attempt as an event of the span, once. */
  settle(outcome: Outcome, error?: unknown): void {
    if (this.state === "settled") return;
    this.state = "settled";
    this.#record(outcome, error);
  }

  /** The span ends before the attempt does: there it counts as aborted. */
  release(): void {
    if (this.state !== "settled") this.#record("aborted");
    this.#open = undefined;
  }

  #record(outcome: Outcome, error?: unknown): void {
    const { answer } = this;
    const open = this.#open;
    if (open?.isRecording !== true) return;
    const attributes: Attributes = {
      [names.ATTEMPT_NUMBER]: this.number,
      [names.ATTEMPT_DURATION]: this.elapsed,
      [names.ATTEMPT_OUTCOME]: outcome,
    };
    const told = {
      [names.ATTEMPT_FINISH_REASON]: answer?.finishReasons[0],
      [names.ATTEMPT_INPUT_TOKENS]: answer?.usage.input,
      [names.ATTEMPT_OUTPUT_TOKENS]: answer?.usage.output,
      [names.ATTEMPT_CACHED_TOKENS]: answer?.usage.cached,
      [names.ATTEMPT_GATEWAY_LOG_ID]: this.gatewayLogId,
    };
    for (const [name, value] of Object.entries(told)) if (value !== undefined) attributes[name] = value;
    open.event(names.ATTEMPT_EVENT, attributes, open.takesContent ? this.#content(open, error) : undefined);
  }

  #content({ tracing }: OpenSpan, error: unknown): Attributes {
    const content: AttributeMap = {};
    if (this.#addedMessages !== undefined) content[names.ATTEMPT_ADDED_MESSAGES] = this.#addedMessages;
    const { answer } = this;
    const text = answer && quietly("an answer could not be read", () => answerText(answer, tracing));
    if (text !== undefined) content[names.ATTEMPT_ANSWER] = text;
    const issues = readIssues(error);
    const told = issues && captureJson(issues, tracing.redactor, WHOLE_BOUNDS);
    if (told !== undefined) content[names.ATTEMPT_ISSUES] = told;
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
