import type { Tracing } from "../../scope/tracing.js";
import type { Settings } from "../settings/settings.js";
import { defaultsScope } from "./defaults-scope.js";
import { HostContexts } from "./host-contexts.js";
import type { HostTracer } from "./host-tracer.js";

/** What decorators and clients are given, from the settings and from where spans start. */
export function tracingOf(
  settings: Settings,
  { contexts, isIsolated, startSpan }: Pick<Tracing, "contexts" | "isIsolated" | "startSpan">,
): Tracing {
  return {
    contexts,
    isIsolated,
    defaults: defaultsScope(settings),
    redactor: settings.redactor,
    limits: settings.captureLimits,
    usesLatestGenAi: settings.otel.usesLatestGenAi,
    open: new Set(),
    startSpan,
  };
}

/** The same where spans start in a provider of the host's. */
export function hostTracingOf(settings: Settings, tracer: HostTracer): Tracing {
  return tracingOf(settings, {
    contexts: new HostContexts(),
    isIsolated: false,
    startSpan: (name, options, parent) => tracer.start(name, options, parent),
  });
}

/** Ends what is still open. */
export function endOpenSpans({ open }: Tracing): void {
  // A copy: a span that is ended leaves the set, and what watches it may open another.
  for (const span of [...open]) span.end();
}
