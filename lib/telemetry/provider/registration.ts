import { context, propagation, trace } from "@opentelemetry/api";
import type { TextMapPropagator } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { hasContextManager, hasTracerProvider } from "../../scope/tracing.js";
import type { Contexts } from "../../scope/tracing.js";

/** How our spans live in the process. */
export interface Registration {
  readonly contexts: () => Contexts;
  /** Whether our spans live beside a host's. */
  readonly isIsolated: boolean;
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
  return {
    contexts: () => contexts,
    isIsolated: false,
    giveBack: () => givesBack.forEach((giveBack) => giveBack()),
  };
}

/**
 * The host's contexts while it has a context manager, which it may register after we were constructed (a span processor
 * is constructed before its SDK) and take away again; contexts of our own while it has none.
 */
export function hostContexts(): () => Contexts {
  const own = new AsyncLocalStorageContextManager().enable();
  return () => (hasContextManager() ? context : own);
}
