import type { Attributes, AttributeValue, Context, Span } from "@opentelemetry/api";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { isAttributeValue } from "@opentelemetry/core";
import type { ContentGate } from "../capture/content-policy.js";
import { contentAllowed } from "../capture/content-policy.js";
import { isList, kindOf, listOf } from "../capture/user-values.js";
import type { Redactor } from "../capture/masking/redactor.js";
import { captureJson, captureText, maskedAttribute, NAME_BOUNDS } from "../capture/serialize.js";
import { describeError } from "../observe/errors.js";
import { quietly, warnOnce } from "../observe/warn-once.js";
import {
  ENTITY_INPUT,
  ENTITY_OUTPUT,
  ERROR_TYPE,
  EXCEPTION_EVENT,
  EXCEPTION_MESSAGE,
  EXCEPTION_TYPE,
} from "../wire/attributes.js";
import { attach, noteAttached } from "./scope.js";
import type { PropagatedAttributes, SnakeCaseAttributes } from "./propagation.js";
import { addValues, isPlainValue, scopeChange } from "./propagation.js";
import type { AttributeMap, EnclosingSpan } from "./scope.js";
import { standingScope } from "./standing-scope.js";
import type { Tracing } from "./tracing.js";
import { contexts, limitsOf, slot, untraced } from "./tracing.js";

/** A value as OpenTelemetry takes it: an array has items of one type. */
export type RawAttribute = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

/** Identifiers and metadata as in Respan's other packages, in camel or snake case. */
export interface RespanParams
  extends
    Omit<PropagatedAttributes, "prompt">,
    Omit<SnakeCaseAttributes, keyof PropagatedAttributes | "prompt" | "trace_content"> {
  /** The same as `traceContent`. */
  readonly trace_content?: PropagatedAttributes["traceContent"];
  /** The same as `groupIdentifier`. */
  readonly traceGroupIdentifier?: PropagatedAttributes["groupIdentifier"];
  /** The same as `groupIdentifier`. */
  readonly trace_group_identifier?: PropagatedAttributes["groupIdentifier"];
}

/** The changes of `updateCurrentSpan`; all are optional. */
export interface SpanUpdate extends Omit<PropagatedAttributes, "traceContent" | "prompt"> {
  /** The span's name. */
  readonly name?: string | undefined;
  /** Replaces the captured arguments; `traceloop.entity.input`. */
  readonly input?: unknown;
  /** Replaces the captured result; `traceloop.entity.output`. */
  readonly output?: unknown;
  /** Your own attributes. Strings are masked; messages under OpenTelemetry's names are content. */
  readonly attributes?: Readonly<Record<string, RawAttribute | null | undefined>> | undefined;
  /** Identifiers and metadata as in Respan's other packages; the fields beside it override them. */
  readonly respanParams?: RespanParams | undefined;
  /** `"error"` marks the span as failed. Default: unchanged. */
  readonly status?: "ok" | "error" | undefined;
  /** The error message; only with `status: "error"`, and not sent with content off. */
  readonly statusMessage?: string | undefined;
  /** `false` turns content off for this span and the spans inside it, and discards what was captured. */
  readonly traceContent?: false | undefined;
}

/**
 * What is changed now: the innermost open span of this package, or the active span of OpenTelemetry where there is
 * none.
 */
interface Current {
  readonly tracing: Tracing;
  readonly open: EnclosingSpan;
}

function current(): Current | undefined {
  const { tracing } = slot;
  if (tracing === undefined) return undefined;
  const context: Context = contexts().active();
  const { open, gate } = standingScope(context);
  if (open?.isEnded === false) return { tracing, open };
  const span = tracing.isIsolated ? undefined : trace.getSpan(context);
  return span === undefined ? undefined : { tracing, open: new ForeignSpan(tracing, span, gate) };
}

/** A span of other code: it is changed at once, since its end is not ours. */
class ForeignSpan implements EnclosingSpan {
  vetoed = false;
  readonly isEnded = false;
  readonly decide = undefined;

  constructor(
    readonly tracing: Tracing,
    readonly span: Span,
    readonly outer: ContentGate | undefined,
  ) {}

  override(name: string, text: string | undefined): void {
    if (text !== undefined) attach(this.span, { [name]: text });
  }

  /** Its attributes are content: whether they may leave is asked again when the span ends. */
  event(name: string, attributes: Attributes, content?: Attributes): void {
    noteAttached(this.span, undefined, name);
    this.span.addEvent(name, { ...attributes, ...content });
  }

  exception(error: unknown): void {
    const { type, message } = describeError(error);
    const text = this.#text(message);
    this.span.addEvent(EXCEPTION_EVENT, {
      [EXCEPTION_TYPE]: type,
      ...(text !== undefined && { [EXCEPTION_MESSAGE]: text }),
    });
    attach(this.span, { [ERROR_TYPE]: type });
    this.setFailed(message);
  }

  setFailed(message: string | undefined): void {
    const text = this.#text(message);
    this.span.setStatus({ code: SpanStatusCode.ERROR, ...(text !== undefined && { message: text }) });
  }

  succeed(): void {
    this.span.setStatus({ code: SpanStatusCode.OK });
  }

  /** A message as it may be sent; `undefined` with content off. */
  #text(message: string | undefined): string | undefined {
    if (message === undefined || !contentAllowed(this)) return undefined;
    return captureText(message, this.tracing.redactor, limitsOf(this.tracing).payload);
  }
}

const UNCHANGED = "the current span could not be changed";

/** Runs a change; what it reads of its arguments (getters, `toJSON`) opens no span. */
function change(work: (at: Current) => void): void {
  quietly(UNCHANGED, () => {
    const at = current();
    if (at !== undefined) untraced(() => work(at));
  });
}

/** The trace id of the current span (32 hexadecimal digits), or `undefined` outside any span. */
export function getCurrentTraceId(): string | undefined {
  return quietly(UNCHANGED, () => current()?.open.span.spanContext().traceId);
}

/** The span id of the current span (16 hexadecimal digits), or `undefined` outside any span. */
export function getCurrentSpanId(): string | undefined {
  return quietly(UNCHANGED, () => current()?.open.span.spanContext().spanId);
}

/**
 * Changes the span of the decorated method or Instructor call that is running. It never throws, and does nothing
 * outside a span. A value of a wrong type is left out with a warning through `diag`.
 * @param update name, metadata (merged), identifiers, input, output, attributes, status; see {@link SpanUpdate}
 * @example `updateCurrentSpan({ metadata: { rows: 3 }, customerIdentifier: "customer_123" })`
 */
export function updateCurrentSpan(update: SpanUpdate): void {
  change(({ tracing, open }) => {
    // First of all, whatever the rest of the update does when it is read. A foreign span is not for us to veto.
    if (!(open instanceof ForeignSpan) && isVeto(update)) open.vetoed = true;
    const { name, input, output, attributes, respanParams, status, statusMessage, ...rest } = update;
    const { redactor } = tracing;
    for (const given of [ownNames(respanParams), { ...rest, traceContent: undefined }]) {
      attach(open.span, scopeChange(given, redactor).attributes);
    }
    const text = typeof name === "string" ? captureText(name, redactor, NAME_BOUNDS) : undefined;
    if (text !== undefined && text !== "") {
      noteAttached(open.span, undefined, text);
      open.span.updateName(text);
    }
    setAttributes(open, attributes, redactor);
    const keep = (attribute: string, value: unknown): void => {
      if (contentAllowed(open)) open.override(attribute, captureJson(value, redactor, limitsOf(tracing).payload));
    };
    if ("input" in update) keep(ENTITY_INPUT, input);
    if ("output" in update) keep(ENTITY_OUTPUT, output);
    if (status === "ok") open.succeed();
    else if (status !== undefined) open.setFailed(statusMessage);
  });
}

/** Anything but `true` and nothing is a veto, from plain JavaScript too, and so is what throws when it is asked. */
function isVeto(update: SpanUpdate): boolean {
  try {
    const { respanParams } = update;
    return [update, respanParams ?? {}].some((given: { traceContent?: unknown; trace_content?: unknown }) =>
      [given.traceContent, given.trace_content].some((choice) => choice !== undefined && choice !== true),
    );
  } catch {
    return true;
  }
}

/** The same under this package's own names. */
function ownNames(params: RespanParams | undefined): PropagatedAttributes {
  const { traceGroupIdentifier, trace_group_identifier, ...rest } = params ?? {};
  const group = traceGroupIdentifier ?? trace_group_identifier;
  // Read above, and no attribute of the span.
  const named = { ...rest, traceContent: undefined, trace_content: undefined };
  return group === undefined ? named : { groupIdentifier: group, ...named };
}

/** What an OpenTelemetry SDK lets a span carry at all, by default; and items of a list. */
const MOST_ATTRIBUTES = 128;

/** Names under which spans carry messages, arguments and results. */
const CONTENT =
  /^(?:traceloop\.entity\.(?:input|output)|llm\.request\.functions|gen_ai\.(?:prompt|completion)\..*|gen_ai\.(?:input\.messages|output\.messages|system_instructions|tool\.definitions|tool\.call\.(?:arguments|result)))$/;

/** Sets a caller's attributes as they are, masked; one that OpenTelemetry cannot take is left out with a warning. */
function setAttributes(open: EnclosingSpan, given: unknown, redactor: Redactor): void {
  if (given === undefined) return;
  if (typeof given !== "object" || given === null || isList(given)) {
    warnOnce("attributes", `"attributes" must be an object, got ${kindOf(given)}; it was left out`);
    return;
  }
  const plain: AttributeMap = {};
  for (const [name, value] of Object.entries(given).slice(0, MOST_ATTRIBUTES)) {
    if (name === "" || value === undefined || value === null) continue;
    const checked = checkedValue(value);
    if (checked === undefined) {
      const wanted = "a string, a finite number, a boolean or an array of one of them";
      warnOnce(`attributes:${name}`, `attribute "${name}" must be ${wanted}, got ${kindOf(value)}; it was left out`);
      continue;
    }
    const masked = maskedAttribute(name, checked, redactor, (text) => captureText(text, redactor));
    if (masked === undefined) continue;
    if (!CONTENT.test(name)) plain[name] = masked;
    else if (contentAllowed(open)) open.override(name, typeof masked === "string" ? masked : JSON.stringify(masked));
  }
  attach(open.span, plain);
}

/** The value itself, or the first items of a list; `undefined` where OpenTelemetry cannot take it. */
function checkedValue(value: unknown): AttributeValue | undefined {
  if (!isList(value)) return isPlainValue(value) ? value : undefined;
  const items = listOf(value, MOST_ATTRIBUTES);
  return items?.every(isPlainValue) === true && isAttributeValue(items) ? items : undefined;
}

/**
 * Adds an event to the current span. Text is masked and limited; with content off only the name is sent.
 * @param name the event's name
 * @param attributes strings, numbers and booleans; anything else is sent as JSON
 * @example `addEvent("cache.miss", { key: "invoice:1042" })`
 */
export function addEvent(name: string, attributes: Readonly<Record<string, unknown>> = {}): void {
  change(({ tracing: { redactor }, open }) => {
    const content: AttributeMap = {};
    if (contentAllowed(open)) addValues(content, "", attributes, redactor);
    open.event(captureText(name, redactor, NAME_BOUNDS) ?? "", {}, content);
  });
}

/**
 * Records an error that you handle: adds an `exception` event to the current span and marks the span as failed. With
 * content off only the error's type is sent.
 * @param error anything that was thrown
 */
export function recordException(error: unknown): void {
  change(({ open }) => open.exception(error));
}
