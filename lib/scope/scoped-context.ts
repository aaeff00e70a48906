import type { Context, Span } from "@opentelemetry/api";
import { INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import type { Scope } from "./scope.js";
import { SCOPE_KEY } from "./scope.js";

/** The key under which OpenTelemetry keeps the active span; the API does not export it, but hands it to any context. */
const SPAN_KEY = ((): symbol => {
  let found: symbol | undefined;
  const probe: Context = {
    getValue: () => undefined,
    deleteValue: () => probe,
    setValue: (key) => {
      found = key;
      return probe;
    },
  };
  trace.setSpan(probe, trace.wrapSpanContext(INVALID_SPAN_CONTEXT));
  return found ?? Symbol.for("OpenTelemetry Context Key SPAN");
})();

/**
 * A context that lays a scope and a span over another. OpenTelemetry's own context copies a map for every value set;
 * this is two fields, made once for every span.
 */
export class ScopedContext implements Context {
  private constructor(
    private readonly base: Context,
    private readonly scope: Scope,
    /** `undefined`: the base's own span shows through. */
    private readonly span: Span | undefined,
  ) {}

  /** `outer` with `scope` in it, and with `span` as the active span where one is given. */
  static over(outer: Context, scope: Scope, span: Span | undefined): ScopedContext {
    return outer instanceof ScopedContext
      ? new ScopedContext(outer.base, scope, span ?? outer.span)
      : new ScopedContext(outer, scope, span);
  }

  getValue(key: symbol): unknown {
    if (key === SCOPE_KEY) return this.scope;
    if (key === SPAN_KEY && this.span !== undefined) return this.span;
    return this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SCOPE_KEY) return new ScopedContext(this.base, value as Scope, this.span);
    if (key === SPAN_KEY) return new ScopedContext(this.base, this.scope, value as Span);
    return new ScopedContext(this.base.setValue(key, value), this.scope, this.span);
  }

  deleteValue(key: symbol): Context {
    if (key === SCOPE_KEY) {
      const bare = this.base.deleteValue(SCOPE_KEY);
      return this.span === undefined ? bare : bare.setValue(SPAN_KEY, this.span);
    }
    const base = this.base.deleteValue(key);
    return new ScopedContext(base, this.scope, key === SPAN_KEY ? undefined : this.span);
  }
}
