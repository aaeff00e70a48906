import type { PropagatedAttributes } from "../../scope/propagation.js";
import { changedScope, scopeChange } from "../../scope/propagation.js";
import type { Scope } from "../../scope/scope.js";
import { EMPTY_SCOPE } from "../../scope/scope.js";
import type { Contexts, Tracing } from "../../scope/tracing.js";
import { slot } from "../../scope/tracing.js";
import { sharedState } from "../../wire/shared-state.js";
import type { Settings } from "../settings/settings.js";

/** Where spans start, and which contexts they are found in. */
export interface SpanSource extends Pick<Tracing, "isIsolated" | "startSpan"> {
  /** The contexts of this moment: the host may register a context manager later, and take it away. */
  readonly contexts: () => Contexts;
}

/** The tracing that decorators and clients read. */
export function tracingOf(settings: Settings, { contexts, isIsolated, startSpan }: SpanSource): Tracing {
  return {
    get contexts() {
      return contexts();
    },
    isIsolated,
    defaults: defaultsScope(settings),
    redactor: settings.redactor,
    limits: settings.captureLimits,
    usesLatestGenAi: settings.otel.usesLatestGenAi,
    open: new Set(),
    startSpan,
  };
}

/** The outermost scope: what every span inherits from the options. */
function defaultsScope(settings: Settings): Scope {
  const attributes: PropagatedAttributes = {
    customerIdentifier: settings.customerIdentifier,
    customerEmail: settings.customerEmail,
    customerName: settings.customerName,
    threadIdentifier: settings.threadIdentifier,
    sessionIdentifier: settings.sessionIdentifier,
    environment: settings.environment,
    metadata: settings.metadata,
    properties: settings.properties,
    traceContent: settings.traceContent,
  };
  const scope = changedScope(EMPTY_SCOPE, scopeChange(attributes, settings.redactor));
  return { ...scope, baggageMetadata: baggageMetadata(settings.propagateBaggage) };
}

function baggageMetadata(option: Settings["propagateBaggage"]): readonly string[] | undefined {
  if (option === false) return undefined;
  return option === true ? [] : [...(option.metadata ?? [])];
}

/** Ends the spans that are still open. */
export function endOpenSpans({ open }: Tracing): void {
  // A copy: a span that is ended leaves the set, and what watches it may open another.
  for (const span of [...open]) span.end();
}

/** A provider of tracing for the process. */
interface Owner {
  readonly tracing: Tracing;
  /** Whether it steps back for others: a span processor in a host's own pipeline. */
  readonly isFallback: boolean;
}

/** All that provide tracing now; the last one's is in the slot. */
const owners = sharedState<Owner[]>("owners.1", () => []);

/**
 * Puts tracing into the slot. The newest telemetry has it; a fallback has it only where no telemetry is.
 * @returns gives it back: the slot goes to the one before, or is empty again
 */
export function provideTracing(tracing: Tracing, isFallback: boolean): () => void {
  const owner: Owner = { tracing, isFallback };
  const firstTelemetry = owners.findIndex((other) => !other.isFallback);
  owners.splice(isFallback && firstTelemetry !== -1 ? firstTelemetry : owners.length, 0, owner);
  slot.tracing = owners.at(-1)?.tracing;
  return () => {
    const at = owners.indexOf(owner);
    if (at !== -1) owners.splice(at, 1);
    slot.tracing = owners.at(-1)?.tracing;
  };
}

/** Whether a telemetry (not just a span processor) provides tracing now. */
export function hasTelemetry(): boolean {
  return owners.some((owner) => !owner.isFallback);
}
