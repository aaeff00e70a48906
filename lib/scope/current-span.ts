import type { Context, Span, AttributeValue } from "@opentelemetry/api";
import { SpanStatusCode, trace } from "@opentelemetry/api";
import { contentAllowed } from "../capture/content-policy.js";
import { captureJson, captureText, NAME_BOUNDS } from "../capture/serialize.js";
import {
  ENTITY_INPUT,
  ENTITY_OUTPUT,
  ERROR_TYPE,
  EXCEPTION_EVENT,
  EXCEPTION_MESSAGE,
  EXCEPTION_TYPE,
} from "../wire/attributes.js";
import { describeError } from "../observe/errors.js";
import { contexts } from "./propagate-attributes.js";
import type { PropagatedAttributes, SnakeCaseAttributes } from "./propagation.js";
import { addValues, scopeChange, isPlainValue } from "./propagation.js";
import { attach, noteAttached } from "./attached.js";
import type { AttributeMap, EnclosingSpan, Scope } from "./scope.js";
import { standingScope } from "./standing-scope.js";
import type { Tracing } from "./tracing.js";
import { limitsOf, slot, untraced } from "./tracing.js";
import { quietly, warnOnce } from "../observe/warn-once.js";
import { isAttributeValue } from "@opentelemetry/core";
import { isList, kindOf, listOf } from "../capture/lists.js";
import { maskedAttribute } from "../capture/masked-attributes.js";
import type { Redactor } from "../capture/masking/redactor.js";

/** Identifiers and metadata as Respan's other packages group them, in either spelling. */
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

/** What `updateCurrentSpan` changes; every part is optional. */
export interface SpanUpdate extends Omit<PropagatedAttributes, "traceContent" | "prompt"> {
  /** The span's name. */
  readonly name?: string | undefined;
  /** In place of the captured arguments; `traceloop.entity.input`. */
  readonly input?: unknown;
  /** In place of the captured result; `traceloop.entity.output`. */
  readonly output?: unknown;
  /** Attributes under names of your own, set as they are: strings are masked, messages under OpenTelemetry's names are content. */
  readonly attributes?: Readonly<Record<string, RawAttribute | null | undefined>> | undefined;
  /** Identifiers and metadata in the form of Respan's other packages; those beside it win. */
  readonly respanParams?: RespanParams | undefined;
  /** `"error"` marks the span as failed, though nothing was thrown. */
  readonly status?: "ok" | "error" | undefined;
  /** Why it failed; sent with `status: "error"` alone, and not with content off. */
  readonly statusMessage?: string | undefined;
  /** `false` keeps this span's content, and that of what runs inside it, in the process; what was captured is dropped. */
  readonly traceContent?: false | undefined;
}

/** The innermost open span of this package, or the active span of OpenTelemetry where there is none. */
interface Current {
  readonly tracing: Tracing;
  readonly scope: Scope;
  readonly open: EnclosingSpan | undefined;
  readonly span: Span;
}

function current(): Current | undefined {
  const tracing = slot.tracing;
  if (tracing === undefined) return undefined;
  const context: Context = contexts().active();
  const scope = standingScope(context);
  const open = scope.open?.isEnded === false ? scope.open : undefined;
  const span = open?.span ?? (tracing.isIsolated ? undefined : trace.getSpan(context));
  return span === undefined ? undefined : { tracing, scope, open, span };
}

const UNCHANGED = "the current span could not be changed";

/** Runs a change; what it reads of its arguments (getters, `toJSON`) opens no span. */
function change(work: () => void): void {
  quietly(UNCHANGED, () => untraced(work));
}

/** The trace id of the current span (32 hexadecimal digits), or `undefined` outside any: to log beside your own lines. */
export function getCurrentTraceId(): string | undefined {
  return quietly(UNCHANGED, () => current()?.span.spanContext().traceId);
}

/** The span id of the current span (16 hexadecimal digits), or `undefined` outside any. */
export function getCurrentSpanId(): string | undefined {
  return quietly(UNCHANGED, () => current()?.span.spanContext().spanId);
}

/**
 * Changes the span of the decorated method or Instructor call that is running now. Does nothing outside any, and never
 * throws; a value of a wrong type is left out with a warning through `diag`.
 * @param update name, metadata (merged), identifiers, input, output, attributes, status; see {@link SpanUpdate}
 * @example `updateCurrentSpan({ metadata: { rows: 3 }, customerIdentifier: "customer_123" })`
 */
export function updateCurrentSpan(update: SpanUpdate): void {
  change(() => {
    const at = current();
    if (at === undefined) return;
    // First of all, whatever the rest of the update does when it is read.
    if (isVeto(update) && at.open !== undefined) at.open.vetoed = true;
    const { name, input, output, attributes, respanParams, status, statusMessage, ...rest } = update;
    const { redactor } = at.tracing;
    for (const given of [ownNames(respanParams), { ...rest, traceContent: undefined }]) {
      attach(at.span, scopeChange(given, redactor).attributes);
    }
    const { plain, content } = rawAttributes(attributes, redactor);
    attach(at.span, plain);
    for (const [key, text] of Object.entries(content)) keepText(at, key, text);
    const text = typeof name === "string" ? captureText(name, redactor, NAME_BOUNDS) : undefined;
    if (text !== undefined && text !== "") {
      noteAttached(at.span, undefined, text);
      at.span.updateName(text);
    }
    if ("input" in update) keepContent(at, ENTITY_INPUT, input);
    if ("output" in update) keepContent(at, ENTITY_OUTPUT, output);
    if (status !== undefined) setStatus(at, status, statusMessage);
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

function keepContent(at: Current, name: string, value: unknown): void {
  if (takesContent(at)) keepText(at, name, captureJson(value, at.tracing.redactor, limitsOf(at.tracing).payload));
}

function keepText(at: Current, name: string, text: string | undefined): void {
  if (!takesContent(at)) return;
  if (at.open !== undefined) at.open.override(name, text);
  else if (text !== undefined) attach(at.span, { [name]: text });
}

function takesContent({ open, scope }: Current): boolean {
  return contentAllowed(open ?? scope.gate);
}

/** A message as it may be sent; `undefined` with content off. */
function messageText(at: Current, message: string | undefined): string | undefined {
  if (message === undefined || !takesContent(at)) return undefined;
  return captureText(message, at.tracing.redactor, limitsOf(at.tracing).payload);
}

function setStatus(at: Current, status: "ok" | "error", message: string | undefined): void {
  if (status === "ok") {
    if (at.open !== undefined) at.open.succeed();
    else at.span.setStatus({ code: SpanStatusCode.OK });
  } else if (at.open !== undefined) {
    at.open.setFailed(message);
  } else {
    const text = messageText(at, message);
    at.span.setStatus({ code: SpanStatusCode.ERROR, ...(text !== undefined && { message: text }) });
  }
}

/**
 * Adds an event to the current span. Text is masked and bounded; with content off the event keeps its name alone.
 * @param name the event's name
 * @param attributes strings, numbers, booleans as they are, anything else as JSON
 * @example `addEvent("cache.miss", { key: "invoice:1042" })`
 */
export function addEvent(name: string, attributes: Readonly<Record<string, unknown>> = {}): void {
  change(() => {
    const at = current();
    if (at === undefined) return;
    const { redactor } = at.tracing;
    const content: AttributeMap = {};
    if (takesContent(at)) addValues(content, "", attributes, redactor);
    const text = captureText(name, redactor, NAME_BOUNDS) ?? "";
    if (at.open !== undefined) at.open.event(text, {}, content);
    else {
      // Its attributes are content: whether they may leave is asked again when the span ends.
      noteAttached(at.span, undefined, text);
      at.span.addEvent(text, content);
    }
  });
}

/**
 * Records an exception on the current span as an `exception` event, and marks the span as failed by it: for errors that
 * you handle. With content off only its type is kept.
 * @param error anything that was thrown
 */
export function recordException(error: unknown): void {
  change(() => {
    const at = current();
    if (at === undefined) return;
    if (at.open !== undefined) {
      at.open.exception(error);
      return;
    }
    const { type, message } = describeError(error);
    const text = messageText(at, message);
    at.span.addEvent(EXCEPTION_EVENT, {
      [EXCEPTION_TYPE]: type,
      ...(text !== undefined && { [EXCEPTION_MESSAGE]: text }),
    });
    attach(at.span, { [ERROR_TYPE]: type });
    setStatus(at, "error", message);
  });
}

/** A value as OpenTelemetry takes it: an array has items of one type. */
export type RawAttribute = string | number | boolean | readonly string[] | readonly number[] | readonly boolean[];

/** What an OpenTelemetry SDK lets a span carry at all, by default. */
const MOST_ATTRIBUTES = 128;
const MOST_ITEMS = 128;

/** Names under which spans carry messages, arguments and results. */
const CONTENT =
  /^(?:traceloop\.entity\.(?:input|output)|llm\.request\.functions|gen_ai\.(?:prompt|completion)\..*|gen_ai\.(?:input\.messages|output\.messages|system_instructions|tool\.definitions|tool\.call\.(?:arguments|result)))$/;

/** Attributes of a caller's, checked and masked, those that are content apart. */
export interface RawAttributes {
  readonly plain: AttributeMap;
  readonly content: Record<string, string>;
}

/** Checks attributes that go onto a span as they are; one that OpenTelemetry cannot take is left out with a warning. */
export function rawAttributes(given: unknown, redactor: Redactor): RawAttributes {
  const plain: AttributeMap = {};
  const content: Record<string, string> = {};
  if (given === undefined) return { plain, content };
  if (typeof given !== "object" || given === null || isList(given)) {
    warnOnce("attributes", `"attributes" must be an object, got ${kindOf(given)}; it was left out`);
    return { plain, content };
  }
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
    if (CONTENT.test(name)) content[name] = typeof masked === "string" ? masked : JSON.stringify(masked);
    else plain[name] = masked;
  }
  return { plain, content };
}

/** The value itself, or the first items of a list; `undefined` where OpenTelemetry cannot take it. */
function checkedValue(value: unknown): AttributeValue | undefined {
  if (!isList(value)) return isPlainValue(value) ? value : undefined;
  const items = listOf(value, MOST_ITEMS);
  return items?.every(isPlainValue) === true && isAttributeValue(items) ? items : undefined;
}
