import type { Context } from "@opentelemetry/api";
import { scopeFromBaggage } from "./baggage.js";
import type { Scope } from "./scope.js";
import { EMPTY_SCOPE, SCOPE_KEY } from "./scope.js";
import { slot } from "./tracing.js";

/** The scope of a context, or `outermost` where it has none, with what baggage brought where that is asked for. */
export function scopeOf(context: Context, outermost: Scope): Scope {
  const scope = context.getValue(SCOPE_KEY) as Scope | undefined;
  if (scope !== undefined) return scope;
  return outermost.baggageMetadata === undefined
    ? outermost
    : scopeFromBaggage(context, outermost, outermost.baggageMetadata);
}

/** The scope of a context, or the telemetry's defaults. */
export function standingScope(context: Context): Scope {
  return scopeOf(context, slot.tracing?.defaults ?? EMPTY_SCOPE);
}
