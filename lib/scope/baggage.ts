import type { BaggageEntry, Context } from "@opentelemetry/api";
import { propagation } from "@opentelemetry/api";
import { CUSTOMER_IDENTIFIER, METADATA_PREFIX, SESSION_IDENTIFIER, THREAD_IDENTIFIER } from "../wire/attributes.js";
import type { AttributeMap, Scope } from "./scope.js";

/**
 * What may travel between services as W3C baggage, by attribute name. The names are the wire's own, so that any other
 * service can read them; the propagator percent-encodes values and keeps to the specification's limits
 * (https://www.w3.org/TR/baggage/#limits).
 */
const IDENTIFIER_NAMES = [CUSTOMER_IDENTIFIER, THREAD_IDENTIFIER, SESSION_IDENTIFIER];
const MAX_VALUE_LENGTH = 1_024;
const MAX_METADATA_KEYS = 50;

function travels(name: string, metadataKeys: readonly string[]): boolean {
  return (
    IDENTIFIER_NAMES.includes(name) ||
    (name.startsWith(METADATA_PREFIX) && metadataKeys.includes(name.slice(METADATA_PREFIX.length)))
  );
}

/** A context whose baggage holds what a scope lets travel. Other entries of the baggage stay. */
export function withBaggage(context: Context, scope: Scope, metadataKeys: readonly string[]): Context {
  let baggage = propagation.getBaggage(context) ?? propagation.createBaggage();
  for (const name of [
    ...IDENTIFIER_NAMES,
    ...metadataKeys.slice(0, MAX_METADATA_KEYS).map((key) => METADATA_PREFIX + key),
  ]) {
    const value = scope.inherited[name];
    if (value === undefined) continue;
    const text = String(value);
    if (text.length <= MAX_VALUE_LENGTH) baggage = baggage.setEntry(name, { value: text });
  }
  return propagation.setBaggage(context, baggage);
}

/** The outermost scope of work that arrived with baggage from another service. */
export function scopeFromBaggage(context: Context, outermost: Scope, metadataKeys: readonly string[]): Scope {
  const entries: [string, BaggageEntry][] = propagation.getBaggage(context)?.getAllEntries() ?? [];
  const carried: AttributeMap = {};
  for (const [name, entry] of entries) {
    if (travels(name, metadataKeys) && entry.value.length <= MAX_VALUE_LENGTH) carried[name] = entry.value;
  }
  return Object.keys(carried).length === 0
    ? outermost
    : { ...outermost, inherited: { ...outermost.inherited, ...carried } };
}
