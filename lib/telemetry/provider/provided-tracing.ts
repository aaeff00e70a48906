import { OpenSpans } from "../../scope/open-spans.js";
import type { Tracing } from "../../scope/tracing.js";
import type { Settings } from "../settings/settings.js";
import { defaultsScope } from "./defaults-scope.js";

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
    usesLatestGenAi: settings.otel.usesLatestGenAi,
    open: new OpenSpans(),
    startSpan,
  };
}

/** Ends what is open still. */
export function endOpenSpans({ open }: Tracing): void {
  for (const span of open) span.end();
}
