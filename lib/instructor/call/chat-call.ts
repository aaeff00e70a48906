import type { Context } from "@opentelemetry/api";
import { withoutInstructorMeta } from "../../capture/instructor-meta.js";
import { listOf } from "../../capture/user-values.js";
import { contentAllowed } from "../../capture/content-policy.js";
import { captureJson, WHOLE_BOUNDS } from "../../capture/serialize.js";
import { describeError } from "../../observe/errors.js";
import type { BoundContext } from "../../observe/intercept.js";
import { contexts, limitsOf, slot, untraced } from "../../scope/tracing.js";
import { quietly } from "../../observe/warn-once.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { contextWithin } from "../../scope/open-span.js";
import type { AttributeMap, Scope } from "../../scope/scope.js";
import { scopeOf } from "../../scope/standing-scope.js";
import {
  GATEWAY_LOG_ID,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  HTTP_RESPONSE_STATUS_CODE,
  INSTRUCTOR_ATTEMPTS,
} from "../../wire/attributes.js";
import { keepAnswer, rawAnswerText, readAnswer, writeAnswer, writeConventionNames } from "./answer.js";
import { addedMessages, Attempt } from "./attempt.js";
import type { PendingResponse } from "./transport.js";
import { httpStatusOf, isAbort, signalOf, logIdOf } from "./transport.js";
import { CallMetrics } from "./call-metrics.js";
import type { CallStart } from "./chat-span.js";
import { openChatSpan, dropReplacedNames } from "./chat-span.js";
import type { HookAttempt, HookDetails, HookPayloads } from "./hooks.js";
import { HookName } from "./hooks.js";
import { MOST_MESSAGES, readMessages } from "./messages.js";
import type { CallOrigin } from "./origin.js";
import { shared } from "./origin.js";
import type { CallRequest } from "./request.js";
import { readRequest, retriesOf, withoutValidationContext } from "./request.js";
import { addUsage, noUsage, reportedUsage, sumReported, writeUsage } from "./usage.js";

/** A call's span, the context in which the call's work runs, and what is measured of it. */
interface ChatSpan {
  readonly open: OpenSpan;
  readonly context: Context;
  /** `undefined` where no `MeterProvider` is registered. */
  readonly metrics: CallMetrics | undefined;
}

/**
 * One call from its start to its end: its chat span, where there is one, its attempts and its hooks. It does not make
 * the attempts; it is told of each.
 *
 * A call is in one of three states:
 *
 * - `running`, until the next value is handed to the consumer: {@link deliver}
 * - `delivering`, until the consumer asks for more: {@link resume}. An error that comes now is the consumer's own.
 * - `over`, after {@link succeed}, {@link stop} or {@link fail}; the first of them counts.
 *
 * {@link release} ends the span alone. The call goes on without one, and its hooks are still told how it ends.
 */
export class ChatCall {
  readonly origin: CallOrigin;
  /** The latest completion, as the provider's client returned it. */
  completion: unknown;
  /** The latest value that the caller has, or is about to get: what the span keeps as the call's output. */
  latest: unknown;
  #state: "running" | "delivering" | "over" = "running";
  #span: ChatSpan | undefined;
  #attempt: Attempt | undefined;
  readonly #options: unknown;
  readonly #maxAttempts: number;
  readonly #isNative: boolean;
  /** Without a response model, the answer itself is the result. */
  readonly #hasResponseModel: boolean;
  readonly #usage = noUsage();
  /** The usage of all attempts as the provider names it; for hooks. */
  #reportedUsage: Record<string, unknown> | undefined;
  /** Messages that are the caller's own; only for a span that keeps content, where there are no more than it keeps. */
  readonly #callersMessages: readonly unknown[] | undefined;

  private constructor({ origin, request, options, isStreaming, isNative = false }: CallStart, span?: ChatSpan) {
    this.origin = origin;
    this.#options = options;
    this.#span = span;
    this.#hasResponseModel = request.response_model !== undefined;
    this.#isNative = isNative;
    this.#maxAttempts = isStreaming || !this.#hasResponseModel ? 1 : 1 + retriesOf(request);
    if (span?.open.takesContent === true && this.#hasResponseModel) {
      const messages = listOf(request.messages, MOST_MESSAGES + 1);
      if (messages !== undefined && messages.length <= MOST_MESSAGES) this.#callersMessages = messages;
    }
    if (span !== undefined) span.open.beforeEnd = () => this.release();
  }

  /** Begins a call. Its parameters are read here, each once. */
  static begin(start: CallStart): ChatCall {
    const { tracing } = slot;
    const isTraced = tracing !== undefined && start.origin.isTraced;
    const isRead = isTraced || start.origin.hooks?.isEmpty === false;
    const { read = readRequest } = start;
    const request = isRead ? untraced(() => read(start.request)) : {};
    if (!isTraced) return new ChatCall({ ...start, request });
    const outer = start.context ?? tracing.contexts.active();
    const scope = scopeOf(outer, tracing.defaults);
    const begun = { ...start, request, context: outer };
    const open = untraced(() => openChatSpan(tracing, scope, begun));
    if (open === undefined) return new ChatCall(begun);
    const inner: Scope = { ...scope, gate: open, open, remote: undefined, isInsideChat: true };
    const metrics = CallMetrics.begin(start.origin.recognizeProvider(), request);
    const call = new ChatCall(begun, { open, context: contextWithin(open, outer, inner), metrics });
    if (start.isStreaming) start.origin.streams.add(call);
    return call;
  }

  /** Whether a span or a hook is there to be told what happens. */
  get isObserved(): boolean {
    return this.#span !== undefined || this.origin.hooks?.isEmpty === false;
  }

  /** Whether the call's content may leave the process now, by whatever way. */
  get allowsContent(): boolean {
    const open = this.#span?.open;
    return open === undefined ? this.origin.allowsContent(contexts().active()) : contentAllowed(open);
  }

  /** How much of a streamed text is worth keeping, for a span that shows it or a hook that is told all of it. */
  get keptBytes(): number {
    if (this.origin.hooks?.has(HookName.COMPLETION_RESPONSE) === true) return Infinity;
    return this.#span?.open.takesContent === true ? WHOLE_BOUNDS.maxBytes + 1 : 0;
  }

  /** How many items of a list are worth keeping for the span: those that are recorded, and one that tells of more. */
  get keptItems(): number {
    return this.#span?.open.takesContent === true ? limitsOf(this.#span.open.tracing).chat.maxItems + 1 : 0;
  }

  /** Whether there is a span, or a metric, that keeps the usage. */
  get keepsUsage(): boolean {
    return this.#span?.open.isRecording === true || this.#span?.metrics !== undefined;
  }

  /** Where the call's work runs: with its span active, as long as that is open. */
  get surroundings(): BoundContext {
    const span = this.#span;
    if (span !== undefined) return { contexts: span.open.tracing.contexts, context: span.context };
    const where = contexts();
    return { contexts: where, context: where.active() };
  }

  /** Runs a part of the call's work with its span active. */
  within<R>(work: () => R): R {
    const { contexts: where, context } = this.surroundings;
    // Within the call's own work it is active already.
    return where.active() === context ? work() : where.with(context, work);
  }

  /**
   * An attempt begins. One before it that was answered and never validated was not even JSON.
   * @param request as Instructor made it
   * @returns the request as it is to be sent
   */
  startAttempt(request: object): object {
    const sent = this.#isNative ? request : withoutValidationContext(request);
    shared.inFlight.add(sent);
    if (this.#attempt?.isSettled === false) this.parseFailed(this.#parseErrorOf(this.completion));
    const added = quietly("a request could not be read", () => untraced(() => this.#captureAdded(request)));
    this.#attempt = new Attempt((this.#attempt?.number ?? 0) + 1, this.#span?.open, added);
    if (this.origin.hooks?.has(HookName.COMPLETION_KWARGS) === true) {
      this.#emit(HookName.COMPLETION_KWARGS, { ...request } as HookPayloads["completion:kwargs"], undefined);
    }
    return sent;
  }

  /** The running attempt is sent once more, in another form. */
  sendsAgain(request: object): object {
    shared.inFlight.add(request);
    return request;
  }

  /** The answer of the running attempt is on its way, and the caller waits for it. */
  awaiting(pending: PendingResponse | undefined): void {
    if (this.#span !== undefined) pending?.whenLogged((logId) => this.#logged(logId));
  }

  /** The provider has answered the running attempt. */
  answered(completion: unknown): void {
    this.completion = completion;
    if (this.#attempt !== undefined) this.#attempt.isAnswered = true;
    this.answeredInPart(completion);
    this.#emit(HookName.COMPLETION_RESPONSE, completion, undefined);
    if (this.origin.hooks?.has(HookName.COMPLETION_USAGE) === true) this.#emitUsage(completion);
  }

  /** The answer of the running attempt is JSON; the schema has it now. */
  parsed(): void {
    if (this.#attempt !== undefined) this.#attempt.isParsed = true;
  }

  /** The running attempt ends with what of an answer has come. */
  answeredInPart(completion: unknown): void {
    const attempt = this.#attempt;
    if (!this.keepsUsage || attempt === undefined) return;
    const answer = readAnswer(completion);
    attempt.answer = answer;
    addUsage(this.#usage, answer.usage);
  }

  /** The first chunk of a streamed answer has arrived. */
  firstChunk(): void {
    this.#span?.open.set({ [GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK]: this.#attempt?.elapsed ?? 0 });
  }

  /** The running attempt failed before it was answered whole. */
  requestFailed(error: unknown): void {
    this.#logged(logIdOf(error));
    this.#attempt?.settle(isAbort(error, signalOf(this.#options)) ? "aborted" : "provider_error");
    this.#emit(HookName.COMPLETION_ERROR, error, this.#attemptDetails);
  }

  /** The answer of the running attempt is not JSON. */
  parseFailed(error: unknown): void {
    this.#attempt?.settle("parse_error", error);
    this.#emit(HookName.PARSE_ERROR, error, this.#attemptDetails);
  }

  /** The answer of the running attempt does not fit the schema. */
  validationFailed(error: unknown): void {
    this.#attempt?.settle("validation_error", error);
    this.#span?.metrics?.validationFailed(error);
    this.#emit(HookName.PARSE_ERROR, error, this.#attemptDetails);
  }

  /** The schema's own code threw instead of judging the answer of the running attempt. */
  validationThrew(error: unknown): void {
    this.#attempt?.settle(isAbort(error, signalOf(this.#options)) ? "aborted" : "validation_error");
  }

  /** The consumer of a stream gets a value, and has control until {@link resume}. */
  deliver(): void {
    if (this.#state === "running") this.#state = "delivering";
  }

  /** The consumer wants more. */
  resume(): void {
    if (this.#state === "delivering") this.#state = "running";
  }

  /**
   * The call has its result.
   * @param fault what is wrong with the answer all the same; the span alone tells it
   */
  succeed(fault?: Error): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#attempt?.settle("success");
    this.#endSpan(
      (open) => {
        if (fault === undefined) open.succeed();
        else open.fail(fault);
      },
      fault === undefined ? undefined : { error: fault },
    );
  }

  /**
   * The call ends before its answer does.
   * @param end whether the caller has what they wanted, as after leaving a loop
   */
  stop(end: { readonly isWanted: boolean }): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#attempt?.settle("aborted");
    this.#endSpan((open) => {
      if (end.isWanted) open.succeed();
    });
  }

  /** The call throws `error`. */
  fail(error: unknown): void {
    if (this.#state === "over") return;
    if (this.#attempt?.isSettled === false) this.#settleFailed(this.#attempt, error);
    this.#emit(HookName.COMPLETION_LAST_ATTEMPT, error, this.#attemptDetails);
    this.#state = "over";
    this.#endSpan(
      (open) => {
        const status = httpStatusOf(error);
        if (status !== undefined) open.set({ [HTTP_RESPONSE_STATUS_CODE]: status });
        open.fail(error);
      },
      { error },
    );
  }

  /** The span ends now, with what there is; the call goes on without one. */
  release(): void {
    if (this.#state === "over") return;
    this.#attempt?.release();
    this.#endSpan();
  }

  /** What fails after an answer and is no validation: its text was not JSON, or a stream's consumer threw. */
  #settleFailed(attempt: Attempt, error: unknown): void {
    if (this.#state === "delivering" || isAbort(error, signalOf(this.#options))) attempt.settle("aborted");
    else if (attempt.isParsed) attempt.settle("validation_error");
    else if (attempt.isAnswered || describeError(error).type === "SyntaxError") this.parseFailed(error);
    else attempt.settle("provider_error");
  }

  /** Respan's gateway has recorded the running attempt. The span is a link to the record of the last one. */
  #logged(logId: string | undefined): void {
    if (logId === undefined || this.#attempt === undefined) return;
    this.#attempt.gatewayLogId = logId;
    this.#span?.open.set({ [GATEWAY_LOG_ID]: logId });
  }

  /** Why an answer is not JSON, where Instructor keeps its own error to itself and asks again. */
  #parseErrorOf(completion: unknown): unknown {
    const text = quietly("an answer could not be read", () => rawAnswerText(readAnswer(completion)));
    try {
      JSON.parse(text ?? "");
    } catch (error) {
      return error;
    }
    return new SyntaxError("the answer is not JSON");
  }

  #emitUsage(completion: unknown): void {
    const usage = quietly("a usage could not be read", () => {
      const reported = reportedUsage(completion);
      return reported === undefined ? undefined : sumReported(this.#reportedUsage, reported);
    });
    if (usage === undefined) return;
    this.#reportedUsage = usage;
    this.#emit(HookName.COMPLETION_USAGE, usage, { attempt_number: this.#attempt?.number ?? 0 });
  }

  get #attemptDetails(): HookAttempt {
    return { attempt_number: this.#attempt?.number ?? 0, max_attempts: this.#maxAttempts };
  }

  #emit<Name extends HookName>(name: Name, payload: HookPayloads[Name], details: HookDetails[Name]): void {
    const { hooks } = this.origin;
    if (hooks?.has(name) === true) this.within(() => hooks.emit(name, payload, details));
  }

  /** Ends the span, if there is still one: the one place where that happens. */
  #endSpan(setStatus?: (open: OpenSpan) => void, failure?: { readonly error: unknown }): void {
    if (this.#span === undefined) return;
    const { open, metrics, context } = this.#span;
    this.#span = undefined;
    this.origin.streams.delete(this);
    // Whatever the provider's answer does when it is read, the span ends after this.
    quietly("an answer could not be read", () => untraced(() => this.#keepOutcome(open)));
    setStatus?.(open);
    open.end();
    metrics?.end({
      seconds: open.seconds,
      failure,
      attempts: this.#attempt?.number ?? 0,
      usage: this.#usage,
      responseModel: this.#attempt?.answer?.model,
      allowsContent: () => contentAllowed(open),
      context,
    });
  }

  #keepOutcome(open: OpenSpan): void {
    if (!open.isRecording) return;
    const answer = this.#attempt?.answer;
    const attributes: AttributeMap = { [INSTRUCTOR_ATTEMPTS]: this.#attempt?.number ?? 0 };
    writeUsage(attributes, this.#usage);
    if (answer !== undefined) writeAnswer(attributes, answer);
    if (open.tracing.usesLatestGenAi) {
      if (answer !== undefined) writeConventionNames(attributes, answer);
      dropReplacedNames(attributes);
    }
    open.set(attributes);
    if (open.takesContent) keepAnswer(open, answer, this.#captureOutput(open), !this.#hasResponseModel);
  }

  #captureOutput(open: OpenSpan): string | undefined {
    if (this.latest === undefined) return undefined;
    const { chat } = limitsOf(open.tracing);
    return captureJson(withoutInstructorMeta(this.latest, chat.maxItems), open.tracing.redactor, chat);
  }

  #captureAdded(request: object): string | undefined {
    const open = this.#span?.open;
    if (open?.takesContent !== true || this.#callersMessages === undefined) return undefined;
    const added = addedMessages((request as CallRequest).messages, this.#callersMessages);
    return added.length === 0 ? undefined : captureJson(readMessages(added), open.tracing.redactor, WHOLE_BOUNDS);
  }
}

/**
 * The call behind a generator: it begins with the first step, in the context in which the generator was made. It holds
 * no reference to the generator, so that it can wait for that to be dropped.
 */
export class LazyCall {
  /** `undefined` before the first step. */
  begun: ChatCall | undefined;
  readonly #context = contexts().active();

  /** Begins the call; a second time it is the same one. */
  begin(start: CallStart): ChatCall {
    return (this.begun ??= ChatCall.begin({ ...start, context: this.#context }));
  }

  /** The generator was collected. */
  dropped(): void {
    this.begun?.release();
  }
}
