import type { AttributeValue, Context, Span, SpanContext } from "@opentelemetry/api";
import { isSpanContextValid, trace } from "@opentelemetry/api";
import { contentAllowed, contentGate } from "../capture/content-policy.js";
import { MASK } from "../capture/bounds.js";
import { DEFAULT_REDACTOR } from "../capture/masking/redactor.js";
import { isPlainValue } from "./propagation.js";
import { requireFunction, runIn } from "./propagate-attributes.js";
import type { AttributeMap, Scope, ScopedPrompt } from "./scope.js";
import { withScope } from "./scope.js";
import { standingScope } from "./standing-scope.js";
import { contexts, slot } from "./tracing.js";
import { warnOnce } from "../observe/warn-once.js";

/** The span that a job hangs on. */
interface CarriedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  /** No span of this package was open: this one is another library's, and does not decide whether we sample. */
  readonly isForeign?: boolean | undefined;
}

/** What travels in a job: the trace, and what its spans inherit. */
interface CarriedScope {
  readonly v: 1;
  readonly trace?: CarriedSpan | undefined;
  readonly inherited: AttributeMap;
  readonly prompt?: ScopedPrompt | undefined;
  readonly workflowName?: string | undefined;
  readonly path: string;
  readonly traceContent?: false | undefined;
}

/**
 * The scope and the current span as a text that a job of a queue can carry, for {@link runWithScope} on the other side.
 * It holds the identifiers and metadata that spans inherit, and no message, argument or result; the variables of a prompt
 * only where content is on.
 * @example `await queue.add("extract", { text, scope: serializeScope() })`
 */
export function serializeScope(): string {
  const context = contexts().active();
  const scope = standingScope(context);
  const allowsContent = contentAllowed(scope.gate);
  const { prompt, workflowName } = scope;
  const carried: CarriedScope = {
    v: 1,
    trace: carriedSpan(context, scope),
    inherited: masked(scope.inherited),
    // The values of its variables are content.
    prompt: prompt !== undefined && !allowsContent ? { ...prompt, whole: prompt.identifierOnly } : prompt,
    workflowName: workflowName === undefined ? undefined : maskedText(workflowName),
    path: maskedText(scope.path),
    traceContent: allowsContent ? undefined : false,
  };
  return JSON.stringify(carried);
}

/** The rules for forms of credentials, once more: a scope may come from baggage or an older version of this package. */
function maskedText(text: string): string {
  return DEFAULT_REDACTOR.text(text) ?? MASK;
}

function masked(attributes: Readonly<AttributeMap>): AttributeMap {
  const pairs = Object.entries(attributes).map(([name, value]): [string, AttributeValue] => [
    maskedText(name),
    typeof value === "string" ? maskedText(value) : value,
  ]);
  return Object.fromEntries(pairs);
}

/** The active span, with the flags of our own span where it is below one; beside a host our own span alone. */
function carriedSpan(context: Context, scope: Scope): CarriedSpan | undefined {
  const ours = valid((scope.open?.span ?? scope.remote)?.spanContext());
  const active = slot.tracing?.isIsolated === true ? undefined : valid(trace.getSpanContext(context));
  const carried = active ?? ours;
  if (carried === undefined) return undefined;
  const { traceId, spanId, traceFlags } = carried;
  return ours?.traceId === traceId
    ? { traceId, spanId, traceFlags: ours.traceFlags }
    : { traceId, spanId, traceFlags, isForeign: true };
}

function valid(spanContext: SpanContext | undefined): SpanContext | undefined {
  return spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext : undefined;
}

/**
 * Runs `fn` in a scope that another process or an earlier moment serialized: its spans join that trace and inherit the
 * same identifiers and metadata.
 * @param serialized what {@link serializeScope} gave; anything else is ignored with a warning through `diag`
 * @param fn a sync, async or generator-returning function
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError where `fn` is no function
 * @example `worker.process((job) => runWithScope(job.data.scope, () => desk.extract(job.data.text)))`
 */
export function runWithScope<R>(serialized: string, fn: () => R): R {
  requireFunction("runWithScope(serialized, fn)", fn);
  const carried = parse(serialized);
  if (carried === undefined) {
    warnOnce("runWithScope", "runWithScope was given no scope that serializeScope made; its function ran without one");
    return fn();
  }
  const where = contexts();
  const outer = where.active();
  const span = remoteSpan(carried.trace);
  const standing = standingScope(outer);
  const scope: Scope = {
    inherited: { ...standing.inherited, ...carried.inherited },
    prompt: carried.prompt ?? standing.prompt,
    workflowName: carried.workflowName,
    path: carried.path,
    gate: contentGate(standing.gate, carried.traceContent),
    open: undefined,
    remote: carried.trace?.isForeign === true ? undefined : span,
    isInsideChat: false,
  };
  const inner = withScope(outer, scope);
  const isActive = span !== undefined && slot.tracing?.isIsolated !== true;
  return runIn(where, isActive ? trace.setSpan(inner, span) : inner, fn);
}

function remoteSpan(carried: CarriedSpan | undefined): Span | undefined {
  if (carried === undefined) return undefined;
  const { traceId, spanId, traceFlags } = carried;
  return trace.wrapSpanContext({ traceId, spanId, traceFlags, isRemote: true });
}

function parse(serialized: string): CarriedScope | undefined {
  try {
    // What it says is checked part by part.
    const value = JSON.parse(serialized) as Partial<CarriedScope> | null;
    if (value?.v !== 1 || typeof value.path !== "string") return undefined;
    const span = value.trace;
    return {
      v: 1,
      trace: span !== undefined && isSpanContextValid(span) ? span : undefined,
      inherited: plainAttributes(value.inherited),
      prompt: isPrompt(value.prompt) ? value.prompt : undefined,
      workflowName: typeof value.workflowName === "string" ? value.workflowName : undefined,
      path: value.path,
      traceContent: value.traceContent === false ? false : undefined,
    };
  } catch {
    return undefined;
  }
}

function isPrompt(prompt: ScopedPrompt | undefined): boolean {
  return typeof prompt?.whole === "string" && typeof prompt.identifierOnly === "string";
}

function plainAttributes(value: unknown): AttributeMap {
  const attributes: AttributeMap = {};
  if (typeof value !== "object" || value === null) return attributes;
  for (const [key, item] of Object.entries(value)) if (isPlainValue(item)) attributes[key] = item;
  return attributes;
}
