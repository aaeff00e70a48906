import type { AttributeValue, Context, Span, SpanContext } from "@opentelemetry/api";
import { isSpanContextValid, trace } from "@opentelemetry/api";
import { z } from "zod/v3";
import { contentAllowed, contentGate } from "../capture/content-policy.js";
import { MASK } from "../capture/bounds.js";
import { DEFAULT_REDACTOR } from "../capture/masking/redactor.js";
import { isPlainValue } from "./propagation.js";
import { requireFunction, runIn } from "./propagate-attributes.js";
import type { AttributeMap, Scope } from "./scope.js";
import { withScope } from "./scope.js";
import { standingScope } from "./standing-scope.js";
import { contexts, slot } from "./tracing.js";
import { warnOnce } from "../observe/warn-once.js";

let built: ReturnType<typeof buildSchema> | undefined;

/**
 * What travels in a job: the trace, and what its spans inherit. A part that is wrong is left out, and the rest is taken.
 */
function buildSchema() {
  const span = z.object({
    traceId: z.string(),
    spanId: z.string(),
    traceFlags: z.number(),
    /** No span of this package was open: this one is another library's, and does not decide whether we sample. */
    isForeign: z.boolean().optional(),
  });
  const attributes = z.record(z.unknown()).transform((given): AttributeMap => {
    const taken: AttributeMap = {};
    for (const [name, value] of Object.entries(given)) if (isPlainValue(value)) taken[name] = value;
    return taken;
  });
  return z.object({
    v: z.literal(1),
    trace: span.refine(isSpanContextValid).optional().catch(undefined),
    inherited: attributes.catch({}),
    prompt: z.object({ whole: z.string(), identifierOnly: z.string() }).optional().catch(undefined),
    workflowName: z.string().optional().catch(undefined),
    path: z.string(),
    traceContent: z.literal(false).optional().catch(undefined),
  });
}

type CarriedScope = z.infer<ReturnType<typeof buildSchema>>;
type CarriedSpan = NonNullable<CarriedScope["trace"]>;

/**
 * Returns the scope and the current span as a string for a queue's job; {@link runWithScope} reads it. It contains
 * identifiers and metadata, and a prompt's variables if content is on. It contains no messages, arguments or results.
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
 * Runs `fn` in a serialized scope: its spans join that trace and inherit the same identifiers and metadata.
 * @param serialized the result of {@link serializeScope}; anything else is ignored with a warning through `diag`
 * @param fn a sync, async or generator function
 * @returns what `fn` returns
 * @throws what `fn` throws, and TypeError if `fn` is not a function
 * @example `worker.process((job) => runWithScope(job.data.scope, () => desk.extract(job.data.text)))`
 */
export function runWithScope<R>(serialized: string, fn: () => R): R {
  requireFunction("runWithScope(serialized, fn)", fn);
  const carried = parse(serialized);
  if (carried === undefined) {
    warnOnce(
      "runWithScope",
      "runWithScope did not receive a result of serializeScope; its function ran without a scope",
    );
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
    return (built ??= buildSchema()).parse(JSON.parse(serialized));
  } catch {
    return undefined;
  }
}
