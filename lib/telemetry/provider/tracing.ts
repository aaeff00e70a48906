import type { TextMapPropagator } from "@opentelemetry/api";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { hasContextManager, hasTracerProvider, slot } from "../../scope/tracing.js";
import { changedScope, scopeChange } from "../../scope/propagation.js";
import type { Scope } from "../../scope/scope.js";
import { EMPTY_SCOPE } from "../../scope/scope.js";
import type { Contexts, Tracing } from "../../scope/tracing.js";
import { sharedState } from "../../wire/package.js";
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
  const { customerIdentifier, customerEmail, customerName, threadIdentifier, sessionIdentifier } = settings;
  const { environment, metadata, properties, traceContent, propagateBaggage, redactor } = settings;
  const customer = { customerIdentifier, customerEmail, customerName };
  const attributes = {
    ...customer,
    threadIdentifier,
    sessionIdentifier,
    environment,
    metadata,
    properties,
    traceContent,
  };
  const scope = changedScope(EMPTY_SCOPE, scopeChange(attributes, redactor));
  const baggage = propagateBaggage === true ? {} : propagateBaggage;
  return { ...scope, baggageMetadata: baggage === false ? undefined : [...(baggage.metadata ?? [])] };
}

/** Ends the spans that are still open. */
export function endOpenSpans({ open }: Pick<Tracing, "open">): void {
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

/** How our spans live in the process. */
export interface Registration extends Pick<SpanSource, "contexts" | "isIsolated"> {
  readonly giveBack: () => void;
}

/**
 * Registers a provider for the process, with context manager and propagator, where no OpenTelemetry SDK is registered
 * and the options do not object; else leaves the globals alone.
 */
export function register(
  provider: NodeTracerProvider,
  propagator: TextMapPropagator,
  mayRegister: boolean,
): Registration {
  if (!mayRegister || hasTracerProvider() || !trace.setGlobalTracerProvider(provider)) {
    return { contexts: hostContexts(), isIsolated: true, giveBack: () => undefined };
  }
  const givesBack = [() => trace.disable()];
  let contexts: Contexts = context;
  if (!hasContextManager()) {
    // The manager itself, and not the API in front of it: this is on the path of every traced call.
    const manager = (contexts = new AsyncLocalStorageContextManager().enable());
    if (context.setGlobalContextManager(manager)) givesBack.push(() => context.disable());
  }
  // A propagator that stands is left alone: replacing it fails, and the API complains of the attempt.
  const hasPropagator = propagation.fields().length > 0;
  if (!hasPropagator && propagation.setGlobalPropagator(propagator)) givesBack.push(() => propagation.disable());
  return { contexts: () => contexts, isIsolated: false, giveBack: () => givesBack.forEach((giveBack) => giveBack()) };
}

/**
 * The host's contexts while it has a context manager, which it may register after we were constructed (a span processor
 * is constructed before its SDK) and take away again; contexts of our own while it has none.
 */
export function hostContexts(): () => Contexts {
  const own = new AsyncLocalStorageContextManager().enable();
  return () => (hasContextManager() ? context : own);
}
