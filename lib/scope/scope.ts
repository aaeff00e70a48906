import type { Attributes, AttributeValue, Context, HrTime, Span } from "@opentelemetry/api";
import { createContextKey } from "@opentelemetry/api";
import type { ContentGate } from "../capture/content-policy.js";
import { ENTITY_PATH, PROMPT, SDK_VERSION_METADATA, WORKFLOW_NAME } from "../wire/attributes.js";
import { SDK_VERSION } from "../wire/package.js";

/** Where the spans of a trace have their times from. */
export interface Clock {
  now(): HrTime;
}

/** Attributes that are still being put together. */
export type AttributeMap = Record<string, AttributeValue>;

/** A prompt of the Respan prompt registry: with content off only its id and version leave the process. */
export interface ScopedPrompt {
  /** `{"prompt_id": …, "version"?: …, "variables": …}` */
  readonly whole: string;
  /** `{"prompt_id": …, "version"?: …}` */
  readonly identifierOnly: string;
}

/**
 * The open span that a scope stands in, as those who stand there see it: it may have been opened by another copy of this
 * package. What the methods do is said where they are implemented, in `OpenSpan`.
 */
export interface EnclosingSpan extends ContentGate {
  readonly span: Span;
  readonly isEnded: boolean;
  /** Absent where another version of this package opened the span. */
  readonly clock?: Clock | undefined;
  override(name: string, text: string | undefined): void;
  event(name: string, attributes: Attributes, content?: Attributes): void;
  exception(error: unknown): void;
  setFailed(message: string | undefined): void;
  succeed(): void;
}

/**
 * Attributes and policy that a span inherits where it starts. Immutable; one hangs in each OpenTelemetry context under {@link SCOPE_KEY},
 * and an inner scope is made from the outer one, never by changing it.
 */
export interface Scope {
  /** Identifiers and metadata by attribute name, ready to be stamped. */
  readonly inherited: Readonly<AttributeMap>;
  readonly prompt: ScopedPrompt | undefined;
  /** The nearest enclosing workflow or agent. */
  readonly workflowName: string | undefined;
  /** Dotted names of the enclosing tasks and tools since that workflow or agent. */
  readonly path: string;
  /** Who may veto content here. */
  readonly gate: ContentGate | undefined;
  /** The innermost open span of this package. */
  readonly open: EnclosingSpan | undefined;
  /** A span of this package in another process or job that the next span hangs on. */
  readonly remote: Span | undefined;
  /** Whether this is inside a structured call, whose provider's own spans would only repeat it. */
  readonly isInsideChat: boolean;
  /** On the outermost scope: metadata keys that W3C baggage may bring from another service; otherwise `undefined`. */
  readonly baggageMetadata?: readonly string[] | undefined;
}

/** The same in every copy of this package in the process: OpenTelemetry makes the key with `Symbol.for`. */
export const SCOPE_KEY = createContextKey("respan-instructor.scope");

/** The scope of a context; `undefined` where it has none of its own. */
export function scopeIn(context: Context): Scope | undefined {
  // Only this package writes under its key.
  return context.getValue(SCOPE_KEY) as Scope | undefined;
}

/** A context with a scope in it. */
export function withScope(context: Context, scope: Scope): Context {
  return context.setValue(SCOPE_KEY, scope);
}

/** The outermost scope where telemetry has no defaults. */
export const EMPTY_SCOPE: Scope = Object.freeze({
  inherited: Object.freeze({ [SDK_VERSION_METADATA]: SDK_VERSION }),
  prompt: undefined,
  workflowName: undefined,
  path: "",
  gate: undefined,
  open: undefined,
  remote: undefined,
  isInsideChat: false,
});

/** Writes what an undecorated span inherits into `attributes`, leaving what is there already. */
export function stamp(attributes: AttributeMap, scope: Scope): void {
  for (const name in scope.inherited) {
    const value = scope.inherited[name];
    if (value !== undefined) attributes[name] ??= value;
  }
  if (scope.workflowName !== undefined) attributes[WORKFLOW_NAME] ??= scope.workflowName;
  attributes[ENTITY_PATH] ??= scope.path !== "" ? scope.path : (scope.workflowName ?? "");
  if (scope.prompt !== undefined) attributes[PROMPT] ??= scope.prompt.identifierOnly;
}

/**
 * What this package itself put on a span. Everything else on it was put there by others, through OpenTelemetry's API,
 * and is held to the content policy and masked when the span is exported.
 */
export interface Attached {
  /** Attributes of the span and of its events, each object as it was given to the span. */
  readonly attributes: Attributes[];
  /** Its names, the names of its events, and messages of its status. */
  readonly texts: string[];
  /** Whether content may leave with the span; `false` until the span has ended and no veto came. */
  allowsContent: boolean;
}

/**
 * The span's property that holds what was attached: one copy of this package may export what another has opened. A
 * WeakMap by span would make each garbage collection of a busy service several times longer (`npm run bench -- --only 1`).
 */
const ATTACHED = Symbol.for("respan-instructor.attached.1");

interface WithAttached {
  [ATTACHED]?: Attached | undefined;
}

/** What was attached to a span; `undefined` where that is nothing. */
export function attachedTo(span: object & WithAttached): Attached | undefined {
  return span[ATTACHED];
}

/** Notes what a span is given that is no content, or content that may leave. */
export function noteAttached(span: object & WithAttached, attributes?: Attributes, text?: string): Attached {
  const own = (span[ATTACHED] ??= { attributes: [], texts: [], allowsContent: false });
  if (attributes !== undefined) own.attributes.push(attributes);
  if (text !== undefined) own.texts.push(text);
  return own;
}

/** Sets attributes that are no content, or content that may leave. */
export function attach(span: Span, attributes: Attributes): void {
  noteAttached(span, attributes);
  span.setAttributes(attributes);
}
