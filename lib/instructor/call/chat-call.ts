import type { Context } from "@opentelemetry/api";
import { SpanKind } from "@opentelemetry/api";
import { withoutInstructorMeta } from "../../capture/instructor-meta.js";
import { listOf } from "../../capture/lists.js";
import { contentAllowed } from "../../capture/content-policy.js";
import { captureJson, captureSchema, captureText, WHOLE_BOUNDS } from "../../capture/serialize.js";
import { lookingOnce } from "../../capture/masking/once-redactor.js";
import type { Redactor } from "../../capture/masking/redactor.js";
import { describeError } from "../../observe/error-description.js";
import type { BoundContext } from "../../observe/intercept.js";
import { contexts } from "../../scope/propagate-attributes.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { contextWithin, openSpan } from "../../scope/open-span.js";
import type { AttributeMap, Scope } from "../../scope/scope.js";
import { stamp } from "../../scope/scope.js";
import { scopeOf } from "../../scope/standing-scope.js";
import type { Tracing } from "../../scope/tracing.js";
import { slot } from "../../scope/tracing.js";
import { untraced } from "../../scope/untraced.js";
import { quietly } from "../../observe/warn-once.js";
import {
  ENTITY_INPUT,
  GEN_AI_OUTPUT_TYPE,
  GEN_AI_REQUEST_MODEL,
  GEN_AI_REQUEST_STOP_SEQUENCES,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  GEN_AI_TOOL_DEFINITIONS,
  HTTP_RESPONSE_STATUS_CODE,
  INSTRUCTOR_ATTEMPTS,
  INSTRUCTOR_RESPONSE_MODEL,
  INSTRUCTOR_SCHEMA_HASH,
  LLM_REQUEST_FUNCTIONS,
} from "../../wire/attributes.js";
import { keepAnswer, readAnswer, writeAnswer } from "./answer.js";
import { addedMessages, Attempt } from "./attempt.js";
import { httpStatusOf, isAbort, signalOf } from "./call-error.js";
import { HookName } from "./hook-name.js";
import type { HookPayloads } from "./hooks.js";
import { keepPrompt, MOST_MESSAGES, readMessages } from "./messages.js";
import type { CallOrigin } from "./origin.js";
import { shared } from "./ownership.js";
import { addInstructorMetadata, requestAttributes } from "./request-attributes.js";
import type { CallRequest } from "./request.js";
import { hasSchema, readRequest } from "./request.js";
import { functionsText } from "../schema/functions-text.js";
import { schemaHash } from "../schema/schema-hash.js";
import { addUsage, noUsage, writeUsage } from "./usage.js";

/** The API that a caller used; the name of its span. */
export type Api =
  | "instructor.create"
  | "instructor.create_with_completion"
  | "instructor.create_iterable"
  | "instructor.create_partial";

/**
 * One call of a caller's, from its start to what became of it: its chat span, where there is one, its attempts and
 * its hooks. It knows nothing of how attempts come about: it is told of each.
 */
export class ChatCall {
  /** The latest completion, as the provider's client returned it. */
  completion: unknown;
  /** Asked for what a stream has given so far, where its span is ended from outside. */
  whatCame: (() => unknown) | undefined;
  /** Whether the consumer of a stream holds what it gave last: an error that comes now is the consumer's own. */
  isWithConsumer = false;
  private attempt: Attempt | undefined;
  private readonly usage = noUsage();
  /** Messages that are the caller's own; only for a span that keeps content, where there are no more than it keeps. */
  private readonly callersMessages: readonly unknown[] | undefined;
  /** Without a response model: the answer itself is the result. */
  private readonly isPlain: boolean;
  private isOver = false;
  /** Its span was ended from outside, and its hooks are still to be told how it fails. */
  private isReleased = false;

  private constructor(
    readonly origin: CallOrigin,
    request: CallRequest,
    private readonly options: unknown,
    private readonly open: OpenSpan | undefined,
    private readonly context: Context | undefined,
  ) {
    this.isPlain = request.response_model === undefined;
    if (open?.takesContent === true && !this.isPlain) {
      const messages = listOf(request.messages, MOST_MESSAGES + 1);
      if (messages !== undefined && messages.length <= MOST_MESSAGES) this.callersMessages = messages;
    }
    if (open !== undefined) open.beforeEnd = () => this.release();
  }

  /**
   * Begins a call.
   * @param here the context that the call was made in; the current one where it begins at once
   */
  static begin(
    origin: CallOrigin,
    api: Api,
    request: CallRequest,
    options: unknown,
    isStreaming: boolean,
    here?: Context,
  ): ChatCall {
    const { tracing } = slot;
    if (tracing === undefined) return new ChatCall(origin, {}, options, undefined, undefined);
    const outer = here ?? tracing.contexts.active();
    const scope = scopeOf(outer, tracing.defaults);
    const seen = untraced(() => readRequest(request));
    const open = untraced(() => openChatSpan(tracing, outer, scope, origin, api, seen, isStreaming));
    if (open === undefined) return new ChatCall(origin, seen, options, undefined, undefined);
    const inner: Scope = { ...scope, gate: open, open, remote: undefined, isInsideChat: true };
    const call = new ChatCall(origin, seen, options, open, contextWithin(open, outer, inner));
    if (isStreaming) origin.streams.add(call);
    return call;
  }

  /** Whether anything would come of telling this call what happens. */
  get isObserved(): boolean {
    return this.open !== undefined || this.origin.hooks?.isEmpty === false;
  }

  /** Whether the call's content may leave the process now, by whatever way. */
  get allowsContent(): boolean {
    return this.open === undefined ? this.origin.allowsContent(contexts().active()) : contentAllowed(this.open);
  }

  /** Whether a stream is to be asked for its usage: for a span that keeps it, where the provider understands that. */
  get wantsStreamUsage(): boolean {
    return this.open?.isRecording === true && this.origin.recognizeProvider().reportsStreamUsage;
  }

  /** Where the call's work runs: with its span active, as long as that is open. */
  get surroundings(): BoundContext {
    const { open, context } = this;
    const where = open?.tracing.contexts ?? contexts();
    return { contexts: where, context: open?.isEnded === false && context !== undefined ? context : where.active() };
  }

  /** Runs a part of the call's work with its span active. */
  within<R>(work: () => R): R {
    const { contexts: where, context } = this.surroundings;
    // Within the call's own work it is active already.
    return where.active() === context ? work() : where.with(context, work);
  }

  /**
   * An attempt begins. One before it that was answered and never validated was not even JSON.
   * @param request as it goes to the provider
   */
  startAttempt(request: object): void {
    shared.inFlight.add(request);
    this.attempt?.settle("parse_error");
    const added = quietly("a request could not be read", () => untraced(() => this.captureAdded(request)));
    this.attempt = new Attempt((this.attempt?.number ?? 0) + 1, this.open, added);
    if (this.origin.hooks?.has(HookName.COMPLETION_KWARGS) === true) {
      this.emit(HookName.COMPLETION_KWARGS, { ...request } as HookPayloads["completion:kwargs"]);
    }
  }

  /** The provider has answered the running attempt. */
  answered(completion: unknown): void {
    this.completion = completion;
    this.answeredInPart(completion);
    this.emit(HookName.COMPLETION_RESPONSE, completion);
  }

  /** The running attempt ends with what of an answer has come. */
  answeredInPart(completion: unknown): void {
    const { attempt } = this;
    if (this.open?.isRecording !== true || attempt === undefined) return;
    const answer = readAnswer(completion);
    attempt.answer = answer;
    addUsage(this.usage, answer.usage);
  }

  /** The first chunk of a streamed answer has arrived. */
  firstChunk(): void {
    this.open?.set({ [GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK]: this.attempt?.elapsed ?? 0 });
  }

  /** The running attempt came to nothing before it was answered whole. */
  refused(error: unknown): void {
    const outcome = isAbort(error, signalOf(this.options)) ? "aborted" : "provider_error";
    this.attempt?.settle(outcome);
    this.emit(HookName.COMPLETION_ERROR, error);
  }

  /** The answer does not fit: it is not JSON, or its schema objects. */
  unfit(outcome: "validation_error" | "parse_error", error: unknown): void {
    this.attempt?.settle(outcome, error);
    this.emit(HookName.PARSE_ERROR, error);
  }

  /** The call has its result; without one, the answer itself is all that there is. */
  succeed(result: unknown): void {
    this.isReleased = false;
    if (this.isOver) return;
    this.attempt?.settle("success");
    this.conclude(this.captureOutput(result));
    this.open?.succeed();
    this.open?.end();
  }

  /**
   * The call ends before its answer does.
   * @param isWanted whether the caller has taken what they wanted, as by leaving a loop
   */
  stop(result: unknown, isWanted: boolean): void {
    this.isReleased = false;
    if (this.isOver) return;
    this.attempt?.settle("aborted");
    this.conclude(this.captureOutput(result));
    if (isWanted) this.open?.succeed();
    this.open?.end();
  }

  dropped(): void {
    this.release();
  }

  /** The span ends now, with what there is; the call goes on untraced. */
  release(): void {
    if (this.isOver) return;
    const { attempt } = this;
    const isRunning = attempt?.isSettled === false;
    this.stop(this.whatCame?.(), false);
    this.isReleased = true;
    if (isRunning) this.attempt = new Attempt(attempt.number, undefined, undefined);
  }

  /** The call throws `error`. */
  fail(error: unknown, result?: unknown): void {
    if (this.isOver && !this.isReleased) return;
    this.isReleased = false;
    if (this.attempt !== undefined && !this.attempt.isSettled) this.settleFailed(this.attempt, error);
    this.emit(HookName.COMPLETION_LAST_ATTEMPT, error);
    const { open } = this;
    if (open === undefined || open.isEnded) {
      this.isOver = true;
      return;
    }
    this.conclude(this.captureOutput(result));
    const status = httpStatusOf(error);
    if (status !== undefined) open.set({ [HTTP_RESPONSE_STATUS_CODE]: status });
    open.fail(error);
    open.end();
  }

  /** What follows an answer and is no validation: its text was not JSON, or a stream's consumer threw. */
  private settleFailed(attempt: Attempt, error: unknown): void {
    if (this.isWithConsumer || isAbort(error, signalOf(this.options))) attempt.settle("aborted");
    else if (describeError(error).type === "SyntaxError") this.unfit("parse_error", error);
    else attempt.settle(attempt.answer === undefined ? "provider_error" : "validation_error");
  }

  private emit<Name extends HookName>(name: Name, payload: HookPayloads[Name]): void {
    const { hooks } = this.origin;
    if (hooks?.has(name) === true) this.within(() => hooks.emit(name, payload));
  }

  private captureAdded(request: object): string | undefined {
    const { open } = this;
    if (open?.takesContent !== true || this.callersMessages === undefined) return undefined;
    const added = addedMessages((request as CallRequest).messages, this.callersMessages);
    return added.length === 0 ? undefined : captureJson(readMessages(added), open.tracing.redactor, WHOLE_BOUNDS);
  }

  private captureOutput(result: unknown): string | undefined {
    const { open } = this;
    if (result === undefined || open?.takesContent !== true) return undefined;
    return untraced(() => captureJson(withoutInstructorMeta(result), open.tracing.redactor));
  }

  private conclude(output: string | undefined): void {
    this.isOver = true;
    this.origin.streams.delete(this);
    // Whatever the provider's answer does when it is read, the span ends after this.
    quietly("an answer could not be read", () => untraced(() => this.keepOutcome(output)));
  }

  private keepOutcome(output: string | undefined): void {
    const { open, attempt } = this;
    if (open?.isRecording !== true) return;
    const attributes: AttributeMap = { [INSTRUCTOR_ATTEMPTS]: attempt?.number ?? 0 };
    writeUsage(attributes, this.usage);
    if (attempt?.answer !== undefined) writeAnswer(attributes, attempt.answer);
    open.set(attributes);
    if (open.takesContent) keepAnswer(open, attempt?.answer, output, this.isPlain);
  }
}

function openChatSpan(
  tracing: Tracing,
  context: Context,
  scope: Scope,
  origin: CallOrigin,
  api: Api,
  request: CallRequest,
  isStreaming: boolean,
): OpenSpan | undefined {
  return quietly("a call could not be traced", () => {
    const attributes = requestAttributes(api, request, origin.recognizeProvider(), isStreaming);
    stamp(attributes, scope);
    addInstructorMetadata(attributes, api, origin.instance.mode);
    const modelName: unknown = quietly("a response model could not be read", () => request.response_model?.name);
    if (typeof modelName === "string") attributes[INSTRUCTOR_RESPONSE_MODEL] = modelName;
    const isLatest = tracing.usesLatestGenAi;
    if (isLatest && request.response_model !== undefined) attributes[GEN_AI_OUTPUT_TYPE] = "json";
    const model = attributes[GEN_AI_REQUEST_MODEL];
    const name = isLatest && typeof model === "string" ? `chat ${model}` : api;
    const { decide } = origin;
    const open = openSpan(tracing, context, scope, { name, kind: SpanKind.CLIENT, attributes, decide });
    if (open?.isRecording === true) setSchemaHash(open, request);
    if (open?.takesContent === true) keepInput(open, origin, request, modelName);
    return open;
  });
}

function setSchemaHash(open: OpenSpan, { response_model: model }: CallRequest): void {
  quietly("a schema could not be read", () => {
    const hash = hasSchema(model) ? schemaHash(model.schema) : undefined;
    if (hash !== undefined) open.set({ [INSTRUCTOR_SCHEMA_HASH]: hash });
  });
}

/** Keeps each part of what was asked; one that cannot be read costs the others nothing. */
function keepInput(open: OpenSpan, { instance }: CallOrigin, request: CallRequest, modelName: unknown): void {
  const { redactor } = open.tracing;
  const { model } = request;
  quietly("the messages of a call could not be read", () => {
    const messages = readMessages(request.messages);
    const input = { messages, model, response_model: modelName, mode: instance.mode };
    const once = lookingOnce(redactor);
    // First what wants more of each text.
    keepPrompt(open, messages, once);
    open.keep(ENTITY_INPUT, captureJson(input, once));
  });
  quietly("the stop sequences of a call could not be read", () => keepStop(open, request.stop));
  quietly("a schema could not be read", () => {
    const functions = functionsOf(request, redactor);
    if (functions === undefined) return;
    open.keep(LLM_REQUEST_FUNCTIONS, functions);
    if (open.tracing.usesLatestGenAi) open.keep(GEN_AI_TOOL_DEFINITIONS, functions);
  });
}

/** More of them no provider takes. */
const MOST_STOPS = 50;

function keepStop(open: OpenSpan, given: unknown): void {
  const stop = typeof given === "string" ? [given] : listOf(given, MOST_STOPS);
  const sequences = stop?.filter((one) => typeof one === "string");
  if (sequences === undefined) return;
  const { redactor } = open.tracing;
  open.keep(
    GEN_AI_REQUEST_STOP_SEQUENCES,
    sequences.map((one) => captureText(one, redactor) ?? ""),
  );
}

/** What the model is asked to call; without a response model, what it may call. */
function functionsOf({ response_model: model, tools }: CallRequest, redactor: Redactor): string | undefined {
  if (model === undefined) return Array.isArray(tools) ? captureSchema(tools, redactor) : undefined;
  return hasSchema(model) && typeof model.name === "string" ? functionsText(model, redactor) : undefined;
}
