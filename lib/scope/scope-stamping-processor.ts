import type { Context } from "@opentelemetry/api";
import type { Span, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import { contentAllowed } from "../capture/content-policy.js";
import { PROMPT } from "../wire/attributes.js";
import { SDK_NAME } from "../wire/version.js";
import { noteAttached } from "./attached.js";
import type { AttributeMap } from "./scope.js";
import { stamp } from "./scope.js";
import { standingScope } from "./standing-scope.js";

/**
 * Stamps what a scope holds on every span that starts in it, whoever made the span: an HTTP instrumentation's too.
 * Attributes that the span has already stay. Our own spans carry theirs from the start.
 */
export class ScopeStampingProcessor implements SpanProcessor {
  onStart(span: Span, parent: Context): void {
    if (span.instrumentationScope.name === SDK_NAME) return;
    const scope = standingScope(parent);
    const attributes: AttributeMap = {};
    stamp(attributes, scope);
    noteAttached(span, { ...attributes });
    if (scope.prompt !== undefined && contentAllowed(scope.gate)) attributes[PROMPT] = scope.prompt.whole;
    for (const name in attributes) {
      const value = attributes[name];
      if (value !== undefined && !(name in span.attributes)) span.setAttribute(name, value);
    }
  }

  onEnd(): void {
    // Everything is stamped at the start.
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
