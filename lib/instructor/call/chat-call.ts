import type { Context } from "@opentelemetry/api";
import { contentAllowed } from "../../capture/content-policy.js";
import { listOf } from "../../capture/user-values.js";
import { captureJson, WHOLE_BOUNDS } from "../../capture/serialize.js";
import { describeError } from "../../observe/errors.js";
import type { BoundContext } from "../../observe/intercept.js";
import { quietly } from "../../observe/warn-once.js";
import type { OpenSpan } from "../../scope/open-span.js";
import { contextWithin } from "../../scope/open-span.js";
import type { Scope } from "../../scope/scope.js";
import { scopeOf } from "../../scope/standing-scope.js";
import type { Tracing } from "../../scope/tracing.js";
import { contexts, limitsOf, slot, untraced } from "../../scope/tracing.js";
import {
  GATEWAY_LOG_ID,
  GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  HTTP_RESPONSE_STATUS_CODE,
} from "../../wire/attributes.js";
import { keepOutcome, parseErrorOf, readAnswer } from "./answer.js";
import { Attempt } from "./attempt.js";
import { CallMetrics } from "./call-metrics.js";
import type { CallBegun, CallStart } from "./chat-span.js";
import { openChatSpan } from "./chat-span.js";
import type { HookAttempt, HookDetails, HookPayloads } from "./hooks.js";
import { HookName } from "./hooks.js";
import { readMessages } from "./messages.js";
import type { CallOrigin } from "./origin.js";
import { shared } from "./origin.js";
import type { CallRequest } from "./request.js";
import { readRequest, retriesOf, withoutValidationContext } from "./request.js";
import type { WhenLogged } from "./transport.js";
import { httpStatusOf, isAbort, logIdOf, signalOf } from "./transport.js";
import type { Usage } from "./usage.js";
import { addUsage, reportedUsage, sumReported } from "./usage.js";

/** A call's span, the context in which the call's work runs, and what is measured of it. */
interface ChatSpan {
  readonly open: OpenSpan;
  readonly context: Context;
  /** `undefined` where no `MeterProvider` is registered. */
  readonly metrics: CallMetrics | undefined;
  /** The caller's own messages; only where content is kept and Instructor may add others. */
  readonly callersMessages: ReadonlySet<unknown> | undefined;
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
  readonly #signal: unknown;
  readonly #maxAttempts: number;
  readonly #isNative: boolean;
  /** Without a response model, the answer itself is the result. */
  readonly #hasResponseModel: boolean;
  readonly #usage: Usage = {};
  /** The usage of all attempts as the provider names it; for hooks. */
  #reportedUsage: Record<string, unknown> | undefined;

  private constructor({ origin, request, options, isStreaming, isNative = false }: CallStart) {
    this.origin = origin;
    this.#signal = signalOf(options);
    this.#isNative = isNative;
    this.#hasResponseModel = request.response_model !== undefined;
    this.#maxAttempts = isStreaming || !this.#hasResponseModel ? 1 : 1 + retriesOf(request);
  }

  /** Begins a call. Its parameters are read here, each once. */
  static begin(start: CallStart): ChatCall {
    const { tracing } = slot;
    const { origin, read = readRequest } = start;
    const { isTraced } = origin;
    if (!isTraced && !origin.hasHooks) return new ChatCall({ ...start, request: {} });
    const context = start.context ?? contexts().active();
    return untraced(() => {
      const begun = { ...start, context, request: read(start.request) };
      const call = new ChatCall(begun);
      if (isTraced && tracing !== undefined) call.#openSpan(tracing, begun);
      return call;
    });
  }

  #openSpan(tracing: Tracing, start: CallBegun): void {
    const { origin, request, isStreaming, context } = start;
    const scope = scopeOf(context, tracing.defaults);
    const open = openChatSpan(tracing, scope, start);
    if (open === undefined) return;
    const inner: Scope = { ...scope, gate: open, open, remote: undefined, isInsideChat: true };
    const metrics = CallMetrics.begin(origin.recognizeProvider(), request);
    const mayAdd = open.takesContent && this.#hasResponseModel;
    const callersMessages = mayAdd ? new Set(listOf(request.messages)) : undefined;
    this.#span = { open, context: contextWithin(open, context, inner), metrics, callersMessages };
    open.beforeEnd = () => this.release();
    if (isStreaming) origin.streams.add(this);
  }

  /** Whether a span or a hook is there to be told what happens. */
  get isObserved(): boolean {
    return this.#span !== undefined || this.origin.hasHooks;
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
   * An attempt begins. One before it that was answered and never validated was not even JSON; one that was parsed and
   * never judged had its schema's own code throw.
   * @param request as Instructor made it
   * @returns the request as it is to be sent
   */
  startAttempt(request: object): object {
    const before = this.#attempt;
    if (before?.state === "answered") this.parseFailed(parseErrorOf(this.completion));
    else before?.settle("validation_error");
    const added = quietly("a request could not be read", () => this.#captureAdded(request));
    this.#attempt = new Attempt((before?.number ?? 0) + 1, this.#span?.open, added);
    if (this.origin.hooks?.has(HookName.COMPLETION_KWARGS) === true) {
      this.#emit(HookName.COMPLETION_KWARGS, { ...request } as HookPayloads["completion:kwargs"], undefined);
    }
    return this.sendsAgain(this.#isNative ? request : withoutValidationContext(request));
  }

  /** The running attempt is sent once more, in another form. */
  sendsAgain(request: object): object {
    shared.inFlight.add(request);
    return request;
  }

  /** The answer of the running attempt is on its way, and the caller waits for it. */
  awaiting(whenLogged: WhenLogged | undefined): void {
    if (this.#span !== undefined) whenLogged?.((logId) => this.#logged(logId));
  }

  /** The first chunk of a streamed answer has arrived. */
  firstChunk(): void {
    this.#span?.open.set({ [GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK]: this.#attempt?.elapsed ?? 0 });
  }

  /** The running attempt ends with what of an answer has come. */
  answeredInPart(completion: unknown): void {
    if (!this.keepsUsage || this.#attempt === undefined) return;
    const answer = readAnswer(completion);
    this.#attempt.answer = answer;
    addUsage(this.#usage, answer.usage);
  }

  /** The provider has answered the running attempt. */
  answered(completion: unknown): void {
    this.completion = completion;
    this.answeredInPart(completion);
    this.#attempt?.reach("answered");
    this.#emit(HookName.COMPLETION_RESPONSE, completion, undefined);
    if (this.origin.hooks?.has(HookName.COMPLETION_USAGE) === true) this.#emitUsage(completion);
  }

  /** The answer of the running attempt is JSON; the schema has it now. */
  parsed(): void {
    this.#attempt?.reach("parsed");
  }

  /** The running attempt failed before it was answered whole. */
  requestFailed(error: unknown): void {
    this.#logged(logIdOf(error));
    this.#attempt?.settle(isAbort(error, this.#signal) ? "aborted" : "provider_error");
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
    if (fault === undefined) this.#endSpan((open) => open.succeed());
    else this.#endSpan((open) => open.fail(fault), { error: fault });
  }

  /**
   * The call ends before its answer does.
   * @param end whether the caller has what they wanted, as after leaving a loop
   */
  stop({ isWanted }: { readonly isWanted: boolean }): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#attempt?.settle("aborted");
    this.#endSpan((open) => {
      if (isWanted) open.succeed();
    });
  }

  /** The call throws `error`. */
  fail(error: unknown): void {
    if (this.#state === "over") return;
    this.#settleFailed(error);
    this.#emit(HookName.COMPLETION_LAST_ATTEMPT, error, this.#attemptDetails);
    this.#state = "over";
    const status = httpStatusOf(error);
    this.#endSpan(
      (open) => {
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
  #settleFailed(error: unknown): void {
    const attempt = this.#attempt;
    if (attempt === undefined || attempt.state === "settled") return;
    if (this.#state === "delivering" || isAbort(error, this.#signal)) attempt.settle("aborted");
    else if (attempt.state === "parsed") attempt.settle("validation_error");
    else if (attempt.state === "answered" || describeError(error).type === "SyntaxError") this.parseFailed(error);
    else attempt.settle("provider_error");
  }

  /** Respan's gateway has recorded the running attempt. The span is a link to the record of the last one. */
  #logged(logId: string | undefined): void {
    if (logId === undefined || this.#attempt === undefined) return;
    this.#attempt.gatewayLogId = logId;
    this.#span?.open.set({ [GATEWAY_LOG_ID]: logId });
  }

  get #attemptDetails(): HookAttempt {
    return { attempt_number: this.#attempt?.number ?? 0, max_attempts: this.#maxAttempts };
  }

  #emit<Name extends HookName>(name: Name, payload: HookPayloads[Name], details: HookDetails[Name]): void {
    const { hooks } = this.origin;
    if (hooks?.has(name) === true) this.within(() => hooks.emit(name, payload, details));
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

  /** The messages of a request that are not the caller's own: a mode's system message, a failed answer, its correction. */
  #captureAdded(request: CallRequest): string | undefined {
    if (this.#span?.callersMessages === undefined) return undefined;
    const { open, callersMessages } = this.#span;
    const added = listOf(request.messages)?.filter((message) => !callersMessages.has(message)) ?? [];
    if (added.length === 0 || !open.takesContent) return undefined;
    return untraced(() => {
      const wholes = readMessages(added).map(({ whole }) => whole);
      return captureJson(wholes, open.tracing.redactor, WHOLE_BOUNDS);
    });
  }

  /** Ends the span, if there is still one: the one place where that happens. */
  #endSpan(setStatus?: (open: OpenSpan) => void, failure?: { readonly error: unknown }): void {
    if (this.#span === undefined) return;
    const { open, metrics, context } = this.#span;
    this.#span = undefined;
    this.origin.streams.delete(this);
    const made = { attempts: this.#attempt?.number ?? 0, usage: this.#usage };
    const answer = this.#attempt?.answer;
    const outcome = { ...made, answer, result: this.latest, isPlain: !this.#hasResponseModel };
    // Whatever the provider's answer does when it is read, the span ends after this.
    quietly("an answer could not be read", () => untraced(() => keepOutcome(open, outcome)));
    setStatus?.(open);
    open.end();
    metrics?.end({ ...made, open, context, failure, responseModel: answer?.model });
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
