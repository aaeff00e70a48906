import type { Attributes, AttributeValue, Context, Span, SpanKind } from "@opentelemetry/api";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { isTracingSuppressed } from "@opentelemetry/core";
import type { ContentGate } from "../capture/content-policy.js";
import { contentAllowed } from "../capture/content-policy.js";
import { captureText } from "../capture/serialize.js";
import {
  ERROR_TYPE,
  EXCEPTION_EVENT,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACKTRACE,
  EXCEPTION_TYPE,
  PROMPT,
} from "../wire/attributes.js";
import { describeError } from "./error-description.js";
import type { Endable } from "./open-spans.js";
import type { AttributeMap, EnclosingSpan, Scope, ScopedPrompt } from "./scope.js";
import { ScopedContext } from "./scoped-context.js";
import { setAttributes } from "./set-attributes.js";
import type { Tracing } from "./tracing.js";
import { warnOnce } from "./warn-once.js";

/** An event that waits for the end of its span, because its content may be vetoed until then. */
interface PendingEvent {
  readonly name: string;
  readonly time: number;
  readonly attributes: Attributes;
  readonly content: Attributes | undefined;
}

/**
 * A span of ours from its start to its end. Whoever opened it ends it; what is content waits here and is attached when
 * the span ends, if nobody has objected by then, so that a late veto has nothing to take back.
 */
export class OpenSpan implements EnclosingSpan, Endable {
  place = 0;
  vetoed = false;
  isEnded = false;
  /** Told that the span is about to end, whoever ends it: the last moment to keep what a stream has given so far. */
  beforeEnd: (() => void) | undefined;
  /** Names and values by turns; of one name the later counts. Nothing is cheaper to add to. */
  private content: (string | AttributeValue)[] | undefined;
  private events: PendingEvent[] | undefined;
  private overrides: Record<string, string | undefined> | undefined;
  private failure: string | undefined;
  private hasFailed = false;
  private hasThrown = false;

  constructor(
    readonly tracing: Tracing,
    readonly span: Span,
    private readonly prompt: ScopedPrompt | undefined,
    readonly outer: ContentGate | undefined,
    readonly decide: (() => boolean) | undefined,
    /** Whether the span keeps anything at all; where not, nothing may be serialized for it. */
    readonly isRecording: boolean,
  ) {}

  /** Whether content may be captured now. It is asked again when the span ends. */
  get takesContent(): boolean {
    return this.isRecording && contentAllowed(this);
  }

  /** Sets attributes that say nothing of content, at once. */
  set(attributes: Attributes): void {
    if (this.isRecording && !this.isEnded) setAttributes(this.span, attributes);
  }

  /** Keeps content, bounded and masked already, for the end of the span; `undefined` takes back what was kept. */
  keep(name: string, text: AttributeValue | undefined): void {
    if (this.isRecording && !this.isEnded) this.keepNow(name, text);
  }

  private keepNow(name: string, text: AttributeValue | undefined): void {
    if (text !== undefined) (this.content ??= []).push(name, text);
    else if (this.content !== undefined) takeBack(this.content, name);
  }

  /** Keeps content that the user gave in place of what is captured, whichever comes first. */
  override(name: string, text: string | undefined): void {
    if (!this.isRecording || this.isEnded) return;
    (this.overrides ??= {})[name] = text;
  }

  /** Adds an event as of now; `content` is the part of its attributes that a veto removes. */
  event(name: string, attributes: Attributes, content?: Attributes): void {
    if (!this.isRecording || this.isEnded) return;
    (this.events ??= []).push({ name, time: performance.now(), attributes, content });
  }

  /** Records an exception as an event; the status stays as it is. */
  exception(error: unknown): void {
    if (!this.isRecording || this.isEnded) return;
    const description = describeError(error);
    const type = { [EXCEPTION_TYPE]: description.type };
    if (!contentAllowed(this)) {
      this.event(EXCEPTION_EVENT, type);
      return;
    }
    const content: AttributeMap = {};
    const message = captureText(description.message, this.tracing.redactor);
    if (message !== undefined) content[EXCEPTION_MESSAGE] = message;
    const stack = description.stack === undefined ? undefined : captureText(description.stack, this.tracing.redactor);
    if (stack !== undefined) content[EXCEPTION_STACKTRACE] = stack;
    this.event(EXCEPTION_EVENT, type, content);
  }

  /** Sets the status to ERROR with the error's own message, once, and records it as one `exception` event. */
  fail(error: unknown): void {
    if (!this.isRecording || this.isEnded || this.hasThrown) return;
    this.hasThrown = true;
    this.exception(error);
    const description = describeError(error);
    // What the user has said of the failure stays.
    if (this.failure === undefined) this.setFailed(description.message);
    this.span.setAttribute(ERROR_TYPE, description.type);
  }

  /** Sets the status to ERROR; the message is content. */
  setFailed(message: string | undefined): void {
    if (!this.isRecording || this.isEnded) return;
    this.hasFailed = true;
    this.failure =
      message === undefined || !contentAllowed(this) ? undefined : captureText(message, this.tracing.redactor);
  }

  /** Sets the status to OK, unless it has failed. */
  succeed(): void {
    if (this.isRecording && !this.isEnded && !this.hasFailed) this.span.setStatus({ code: SpanStatusCode.OK });
  }

  /** Ends the span: the one place where that happens. Never throws; a second call does nothing. */
  end(): void {
    if (this.isEnded) return;
    const { beforeEnd } = this;
    this.beforeEnd = undefined;
    try {
      beforeEnd?.();
    } catch (error) {
      warnOnce("attach", `what a span had captured was lost (${describeError(error).type})`);
    }
    this.close();
  }

  /** What ran before may have ended the span itself. */
  private close(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    if (this.isRecording) {
      this.tracing.open.delete(this);
      try {
        this.attach();
      } catch (error) {
        warnOnce("attach", `what a span had captured was lost (${describeError(error).type})`);
      }
    }
    try {
      this.span.end();
    } catch (error) {
      warnOnce("end", `a span processor failed when a span ended (${describeError(error).type})`);
    }
  }

  private attach(): void {
    for (const name in this.overrides) this.keepNow(name, this.overrides[name]);
    const { span, content, events, failure, prompt } = this;

    const hasContent = content !== undefined || events !== undefined || failure !== undefined || prompt !== undefined;
    const allowed = hasContent && contentAllowed(this);
    if (this.hasFailed) {
      span.setStatus(
        allowed && failure !== undefined
          ? { code: SpanStatusCode.ERROR, message: failure }
          : { code: SpanStatusCode.ERROR },
      );
    }
    if (events !== undefined) {
      // OpenTelemetry takes a number in the future for the time since 1970: a clock that was set back makes one.
      const now = performance.now();
      for (const event of events) {
        span.addEvent(
          event.name,
          allowed && event.content !== undefined ? { ...event.attributes, ...event.content } : event.attributes,
          Math.min(event.time, now),
        );
      }
    }
    if (!allowed) return;
    if (prompt !== undefined) span.setAttribute(PROMPT, prompt.whole);
    if (content === undefined) return;
    for (let at = 0; at < content.length; at += 2) {
      span.setAttribute(content[at] as string, content[at + 1] as AttributeValue);
    }
  }
}

function takeBack(content: unknown[], name: string): void {
  for (let at = content.length - 2; at >= 0; at -= 2) {
    if (content[at] === name) content.splice(at, 2);
  }
}

/**
 * Starts a span of ours in a context.
 * @returns `undefined` where there is to be none: tracing is suppressed there, or the provider failed
 */
export function openSpan(
  tracing: Tracing,
  context: Context,
  scope: Scope,
  name: string,
  kind: SpanKind,
  attributes: AttributeMap,
  decide: (() => boolean) | undefined,
): OpenSpan | undefined {
  if (isTracingSuppressed(context)) return undefined;
  try {
    const options = { kind, attributes };
    let span: Span;
    if (tracing.isIsolated) {
      const parent = scope.open?.span ?? scope.remote;
      span =
        parent === undefined
          ? tracing.startSpan(name, options, trace.deleteSpan(context), trace.getSpanContext(context)?.traceId)
          : tracing.startSpan(name, options, trace.setSpan(context, parent), undefined);
    } else {
      span = tracing.startSpan(name, options, context, undefined);
    }
    const isRecording = span.isRecording();
    const open = new OpenSpan(tracing, span, scope.prompt, standingGate(scope.gate), decide, isRecording);
    // Of one that keeps nothing there is nothing to be sent when telemetry shuts down.
    if (isRecording) tracing.open.add(open);
    return open;
  } catch (error) {
    warnOnce("start", `a span could not be started (${describeError(error).type})`);
    return undefined;
  }
}

/**
 * Leaves out gates of spans that have ended without a veto: a chain of timers, each started by the one before, would
 * otherwise hold every span that ever was.
 */
function standingGate(gate: ContentGate | undefined): ContentGate | undefined {
  let at = gate as (ContentGate & Partial<EnclosingSpan>) | undefined;
  // Known by what it says and not by its class: it may be another copy's.
  while (at?.isEnded === true && !at.vetoed && at.decide === undefined) at = at.outer;
  return at;
}

/** The context in which the work of an open span runs: the span is active in it, and `inner` is its scope. */
export function contextWithin(open: OpenSpan, context: Context, inner: Scope): Context {
  return ScopedContext.over(context, inner, open.tracing.isIsolated ? undefined : open.span);
}
