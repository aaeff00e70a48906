import type { Attributes, AttributeValue, Context, HrTime, Span, SpanOptions } from "@opentelemetry/api";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { hrTimeDuration, hrTimeToMilliseconds, isTracingSuppressed, millisToHrTime } from "@opentelemetry/core";
import type { ContentGate } from "../capture/content-policy.js";
import { contentAllowed } from "../capture/content-policy.js";
import { fitContent } from "../capture/cut.js";
import { captureText } from "../capture/serialize.js";
import {
  ERROR_TYPE,
  EXCEPTION_EVENT,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACKTRACE,
  EXCEPTION_TYPE,
  PROMPT,
} from "../wire/attributes.js";
import { describeError, reasonsOf } from "../observe/errors.js";
import { quietly } from "../observe/warn-once.js";
import { attach, noteAttached, withScope } from "./scope.js";
import type { AttributeMap, Clock, EnclosingSpan, Scope, ScopedPrompt } from "./scope.js";
import { untraced, limitsOf } from "./tracing.js";
import type { Endable, Tracing } from "./tracing.js";

/** An event that waits for the end of its span, because its content may be vetoed until then. */
interface PendingEvent {
  readonly name: string;
  readonly time: HrTime;
  readonly attributes: Attributes;
  readonly content: Attributes | undefined;
}

/**
 * A span of this package from its start to its end. Content waits here and is attached when the span ends, if there was no veto
 * by then, so that a late veto has nothing to take back.
 */
export class OpenSpan implements EnclosingSpan, Endable {
  vetoed = false;
  isEnded = false;
  /** Called when the span is about to end: the last moment to keep what a stream has given so far. */
  beforeEnd: (() => void) | undefined;
  /** What may veto content further out. */
  readonly outer: ContentGate | undefined;
  readonly clock: Clock;
  /** Since when nothing is done any more, but may be again; where it never is, the span ends then. */
  idleSince: HrTime | undefined;
  readonly decide: (() => boolean) | undefined;
  /** Whether the span keeps anything at all; where not, nothing may be serialized for it. */
  readonly isRecording: boolean;
  readonly #prompt: ScopedPrompt | undefined;
  readonly #startTime: HrTime;
  readonly #twins: SpanStart["twins"];
  #endTime: HrTime | undefined;
  /** By name; of one name the later value counts. */
  #content: Attributes | undefined;
  /** Names of content that was given in place of what is captured. */
  #overridden: Set<string> | undefined;
  #events: PendingEvent[] | undefined;
  /** Errors that have an `exception` event. */
  #recorded: WeakSet<object> | undefined;
  /** Why it has failed; a message that was given to `setFailed` counts more than an error's. */
  #failure: { readonly message: string | undefined; readonly isGiven: boolean } | undefined;
  #hasThrown = false;

  /** @param scope where the span was opened */
  constructor(
    readonly tracing: Tracing,
    readonly span: Span,
    scope: Scope,
    given: Pick<SpanStart, "decide" | "twins"> & { readonly clock: Clock; readonly startTime: HrTime },
  ) {
    this.outer = standingGate(scope.gate);
    this.clock = given.clock;
    this.#startTime = given.startTime;
    this.decide = given.decide;
    this.#twins = given.twins;
    this.isRecording = span.isRecording();
    this.#prompt = scope.prompt;
  }

  /** How long it took, in seconds, or has taken until now. */
  get seconds(): number {
    return hrTimeToMilliseconds(hrTimeDuration(this.#startTime, this.#endTime ?? this.clock.now())) / 1_000;
  }

  /** Whether content may be captured now. It is asked again when the span ends. */
  get takesContent(): boolean {
    return this.isRecording && contentAllowed(this);
  }

  /** Sets attributes that say nothing of content, at once. */
  set(attributes: Attributes): void {
    if (this.isRecording && !this.isEnded) attach(this.span, attributes);
  }

  /**
   * Keeps content, bounded and masked already, for the end of the span; `undefined` takes back what was kept.
   * @param twin what stands under the second name, where the content has one
   */
  keep(name: string, text: AttributeValue | undefined, twin = text): void {
    if (!this.isRecording || this.isEnded || this.#overridden?.has(name) === true) return;
    this.#content ??= {};
    this.#content[name] = text;
    const second = this.#twins?.[name];
    if (second !== undefined) this.#content[second] = twin;
  }

  /** Keeps content that `updateCurrentSpan` gave in place of what is captured, whichever comes first. */
  override(name: string, text: string | undefined): void {
    this.#overridden ??= new Set();
    this.#overridden.delete(name);
    this.keep(name, text);
    this.#overridden.add(name);
  }

  /** Adds an event as of now; `content` is the part of its attributes that a veto removes. */
  event(name: string, attributes: Attributes, content?: Attributes): void {
    if (!this.isRecording || this.isEnded) return;
    (this.#events ??= []).push({ name, time: this.clock.now(), attributes, content });
  }

  /** Fails by what was thrown, once. */
  fail(error: unknown): void {
    if (this.#hasThrown) return;
    this.#hasThrown = true;
    quietly("an error could not be recorded", () => this.exception(error));
  }

  /** Records an exception as an event, and sets the status to ERROR with its message. */
  exception(error: unknown): void {
    if (!this.isRecording || this.isEnded) return;
    untraced(() => {
      const { type, message, stack } = describeError(error);
      if (!this.#isRecorded(error)) {
        const content = contentAllowed(this) ? this.#exceptionContent(error, message, stack) : undefined;
        this.event(EXCEPTION_EVENT, { [EXCEPTION_TYPE]: type }, content);
      }
      if (this.#failure?.isGiven !== true) this.#setFailure(message, false);
      attach(this.span, { [ERROR_TYPE]: type });
    });
  }

  /** Whether an error has its event already: one that was recorded where it was caught, and thrown again. */
  #isRecorded(error: unknown): boolean {
    if (typeof error !== "object" || error === null) return false;
    this.#recorded ??= new WeakSet();
    if (this.#recorded.has(error)) return true;
    this.#recorded.add(error);
    return false;
  }

  /** An error's message, its stack, and below that, with room of their own, the reasons that the error gives. */
  #exceptionContent(error: unknown, message: string, stack: string | undefined): Attributes {
    const { redactor } = this.tracing;
    const { payload } = limitsOf(this.tracing);
    const reasons = reasonsOf(error, redactor);
    const maxBytes = payload.maxBytes - (reasons === undefined ? 0 : Buffer.byteLength(reasons) + 1);
    const trail = stack === undefined ? undefined : captureText(stack, redactor, { ...payload, maxBytes });
    const parts = [trail, reasons].filter((part) => part !== undefined);
    const text = this.#text(message);
    return {
      ...(text !== undefined && { [EXCEPTION_MESSAGE]: text }),
      ...(parts.length > 0 && { [EXCEPTION_STACKTRACE]: parts.join("\n") }),
    };
  }

  /** Sets the status to ERROR; the message is content. */
  setFailed(message: string | undefined): void {
    if (this.isRecording && !this.isEnded) this.#setFailure(message, message !== undefined);
  }

  #setFailure(message: string | undefined, isGiven: boolean): void {
    const text = message === undefined || !contentAllowed(this) ? undefined : this.#text(message);
    this.#failure = { message: text, isGiven };
  }

  #text(text: string): string | undefined {
    return captureText(text, this.tracing.redactor, limitsOf(this.tracing).payload);
  }

  /** Sets the status to OK, unless it has failed. */
  succeed(): void {
    if (this.isRecording && !this.isEnded && this.#failure === undefined)
      this.span.setStatus({ code: SpanStatusCode.OK });
  }

  /** Ends the span: the one place where that happens. Never throws; a second call does nothing. */
  end(): void {
    const { beforeEnd } = this;
    this.beforeEnd = undefined;
    if (beforeEnd !== undefined) quietly("what a span had captured was lost", beforeEnd);
    // Asked afterwards: `beforeEnd` may have ended the span itself.
    if (this.isEnded) return;
    this.isEnded = true;
    this.tracing.open.delete(this);
    if (this.isRecording) quietly("what a span had captured was lost", () => this.#attach());
    this.#endTime = this.idleSince ?? this.clock.now();
    // A span that keeps nothing has no times.
    const endTime = this.isRecording ? this.#endTime : undefined;
    quietly("a span processor failed when a span ended", () => this.span.end(endTime));
  }

  #attach(): void {
    const { span } = this;
    const events = this.#events ?? [];
    // Asked at every end: other code may have put content on the span, of which nothing is known here.
    const allowed = contentAllowed(this);
    const message = allowed ? this.#failure?.message : undefined;
    noteAttached(span, undefined, message).allowsContent = allowed;
    if (this.#failure !== undefined) {
      span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
    }
    const fitting = allowed
      ? fitContent({ attributes: this.#content, events: events.map((event) => event.content) })
      : { attributes: undefined, events: [] };
    events.forEach(({ name, attributes, time }, at) => {
      const whole = { ...attributes, ...fitting.events[at] };
      noteAttached(span, whole, name);
      span.addEvent(name, whole, time);
    });
    if (allowed && this.#prompt !== undefined) attach(span, { [PROMPT]: this.#prompt.whole });
    if (fitting.attributes !== undefined) attach(span, fitting.attributes);
  }
}

/** Name, kind and attributes that a span starts with. */
export interface SpanStart extends Required<Pick<SpanOptions, "kind">> {
  readonly name: string;
  readonly attributes: AttributeMap;
  /** Asked at the start and the end of the span whether its content may be recorded. */
  readonly decide: (() => boolean) | undefined;
  /** Content that stands on the span under a second name: what replaces the first replaces both. */
  readonly twins?: Readonly<Record<string, string>> | undefined;
}

/**
 * Starts a span of this package in a context.
 * @returns `undefined` where there is to be none: tracing is suppressed there, or the provider failed
 */
export function openSpan(tracing: Tracing, context: Context, scope: Scope, start: SpanStart): OpenSpan | undefined {
  if (isTracingSuppressed(context)) return undefined;
  return quietly("a span could not be started", () => {
    const { name, kind, attributes, decide, twins } = start;
    let clock = scope.open?.clock;
    const startTime = clock === undefined ? (clock = new TraceClock()).start : clock.now();
    const { parent, traceId } = tracing.isIsolated
      ? besideHost(context, scope)
      : { parent: context, traceId: undefined };
    const span = tracing.startSpan(name, { kind, attributes, startTime }, parent, traceId);
    const open = new OpenSpan(tracing, span, scope, { clock, startTime, decide, twins });
    // A span that keeps nothing has nothing to send when telemetry shuts down.
    if (open.isRecording) {
      tracing.open.add(open);
      noteAttached(span, attributes, name);
    }
    return open;
  });
}

/** Beside a host ours hang on ours alone, and the outermost joins the host's trace without becoming the host's child. */
function besideHost(context: Context, scope: Scope): { parent: Context; traceId: string | undefined } {
  const parent = scope.open?.span ?? scope.remote;
  return parent === undefined
    ? { parent: trace.deleteSpan(context), traceId: trace.getSpanContext(context)?.traceId }
    : { parent: trace.setSpan(context, parent), traceId: undefined };
}

/**
 * Leaves out gates of spans that have ended without a veto: a chain of timers, each started by the one before, would
 * otherwise hold every span that ever was.
 */
function standingGate(gate: ContentGate | undefined): ContentGate | undefined {
  let at: (ContentGate & Partial<EnclosingSpan>) | undefined = gate;
  // Known by what it says and not by its class: it may be another copy's.
  while (at?.isEnded === true && !at.vetoed && at.decide === undefined) at = at.outer;
  return at;
}

/** The context in which the work of an open span runs: the span is active in it, and `inner` is its scope. */
export function contextWithin(open: OpenSpan, context: Context, inner: Scope): Context {
  const scoped = withScope(context, inner);
  return open.tracing.isIsolated ? scoped : trace.setSpan(scoped, open.span);
}

/**
 * The clock of a trace. The outermost span of the trace in this process sets it by the wall clock; from then on it runs
 * with the monotonic clock, for every span below. Spans with clocks of their own, as OpenTelemetry gives them, differ by
 * up to a millisecond, so that a child ends after its parent.
 */
export class TraceClock implements Clock {
  readonly #setTo = Date.now();
  readonly #setAt = performance.now();
  #elapsed = 0;

  /** When it was set. */
  get start(): HrTime {
    return millisToHrTime(this.#setTo);
  }

  /** The time since 1970; never before a time that it gave earlier, even if fake timers set the monotonic clock back. */
  now(): HrTime {
    const elapsed = performance.now() - this.#setAt;
    if (elapsed > this.#elapsed) this.#elapsed = elapsed;
    return millisToHrTime(this.#setTo + this.#elapsed);
  }
}
