import { createContextKey, propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { isTracingSuppressed, suppressTracing } from "@opentelemetry/core";
import { EMPTY_SCOPE, SCOPE_KEY } from "../../lib/scope/scope.js";
import type { Scope } from "../../lib/scope/scope.js";
import { ScopedContext } from "../../lib/scope/scoped-context.js";

const spanOf = (digit: string) =>
  trace.wrapSpanContext({ traceId: digit.repeat(32), spanId: digit.repeat(16), traceFlags: 1 });
const scopeOf = (path: string): Scope => ({ ...EMPTY_SCOPE, path });
const MINE = createContextKey("mine");

/** A context that behaves as OpenTelemetry's own, to whoever asks it through OpenTelemetry's API. */
describe("a context of ours", () => {
  const [below, span, other] = [spanOf("1"), spanOf("2"), spanOf("3")];
  const [scope, inner] = [scopeOf("outer"), scopeOf("inner")];
  const base = trace.setSpan(ROOT_CONTEXT, below).setValue(MINE, "value");

  it("holds a scope and a span, and shows what lies beneath", () => {
    const context = ScopedContext.over(base, scope, span);
    expect(context.getValue(SCOPE_KEY)).toBe(scope);
    expect(trace.getSpan(context)).toBe(span);
    expect(context.getValue(MINE)).toBe("value");
    expect(context.getValue(createContextKey("nobody's"))).toBeUndefined();
    expect(base.getValue(SCOPE_KEY)).toBeUndefined();
    expect(trace.getSpan(base)).toBe(below);
  });

  it("without a span of its own shows the one beneath", () => {
    expect(trace.getSpan(ScopedContext.over(base, scope, undefined))).toBe(below);
    const over = ScopedContext.over(ScopedContext.over(base, scope, span), inner, undefined);
    expect(trace.getSpan(over)).toBe(span);
    expect(over.getValue(SCOPE_KEY)).toBe(inner);
  });

  it("over another has its own scope and span, and the other's base", () => {
    const context = ScopedContext.over(ScopedContext.over(base, scope, span), inner, other);
    expect(context.getValue(SCOPE_KEY)).toBe(inner);
    expect(trace.getSpan(context)).toBe(other);
    expect(context.getValue(MINE)).toBe("value");
  });

  it.each([span, undefined])("takes values, and is itself as it was (its span: %p)", (own) => {
    const context = ScopedContext.over(base, scope, own);
    const changed = trace.setSpan(suppressTracing(context.setValue(SCOPE_KEY, inner)).setValue(MINE, "another"), other);
    expect(changed.getValue(SCOPE_KEY)).toBe(inner);
    expect(trace.getSpan(changed)).toBe(other);
    expect(changed.getValue(MINE)).toBe("another");
    expect(isTracingSuppressed(changed)).toBe(true);
    expect(context.getValue(SCOPE_KEY)).toBe(scope);
    expect(trace.getSpan(context)).toBe(own ?? below);
    expect(context.getValue(MINE)).toBe("value");
    expect(isTracingSuppressed(context)).toBe(false);
  });

  it("keeps the rest where one value is set", () => {
    const context = ScopedContext.over(base, scope, span);
    expect(trace.getSpan(context.setValue(SCOPE_KEY, inner))).toBe(span);
    expect(trace.setSpan(context, other).getValue(SCOPE_KEY)).toBe(scope);
    const withBaggage = propagation.setBaggage(context, propagation.createBaggage({ k: { value: "v" } }));
    expect(withBaggage.getValue(SCOPE_KEY)).toBe(scope);
    expect(trace.getSpan(withBaggage)).toBe(span);
    expect(propagation.getBaggage(withBaggage)?.getEntry("k")).toEqual({ value: "v" });
  });

  it.each([span, undefined])("loses its scope alone where that is deleted (its span: %p)", (own) => {
    const bare = ScopedContext.over(base, scope, own).deleteValue(SCOPE_KEY);
    expect(bare.getValue(SCOPE_KEY)).toBeUndefined();
    expect(trace.getSpan(bare)).toBe(own ?? below);
    expect(bare.getValue(MINE)).toBe("value");
  });

  it.each([span, undefined])(
    "has no span at all where that is deleted, as OpenTelemetry says (its span: %p)",
    (own) => {
      const context = trace.deleteSpan(ScopedContext.over(base, scope, own));
      expect(trace.getSpan(context)).toBeUndefined();
      expect(context.getValue(SCOPE_KEY)).toBe(scope);
      expect(context.getValue(MINE)).toBe("value");
    },
  );

  it("loses another value alone where that is deleted", () => {
    const context = ScopedContext.over(base, scope, span).deleteValue(MINE);
    expect(context.getValue(MINE)).toBeUndefined();
    expect(context.getValue(SCOPE_KEY)).toBe(scope);
    expect(trace.getSpan(context)).toBe(span);
  });

  it("has no scope left where it lay over one that was set by OpenTelemetry's own means", () => {
    const context = ScopedContext.over(base.setValue(SCOPE_KEY, inner), scope, span);
    expect(context.getValue(SCOPE_KEY)).toBe(scope);
    expect(context.deleteValue(SCOPE_KEY).getValue(SCOPE_KEY)).toBeUndefined();
  });
});
