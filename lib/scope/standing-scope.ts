import type { Context } from "@opentelemetry/api";
import { propagation } from "@opentelemetry/api";
import type { ReadableSpan, Span } from "@opentelemetry/sdk-trace-node";
import { contentAllowed } from "../capture/content-policy.js";
import {
  CUSTOMER_IDENTIFIER,
  METADATA_PREFIX,
  PROMPT,
  SESSION_IDENTIFIER,
  THREAD_IDENTIFIER,
} from "../wire/attributes.js";
import { SDK_NAME } from "../wire/package.js";
import { noteAttached, EMPTY_SCOPE, scopeIn, stamp } from "./scope.js";
import type { AttributeMap, Scope } from "./scope.js";
import { slot } from "./tracing.js";

/** The scope of a context, or `outermost` where it has none, with what baggage brought where that is asked for. */
export function scopeOf(context: Context, outermost: Scope): Scope {
  const scope = scopeIn(context);
  if (scope !== undefined) return scope;
  return outermost.baggageMetadata === undefined
    ? outermost
    : scopeFromBaggage(context, outermost, outermost.baggageMetadata);
}

/** The scope of a context, or the telemetry's defaults. */
export function standingScope(context: Context): Scope {
  return scopeOf(context, slot.tracing?.defaults ?? EMPTY_SCOPE);
}

/**
 * Stamps what a scope holds on a span that starts in it and that other code made: an HTTP instrumentation's too.
 * Attributes that the span has already stay. Our own spans carry theirs from the start.
 */
export function stampScope(span: Span & ReadableSpan, parent: Context): void {
  if (span.instrumentationScope.name === SDK_NAME) return;
  const scope = standingScope(parent);
  const attributes: AttributeMap = {};
  stamp(attributes, scope);
  noteAttached(span, { ...attributes });
  if (scope.prompt !== undefined && contentAllowed(scope.gate)) attributes[PROMPT] = scope.prompt.whole;
  for (const [name, value] of Object.entries(attributes)) {
    if (!(name in span.attributes)) span.setAttribute(name, value);
  }
}

const MAX_VALUE_LENGTH = 1_024;
const MAX_METADATA_KEYS = 50;

/**
 * What may travel between services as W3C baggage, by attribute name. The names are the wire's own, so that any other
 * service can read them; the propagator percent-encodes values and keeps to the specification's limits
 * (https://www.w3.org/TR/baggage/#limits).
 */
function baggageNames(metadataKeys: readonly string[]): readonly string[] {
  const metadata = metadataKeys.slice(0, MAX_METADATA_KEYS).map((key) => METADATA_PREFIX + key);
  return [CUSTOMER_IDENTIFIER, THREAD_IDENTIFIER, SESSION_IDENTIFIER, ...metadata];
}

/** A context whose baggage holds what a scope lets travel. Other entries of the baggage stay. */
export function withBaggage(context: Context, scope: Scope, metadataKeys: readonly string[]): Context {
  let baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  for (const name of baggageNames(metadataKeys)) {
    const value = scope.inherited[name]?.toString();
    if (value !== undefined && value.length <= MAX_VALUE_LENGTH) baggage = baggage.setEntry(name, { value });
  }
  return propagation.setBaggage(context, baggage);
}

/** The outermost scope of work that arrived with baggage from another service. */
export function scopeFromBaggage(context: Context, outermost: Scope, metadataKeys: readonly string[]): Scope {
  const baggage = propagation.getBaggage(context);
  const carried: AttributeMap = {};
  for (const name of baggageNames(metadataKeys)) {
    const value = baggage?.getEntry(name)?.value;
    if (value !== undefined && value.length <= MAX_VALUE_LENGTH) carried[name] = value;
  }
  if (Object.keys(carried).length === 0) return outermost;
  return { ...outermost, inherited: { ...outermost.inherited, ...carried } };
}
